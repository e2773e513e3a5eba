"""Errors of a repository: a refusal, or a failure outside of orch."""

from orchestrator.core.errors import Failed, Refused
from orchestrator.core.model import Worktree
from orchestrator.core.worktrees.repo import Loss


class WorktreeError(Failed):
    """An error of a repository; see `OrchError`."""


class GitRefused(WorktreeError):
    """It cannot or must not be done; nothing has changed."""

    status = Refused.status
    exit_code = Refused.exit_code


class GitFailed(WorktreeError):
    """Git, or the disk below it, failed; `why` has git's last lines.

    `worktree` is set if a complete worktree was created nevertheless.
    """

    def __init__(self, what: str, why: str = "", hint: str = "", worktree: Worktree | None = None) -> None:
        super().__init__(what, why, hint)
        self.worktree = worktree


class GitMissing(GitFailed):
    """There is no git program that can be started."""


class CheckFailed(GitRefused):
    """The check of a landing failed on its result; nothing has changed. `output` is the end of what it
    printed."""

    def __init__(self, what: str, why: str, hint: str, output: str) -> None:
        super().__init__(what, why, hint)
        self.output = output


class WouldLose(GitRefused):
    """Removing would lose work, and no rescue was requested; nothing has changed."""

    def __init__(self, path: str, loss: Loss) -> None:
        super().__init__(
            f"{path} was not removed",
            f"it would lose {loss.in_words()}",
            "Merge or push the work first, or use a rescue, which saves it under refs/orch/rescue.",
        )
        self.loss = loss
