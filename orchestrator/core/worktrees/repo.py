"""What orch has to know about a git repository before it changes anything in it."""

from dataclasses import dataclass, replace

from orchestrator.core.text.clean import one_line

_NAMED = 3
"""Maximum names in a line."""


@dataclass(frozen=True, slots=True)
class RepoFacts:
    """A snapshot of a repository."""

    root: str
    """The main worktree's top folder; for a bare repository its git directory or the folder around it."""
    default_branch: str
    """`origin/HEAD`'s branch if it exists, else the current branch; empty for a detached HEAD."""
    base: str
    """The commit that the requested base (or the default one) resolves to; empty if it does not."""
    branches: frozenset[str]
    checked_out: tuple[tuple[str, str], ...]
    """(branch, path) for every worktree that has a branch checked out."""
    refusal: str = ""
    """Why no worktree can be added here (no commit, not a repository); else empty."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What would be lost with a worktree and its branch. Empty if nothing would."""

    changed: tuple[str, ...] = ()
    """Tracked paths with uncommitted changes, staged or not."""
    untracked: tuple[str, ...] = ()
    """Untracked paths that git does not ignore."""
    commits: tuple[str, ...] = ()
    """Commits (`abc1234 subject`) on neither the base nor any remote."""
    other: tuple[str, ...] = ()
    """Anything else, as text: a rebase in progress, dirty submodules, another branch checked out."""
    ignored: tuple[str, ...] = ()
    """Paths that git ignores and that cannot be rebuilt, largest first."""
    reset: tuple[str, ...] = ()
    """Commits (`abc1234 subject`) that were reset away and not replaced."""
    notes: tuple[str, ...] = ()
    """What is not a loss and worth knowing, as text, such as stashes, which stay in the repository."""

    @property
    def nothing(self) -> bool:
        """Whether a removal loses nothing; notes do not count."""
        return not (
            self.changed or self.untracked or self.commits or self.other or self.ignored or self.reset
        )

    @property
    def uncommitted(self) -> "Loss":
        """The part that a merge must not skip: a merge is expected to include it."""
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
