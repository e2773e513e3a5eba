"""What landing a branch would do, as it was found before anything happens."""

from dataclasses import dataclass, field

from orchestrator.core.worktrees.repo import Loss


@dataclass(frozen=True, slots=True)
class Checkout:
    """A worktree in which the base is checked out: it follows the base, or keeps it from moving."""

    path: str
    changed: tuple[str, ...] = ()
    """Tracked files with uncommitted changes."""
    operation: str = ""
    """What is in progress there, such as `a rebase in progress`."""
    used_by: str = ""
    """The card whose session works there."""
    missing: bool = False
    """Git has it registered and its directory is gone."""
    in_the_way: tuple[str, ...] = ()
    """Untracked and ignored files where the landing adds files."""

    @property
    def clean(self) -> bool:
        return not (self.changed or self.in_the_way or self.operation or self.used_by or self.missing)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something can't be landed: what, why, and what to do next."""

    what: str
    why: str
    hint: str


@dataclass(frozen=True, slots=True)
class LandedFile:
    """`added` and `removed` are lines; `None` of a binary file."""

    path: str
    added: int | None
    removed: int | None


@dataclass(frozen=True, slots=True)
class BranchSurvey:
    """A branch beside its base, as git has them."""

    branch: str
    into: str
    """The name of the base."""
    tip: str = ""
    onto: str = ""
    """The base's commit."""
    commits: tuple[str, ...] = ()
    """`abc1234 subject` of the branch's own commits, the newest first; see `more_commits`."""
    more_commits: int = 0
    behind: int = 0
    """Commits of the base that the branch does not have."""
    merges: int = 0
    """How many of the branch's commits are merges."""
    files: tuple[LandedFile, ...] = ()
    conflicts: tuple[str, ...] | None = ()
    """Files that a merge would leave in conflict; `None` where this git can't tell beforehand."""
    checkout: Checkout | None = None
    held: bool = False
    """The base has the content of the branch."""
    undone: str = ""
    """The commit that brought the branch into the base, where its changes were reverted since."""
    signed: bool = False
    """New commits are signed here."""
    trouble: Refusal | None = None
    """Why nothing can be landed on that base at all."""

    @property
    def count(self) -> int:
        return len(self.commits) + self.more_commits

    @property
    def added(self) -> int:
        return sum(each.added or 0 for each in self.files)

    @property
    def removed(self) -> int:
        return sum(each.removed or 0 for each in self.files)


@dataclass(frozen=True, slots=True)
class Survey:
    """All that is shown before a card's branch is landed, and decided about."""

    card: str
    git: BranchSurvey
    loss: Loss = field(default_factory=Loss)
    """What its worktree and branch hold that would be gone with them."""
    check: str = ""
    """The command that must pass on the result first; empty for none."""
    protected: str = ""
    """The pattern of the configuration that keeps the base from being landed on; empty for none."""
    ahead: tuple[str, ...] = ()
    """Cards that land before it."""
    clashes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Those of them with which it conflicts, and the files; known where several cards are looked at."""
    prompt: str = ""
    """What its session can be asked to do about conflicts; empty where there are none."""
    refused: tuple[tuple[str, Refusal], ...] = ()
    """Methods that can't be used now, and why."""
    stays: str = ""
    """What landing it does not end, as text: its change request stays open."""

    def refusal(self, method: str) -> Refusal | None:
        return next((why for each, why in self.refused if each == method), None)
