"""The commit that each method makes, in a landing place, with the repository's hooks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.core.landing.refusals import not_landed
from orchestrator.core.model import Landed
from orchestrator.world.worktrees.command import GitOutput, ask, git
from orchestrator.world.worktrees.errors import GitFailed, GitRefused
from orchestrator.world.worktrees.landing.checkout import conflicts
from orchestrator.world.worktrees.repository import Repository


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be landed, and how."""

    branch: str
    into: str
    method: str
    message: str
    card: str = "CARD"
    """Its name in what is said to a person."""
    since: str = ""
    """The commit at which the branch began, where that is known."""
    before: Landed | None = None
    """How an earlier part of the branch was landed."""
    check: str = ""
    """The shell command that must pass on the result; empty for none."""
    check_limit: float = 900.0
    """Seconds."""
    hooks_limit: float = 900.0
    """Seconds for git with the repository's hooks."""
    env: Mapping[str, str] = field(default_factory=dict)
    """What hooks and the check have in their environment besides."""


def start_of(wanted: Wanted, ours: str, brings: str) -> str:
    """The commit that is checked out in the place before `commit_of`."""
    return brings if wanted.method == "rebase" else ours


def commit_of(repository: Repository, place: str, wanted: Wanted, ours: str, brings: str) -> str:
    """The base's commit `ours` with what `brings` brought; the place holds `start_of`.

    Raises `GitRefused` on conflicts, naming the files, or `GitFailed`.
    """
    for words in _COMMANDS[wanted.method](wanted, ours, brings):
        try:
            answer = ask(place, *words, limit=wanted.hooks_limit, hooks=True, env=wanted.env)
        except GitFailed as late:
            late.hint = f"{late.hint} Nothing has changed."
            raise
        if answer.code:
            raise _failed(place, wanted, answer)
    made = git(place, "rev-parse", "HEAD", doing="read the result").decode().strip()
    if not _fits(repository, wanted, made, ours, brings):
        raise GitFailed(
            f"git could not {wanted.method} {wanted.branch} on {wanted.into}",
            f"a hook or a setting made something else of it ({made[:12]})",
            "Nothing has changed. Check the repository's hooks, then retry.",
        )
    return made


def _merge(wanted: Wanted, _ours: str, brings: str) -> tuple[tuple[str, ...], ...]:
    flags = ("--no-ff", "--commit", "--no-squash", "--no-edit", "--no-autostash", "--no-stat")
    return (("merge", *flags, "-m", wanted.message, brings),)


def _squash(wanted: Wanted, _ours: str, brings: str) -> tuple[tuple[str, ...], ...]:
    flags = ("--squash", "--ff", "--no-autostash", "--no-stat")
    return ("merge", *flags, brings), ("commit", "--quiet", "--no-edit", "-m", wanted.message)


def _rebase(_wanted: Wanted, ours: str, _brings: str) -> tuple[tuple[str, ...], ...]:
    settings = ("-c", "rebase.updateRefs=false", "-c", "rebase.rebaseMerges=false")
    flags = ("--no-autosquash", "--no-autostash", "--no-fork-point", "--empty=drop", "--quiet")
    return ((*settings, "rebase", *flags, ours),)


_COMMANDS = {"merge": _merge, "squash": _squash, "rebase": _rebase}


def _failed(place: str, wanted: Wanted, answer: GitOutput) -> GitRefused | GitFailed:
    unmerged = git(place, "diff", "--name-only", "--diff-filter=U", "-z", doing="list the conflicts")
    if unmerged and wanted.method == "rebase":
        files = conflicts(wanted.method, wanted.branch, wanted.into, unmerged.split(b"\0"), wanted.card)
        files.hint = f"One of its commits conflicts. Use --merge or --squash, or: {files.hint}"
        return files
    if unmerged:
        return conflicts(wanted.method, wanted.branch, wanted.into, unmerged.split(b"\0"), wanted.card)
    return GitFailed(
        not_landed(wanted.method, wanted.branch, wanted.into),
        answer.said,
        "Nothing has changed. Fix the cause, then retry.",
    )


def _fits(repository: Repository, wanted: Wanted, made: str, ours: str, brings: str) -> bool:
    parents = ask(repository.root, "rev-parse", f"{made}^@").out.decode().split()
    match wanted.method:
        case "merge":
            return parents == [ours, brings]
        case "squash":
            return parents == [ours]
        case _:
            return made == ours or ask(repository.root, "merge-base", "--is-ancestor", ours, made).code == 0
