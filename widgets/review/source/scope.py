"""What is compared with what. Pure."""

from dataclasses import dataclass, replace

from orchestrator.core.diff.files import Diff
from orchestrator.core.requests.review import DiffScope

_SHORT = 8
"""Digits of a commit's id that are shown."""


@dataclass(frozen=True, slots=True)
class Scope:
    """`commit` is the id of the one that is shown alone, `base` what is compared with instead of the card's
    base; both empty where that is not so."""

    kind: DiffScope = "all"
    commit: str = ""
    base: str = ""
    ignore_space: bool = False

    def words(self, diff: Diff | None) -> str:
        """As the screen's head says it; `-w`, as of git, first: the end is cut on a narrow screen."""
        match self.kind:
            case "uncommitted":
                said = "uncommitted changes"
            case "unseen":
                said = "since you last looked"
            case "commit":
                subject = (
                    next((each.subject for each in diff.commits if each.id == self.commit), "")
                    if diff
                    else ""
                )
                said = f"commit {self.commit[:_SHORT]} {subject}".rstrip()
            case _:
                said = "all changes"
        return f"-w · {said}" if self.ignore_space else said

    def with_space(self, ignored: bool) -> "Scope":
        return replace(self, ignore_space=ignored)


def choices(scope: Scope, branch: tuple[Scope, Diff] | None) -> list[tuple[str, str, Scope]]:
    """What can be shown instead: a name, what it means, and the scope, but for another base. `branch` is
    everything on the branch, however little of it is shown."""
    space = scope.ignore_space
    whole, diff = branch or (Scope(), None)
    return [
        ("All changes", f"since {(diff and diff.base) or 'the base'}, uncommitted and untracked included",
         Scope("all", base=whole.base, ignore_space=space)),
        ("Uncommitted", "what is in the worktree and in no commit", Scope("uncommitted", ignore_space=space)),
        ("Since last look", "what has changed since you closed it", Scope("unseen", ignore_space=space)),
        *(
            (f"Commit {each.id[:_SHORT]}", each.subject, Scope("commit", commit=each.id, ignore_space=space))
            for each in (diff.commits if diff else ())
        ),
    ]  # fmt: skip
