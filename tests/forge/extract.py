"""Takes what orch uses out of GitHub's OpenAPI description: `python -m tests.forge.extract FILE`.

The file is `generated/api.github.com.json` of the npm package `@octokit/openapi`. Texts and examples are left
out; everything else stays as it is.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "api.github.com.json"
_REPO = "/repos/{owner}/{repo}"
_ISSUE = f"{_REPO}/issues/{{issue_number}}"
_PULL = f"{_REPO}/pulls/{{pull_number}}"
OPERATIONS = [
    ("get", "/user"),
    ("get", "/rate_limit"),
    ("get", _REPO),
    ("get", f"{_REPO}/issues"),
    ("post", f"{_REPO}/issues"),
    ("get", _ISSUE),
    ("patch", _ISSUE),
    ("get", f"{_ISSUE}/comments"),
    ("post", f"{_ISSUE}/comments"),
    ("patch", f"{_REPO}/issues/comments/{{comment_id}}"),
    ("delete", f"{_REPO}/issues/comments/{{comment_id}}"),
    ("post", f"{_ISSUE}/labels"),
    ("delete", f"{_ISSUE}/labels/{{name}}"),
    ("post", f"{_ISSUE}/assignees"),
    ("delete", f"{_ISSUE}/assignees"),
    ("get", f"{_ISSUE}/events"),
    ("get", f"{_REPO}/labels"),
    ("post", f"{_REPO}/labels"),
    ("get", f"{_REPO}/commits/{{ref}}/check-runs"),
    ("get", f"{_REPO}/commits/{{ref}}/status"),
    ("get", f"{_REPO}/actions/jobs/{{job_id}}/logs"),
    ("get", f"{_REPO}/pulls"),
    ("post", f"{_REPO}/pulls"),
    ("patch", _PULL),
    ("put", f"{_PULL}/merge"),
    ("post", f"{_PULL}/requested_reviewers"),
]
_LEFT_OUT = {
    "description",
    "example",
    "examples",
    "summary",
    "tags",
    "externalDocs",
    "headers",
    "operationId",
}
_PROPERTIES = {"properties", "patternProperties", "schemas", "parameters", "responses"}


def main(source: str) -> None:
    """Writes `DATA`."""
    whole = json.loads(Path(source).read_text())
    paths: dict[str, Any] = {}
    for method, path in OPERATIONS:
        found = whole["paths"][path][method]
        kept = {key: found[key] for key in ("parameters", "requestBody", "responses") if key in found}
        paths.setdefault(path, {})[method] = _plain(kept)
    components: dict[str, dict[str, Any]] = {}
    wanted = list(_references(paths))
    while wanted:
        _, _, kind, name = wanted.pop().split("/")
        if name not in components.setdefault(kind, {}):
            components[kind][name] = _plain(whole["components"][kind][name])
            wanted += _references(components[kind][name])
    info = {"title": whole["info"]["title"], "version": whole["info"]["version"], "license": "MIT"}
    made = {"openapi": whole["openapi"], "info": info, "paths": paths, "components": components}
    DATA.write_text(json.dumps(made, sort_keys=True, separators=(",", ":")).replace('},"', '},\n"') + "\n")


def _plain(value: Any, names: bool = False) -> Any:
    """Without texts, and extensions of the format; `names` are those of the API itself."""
    if isinstance(value, dict):
        return {
            key: _plain(each, key in _PROPERTIES and not names)
            for key, each in value.items()
            if names or not (key in _LEFT_OUT or key.startswith("x-"))
        }
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(found := value.get("$ref"), str):
            yield found
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


if __name__ == "__main__":
    main(sys.argv[1])
