"""What landing a branch on its base would do, found without changing anything."""

from dataclasses import replace
from pathlib import Path

from orchestrator.core.landing.survey import BranchSurvey, Checkout, LandedFile, Refusal
from orchestrator.core.model import Landed
from orchestrator.world.worktrees.command import LONG, ask, git
from orchestrator.world.worktrees.errors import GitFailed, GitRefused
from orchestrator.world.worktrees.landing.branches import base_of, checkout_of, tip_of
from orchestrator.world.worktrees.landing.checkout import dirty
from orchestrator.world.worktrees.landing.obstacles import in_the_way
from orchestrator.world.worktrees.landing.proof import brought, fork_of, prove
from orchestrator.world.worktrees.landing.signing import signs
from orchestrator.world.worktrees.repository import Repository, is_folder, open_repository
from orchestrator.world.worktrees.status import read, shown

_MOST_COMMITS = 100


def survey(root: Path, branch: str, into: str, since: str = "", before: Landed | None = None) -> BranchSurvey:
    """The branch beside the base `into`; `since` is the commit at which it began, where that is known, and
    `before` how an earlier part of it was landed. A base that nothing can be landed on is told in `trouble`.

    Raises `GitRefused` where there is no such branch, `GitFailed` or `GitMissing`.
    """
    repository = open_repository(root)
    tip = tip_of(repository, branch)
    found = BranchSurvey(branch, into, tip)
    try:
        onto = base_of(repository, into)
    except GitRefused as no:
        return replace(found, trouble=Refusal(no.what, no.why, no.hint))
    proof = prove(repository, tip, onto, since)
    found = replace(found, onto=onto, held=proof.held, undone=proof.undone, signed=signs(repository.root))
    found = replace(found, checkout=_checkout(repository, into), behind=_count(repository, f"{tip}..{onto}"))
    if proof.held:
        return found
    fork = fork_of(repository, tip, onto)
    if not fork:
        return replace(found, trouble=_unrelated(branch, into))
    merged = None if proof.undone else brought(repository, tip, onto, proof, before)[1]
    if found.checkout and not found.checkout.missing and not (merged and merged.conflicts):
        since, until = (onto, merged.tree) if merged else (fork, tip)
        taken = in_the_way(found.checkout.path, since, until)
        found = replace(found, checkout=replace(found.checkout, in_the_way=taken))
    commits, more = _commits(repository, f"{onto}..{tip}")
    return replace(
        found,
        commits=commits,
        more_commits=more,
        merges=_count(repository, f"{onto}..{tip}", "--merges"),
        files=_files(repository, fork, tip),
        conflicts=None if merged is None else tuple(sorted({shown(name) for name in merged.conflicts})),
    )


def _unrelated(branch: str, into: str) -> Refusal:
    why = f"{branch} and {into} have no commit in common"
    return Refusal(f"{branch} was not landed on {into}", why, "Choose another: --into BRANCH, or keep it.")


def _checkout(repository: Repository, base: str) -> Checkout | None:
    entry = checkout_of(repository, base)
    if entry is None:
        if base in repository.busy_branches():
            return Checkout(repository.root, operation=f"a rebase or bisect of {base} in progress")
        return None
    if not is_folder(Path(entry.path)):
        return Checkout(entry.path, missing=True)
    tree = read(repository, entry.path)
    changed = tuple(shown(name) for name in dirty(tree))
    return Checkout(entry.path, changed, next(iter(tree.operations), ""))


def _count(repository: Repository, commits: str, *flags: str) -> int:
    words = ("rev-list", "--count", *flags, commits, "--")
    return int(git(repository.root, *words, doing="count the commits", limit=LONG))


def _commits(repository: Repository, commits: str) -> tuple[tuple[str, ...], int]:
    count = _count(repository, commits)
    words = ("log", "-z", "--no-color", "--no-decorate", "--encoding=UTF-8", "--format=%h %s")
    out = git(
        repository.root, *words, f"--max-count={_MOST_COMMITS}", commits, "--", doing="list the commits"
    )
    listed = tuple(each.decode(errors="replace") for each in out.split(b"\0") if each)
    return listed, count - len(listed)


def _files(repository: Repository, fork: str, tip: str) -> tuple[LandedFile, ...]:
    """What the branch changed since it left the base."""
    words = ("diff-tree", "-r", "-z", "--numstat", "--no-renames", fork, tip)
    answer = ask(repository.root, *words, limit=LONG)
    if answer.code:
        raise GitFailed("git could not list the changed files", answer.last_words)
    return tuple(_file(line) for line in answer.out.split(b"\0") if line)


def _file(line: bytes) -> LandedFile:
    added, removed, name = line.split(b"\t", 2)
    binary = added == b"-"
    return LandedFile(shown(name), None if binary else int(added), None if binary else int(removed))
