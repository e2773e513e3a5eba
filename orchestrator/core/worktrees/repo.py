"""What orch needs to know of a git repository before it may change anything in it."""

from dataclasses import dataclass, replace

from orchestrator.core.text.clean import one_line

_NAMED = 3
"""Names that stand in a line."""


@dataclass(frozen=True, slots=True)
class RepoFacts:
    """A repository as it stood when it was looked at."""

    root: str
    """The main worktree's top folder; of a bare repository its git directory or the folder around that."""
    default_branch: str
    """`origin/HEAD`'s branch if that is there, else the current branch; empty when HEAD is detached."""
    base: str
    """The commit that the requested base (or the default one) resolves to; empty if it does not."""
    branches: frozenset[str]
    checked_out: tuple[tuple[str, str], ...]
    """(branch, path) for every worktree that has a branch checked out."""
    refusal: str = ""
    """In words, why no worktree can be made here (no commit, not a repository); else empty."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What would be gone with a worktree and its branch. Empty means that nothing would."""

    changed: tuple[str, ...] = ()
    """Tracked paths with uncommitted changes, staged or not."""
    untracked: tuple[str, ...] = ()
    """Untracked paths that git does not ignore."""
    commits: tuple[str, ...] = ()
    """Commits (`abc1234 subject`) that are neither in the base nor on any remote."""
    other: tuple[str, ...] = ()
    """Anything else, in words: a rebase under way, dirty submodules, another branch checked out."""
    ignored: tuple[str, ...] = ()
    """Paths that git ignores and that can't be made again, the largest first."""
    reset: tuple[str, ...] = ()
    """Commits (`abc1234 subject`) that were reset away and that no other replaces."""
    notes: tuple[str, ...] = ()
    """In words, what is no loss and worth knowing, such as stashes, which stay in the repository."""

    @property
    def nothing(self) -> bool:
        """Whether a removal loses nothing; notes don't count."""
        return not (
            self.changed or self.untracked or self.commits or self.other or self.ignored or self.reset
        )

    @property
    def uncommitted(self) -> "Loss":
        """The part that a merge must not pass over: whoever merges expects it to be merged too."""
        return replace(self, commits=(), ignored=(), reset=(), notes=())

    def in_words(self) -> str:
        """One line, such as `2 changed files, 1 untracked file and 3 commits not in main or on a remote`."""
        parts = [
            _count(len(self.changed), "changed file"),
            _count(len(self.untracked), "untracked file"),
            _count(len(self.commits), "unmerged, unpushed commit"),
            *self.other,
            _named(self.ignored, "ignored file"),
            _named(self.reset, "commit reset away", "commits reset away"),
        ]
        said = [part for part in parts if part]
        return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def _named(names: tuple[str, ...], noun: str, nouns: str = "") -> str:
    if not names:
        return ""
    count = f"{len(names)} {noun if len(names) == 1 else nouns or f'{noun}s'}"
    more = f", and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{count} ({', '.join(one_line(name) for name in names[:_NAMED])}{more})"
