"""A caller that is killed at one of its git calls."""

import sys
from collections.abc import Callable

import pytest

from orchestrator.world.worktrees import command


class Killed(BaseException):
    """The hub is killed: no handler of a failure runs."""


_CHANGES = (
    "worktree",
    "merge",
    "commit",
    "rebase",
    "update-ref",
    "commit-tree",
    "read-tree",
    "checkout",
    "fast-import",
    "write-tree",
)


def kills_at(monkeypatch: pytest.MonkeyPatch, number: int, *, after: bool) -> Callable[[], int]:
    """Kills the caller before or after its `number`th git call that changes something; the returned
    function says how many there were."""
    real, count = command.ask, [0]

    def counted(path: str, *words: str, **more: object) -> command.GitOutput:
        verb = next(word for word in words if not word.startswith("-") and "=" not in word)
        changes = verb in _CHANGES and not (verb == "worktree" and "list" in words)
        count[0] += changes
        if changes and count[0] == number and not after:
            raise Killed
        answer = real(path, *words, **more)  # type: ignore[arg-type]
        if changes and count[0] == number and after:
            raise Killed
        return answer

    for name, module in list(sys.modules.items()):
        if name.startswith("orchestrator.world.worktrees") and getattr(module, "ask", None) is real:
            monkeypatch.setattr(module, "ask", counted)
    return lambda: count[0]
