"""Takes what orch asks out of GitHub's GraphQL schema: `python -m tests.forge.extract_graphql FILE VERSION`.

The file is `schema.json` of the npm package `@octokit/graphql-schema`. Kept are the fields by the names that
occur in orch's queries, with their types and arguments, and the values of enums.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.world.forge.github import merge_queue, review_threads
from orchestrator.world.forge.github.pull_requests import by_branch, by_number

DATA = Path(__file__).parent / "data" / "graphql.json"
_OF_A_QUEUE = (merge_queue.QUEUE, merge_queue.PULL_REQUEST, merge_queue.ENQUEUE)
_REF = RepositoryRef("github.com", "ada", "shop")
_THREADS = review_threads.query(ItemRef(_REF, 1, "change"))[0]


def queries() -> list[str]:
    """One of each kind that orch asks."""
    refs = [ItemRef(_REF, number, "change") for number in (1, 2)]
    return [by_number(refs)[0], by_branch(_REF, ["one", "two"])[0], *_OF_A_QUEUE, _THREADS]


def main(source: str, version: str) -> None:
    """Writes `DATA`."""
    names = {name for query in queries() for name in re.findall(r"\w+", query)}
    whole = json.loads(Path(source).read_text())["__schema"]["types"]
    kinds = {each["name"]: each for each in whole}
    found: dict[str, Any] = {}
    wanted = [
        "Query",
        "Mutation",
        *sorted(name for name in names if kinds.get(name, {}).get("kind") == "OBJECT"),
    ]
    while wanted:
        name = wanted.pop()
        kind = kinds[name]
        if name in found or kind["kind"] in ("SCALAR", "INPUT_OBJECT"):
            continue
        if kind["kind"] == "ENUM":
            found[name] = [each["name"] for each in kind["enumValues"]]
            continue
        fields = [each for each in kind.get("fields") or () if each["name"] in names]
        found[name] = {
            each["name"]: {"type": _text(each["type"]), "args": sorted(arg["name"] for arg in each["args"])}
            for each in fields
        }
        wanted += [_bare(each["type"]) for each in fields]
    DATA.write_text(json.dumps({"version": version, "types": found}, indent=0, sort_keys=True) + "\n")


def _text(kind: dict[str, Any]) -> str:
    if kind["kind"] == "NON_NULL":
        return f"{_text(kind['ofType'])}!"
    return f"[{_text(kind['ofType'])}]" if kind["kind"] == "LIST" else str(kind["name"])


def _bare(kind: dict[str, Any]) -> str:
    while kind["ofType"]:
        kind = kind["ofType"]
    return str(kind["name"])


if __name__ == "__main__":
    main(*sys.argv[1:3])
