"""What orch relies on in Claude Code, and for which versions it was probed on the real program."""

import re
import subprocess
from dataclasses import dataclass

Version = tuple[int, int, int]

OLDEST_PROBED: Version = (2, 1, 197)
NEWEST_PROBED: Version = (2, 1, 330)


@dataclass(frozen=True, slots=True)
class Fact:
    """`holds` is `None` if it was not tried with that version."""

    name: str
    holds: bool | None
    note: str


@dataclass(frozen=True, slots=True)
class _Reliance:
    name: str
    note: str
    since: Version = OLDEST_PROBED
    """The oldest version known to have it."""


_RELIANCES = (
    _Reliance("registry", "sessions/<pid>.json tells busy, idle, waiting, Esc included", (2, 1, 139)),
    _Reliance("http hooks", "each event is posted to the hub; if it is unreachable the session continues"),
    _Reliance("merged settings", "--settings adds our hooks to the user's own"),
    _Reliance("status line", "cost, context and quota after each reply"),
    _Reliance("prompt after --", "a first prompt may begin with a dash and have many lines"),
    _Reliance("resume", "--resume restores a conversation under its own id"),
    _Reliance("retries in the pane", "API errors that are being retried are visible only in the pane"),
    _Reliance("trust by main repo", "one accepted trust dialog serves all worktrees of a repo"),
    _Reliance("inbox socket", "an idle session can be woken without touching the draft", (2, 1, 224)),
)


def version(command: tuple[str, ...]) -> str:
    """The agent's version, such as `2.1.197`. Raises `OSError` if it cannot be run, and `ValueError` with its
    output if that contains no version or it took more than 20 seconds."""
    argv = [*command, "--version"]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False)
    except subprocess.TimeoutExpired:
        raise ValueError(f"{' '.join(argv)} did not answer within 20 seconds") from None
    found = re.search(r"\d+\.\d+\.\d+", done.stdout)
    if not found:
        said = (done.stdout + done.stderr).strip()[:200] or f"exit code {done.returncode}"
        raise ValueError(f"{' '.join(argv)} printed no version: {said}")
    return found[0]


def facts(version: str) -> list[Fact]:
    """Which of the facts hold for this version, in a fixed order."""
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    this: Version | None = (int(numbers[1]), int(numbers[2]), int(numbers[3])) if numbers else None
    return [_judge(each, this) for each in _RELIANCES]


def _judge(reliance: _Reliance, this: Version | None) -> Fact:
    if this is None:
        return Fact(reliance.name, None, f"{reliance.note} (unknown version)")
    if this > NEWEST_PROBED:
        return Fact(reliance.name, None, f"{reliance.note} (not probed beyond {_words(NEWEST_PROBED)})")
    if this >= max(reliance.since, OLDEST_PROBED):
        return Fact(reliance.name, True, reliance.note)
    if this >= reliance.since or reliance.since == OLDEST_PROBED:
        return Fact(reliance.name, None, f"{reliance.note} (not probed before {_words(OLDEST_PROBED)})")
    return Fact(reliance.name, False, f"{reliance.note} (from {_words(reliance.since)} on)")


def _words(version: Version) -> str:
    return ".".join(map(str, version))
