"""The checks of a commit that failed, with the ends of their logs.

A check run of GitHub Actions has the id of its job, whose log is a text elsewhere; of other apps there is
what they reported. The states of commits, which older services set, have no log.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from orchestrator.core.forge.autofix.problems import FailedCheck
from orchestrator.core.forge.repository import RepositoryRef
from orchestrator.world.forge.errors import ForgeError, passes
from orchestrator.world.forge.github.connection import Connection
from orchestrator.world.forge.github.parsing import listed, mapping

_FAILED = ("failure", "timed_out", "cancelled", "action_required", "startup_failure", "stale")
_ACTIONS = "github-actions"
_MOST_LOGS = 10
"""Logs that are read of one commit."""
_LINES, _CHARACTERS = 150, 16_000
"""The end of a log that is kept."""
_AFTER_THE_ERROR = 2
_TIME = re.compile(r"^\ufeff?\d{4}-\d\d-\d\dT[\d:.]+Z ?")
_COMMAND = re.compile(r"^##\[(?:group|endgroup|debug|section)\]")
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def failed_checks(
    connection: Connection, repo: str, ref: RepositoryRef, commit: str
) -> tuple[FailedCheck, ...]:
    """The failed checks in their order. Raises `ForgeError`; one log that cannot be read is no error."""
    at = f"{repo}/commits/{quote(commit, safe='')}"
    doing = f"read the checks of {ref.path}"
    runs = connection.pages(f"{at}/check-runs", doing, {"filter": "latest"})
    failed = [each for page in runs for each in _runs(page.data) if each.get("conclusion") in _FAILED]
    found = [_of_run(connection, repo, each, commit, reads=n < _MOST_LOGS) for n, each in enumerate(failed)]
    states = listed(mapping(connection.get(f"{at}/status", doing).data).get("statuses") or [])
    found += [_of_status(each, commit) for each in states if each.get("state") in ("failure", "error")]
    return tuple(found)


def log_end(text: str) -> str:
    """The end of a job's log: up to the last error, without the times of its lines."""
    lines = [_COLOUR.sub("", _TIME.sub("", line)).rstrip() for line in text.splitlines()]
    lines = [line for line in lines if not _COMMAND.match(line)]
    errors = [at for at, line in enumerate(lines) if line.startswith("##[error]")]
    end = errors[-1] + 1 + _AFTER_THE_ERROR if errors else len(lines)
    kept = "\n".join(lines[max(0, end - _LINES) : end])
    return kept[-_CHARACTERS:].strip()


def _runs(data: Any) -> Iterator[dict[str, Any]]:
    yield from listed(mapping(data).get("check_runs") or [])


def _of_run(
    connection: Connection, repo: str, run: Mapping[str, Any], commit: str, *, reads: bool
) -> FailedCheck:
    name, url = str(run.get("name") or ""), str(run.get("details_url") or run.get("html_url") or "")
    output = mapping(run.get("output") or {})
    said = "\n\n".join(str(output[key]) for key in ("title", "summary", "text") if output.get(key))
    app = mapping(run.get("app") or {}).get("slug")
    if app != _ACTIONS or not reads:
        return FailedCheck(name, commit, url, said[:_CHARACTERS], "" if said else "its app reports none")
    try:
        text = connection.text(f"{repo}/actions/jobs/{run['id']}/logs", f"read the log of {name}")
    except ForgeError as error:
        if passes(error):
            raise
        return FailedCheck(name, commit, url, said[:_CHARACTERS], error.why)
    return FailedCheck(name, commit, url, log_end(text) or said[:_CHARACTERS])


def _of_status(status: Mapping[str, Any], commit: str) -> FailedCheck:
    name, url = str(status.get("context") or ""), str(status.get("target_url") or "")
    said = str(status.get("description") or "")
    return FailedCheck(name, commit, url, said, "" if said else "its service reports none")
