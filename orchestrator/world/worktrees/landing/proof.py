"""Whether a base has the content of a branch: by trees and patches, never by ancestry alone."""

from dataclasses import dataclass

from orchestrator.core.model import Landed
from orchestrator.world.worktrees.command import LONG, ask, at_least, git
from orchestrator.world.worktrees.errors import GitFailed
from orchestrator.world.worktrees.repository import Repository
from orchestrator.world.worktrees.status import shown

_MOST_COMMITS = 500
"""Maximum commits of the base that are compared with a branch as a whole, for a squash merge."""


@dataclass(frozen=True, slots=True)
class Proof:
    """`held` means that the base has the content. Else, if the base's history names the branch as merged,
    `hollow` is the commit that does so without the content, or `undone` the one whose content was reverted
    since. `again` is then a commit with the content once more: git takes the branch itself for merged."""

    held: bool
    hollow: str = ""
    undone: str = ""
    again: str = ""


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """A merge in memory: its tree, and the paths in conflict."""

    tree: str
    conflicts: tuple[bytes, ...]


def prove(repository: Repository, theirs: str, ours: str, since: str = "") -> Proof:
    """Whether the commit `ours` of the base has the changes of the commit `theirs` of a branch.

    A branch that was squashed or rebased onto the base counts; a merge commit without the branch's content
    does not. `since` is the commit the branch began at, if known. Raises `GitFailed`.
    """
    if theirs in (ours, since):
        return Proof(repository.contains(ours, theirs) or theirs == ours)
    if repository.contains(ours, theirs):
        return _by_history(repository, theirs, ours, since)
    fork = fork_of(repository, theirs, ours)
    if not fork or not _changed(repository, fork, theirs):
        return Proof(False)
    merged = three_way(repository, ours, theirs)
    if merged and not merged.conflicts:
        return Proof(merged.tree == _tree(repository, ours))
    return Proof(_by_patches(repository, fork, theirs, ours))


def three_way(repository: Repository, ours: str, theirs: str) -> ThreeWay | None:
    """Both commits merged without a worktree; `None` if git is too old for it. Raises `GitFailed`."""
    if not at_least(2, 38):
        return None
    words = ("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z")
    found = ask(repository.root, *words, ours, theirs, limit=LONG)
    if found.code > 1 or found.code < 0:
        raise GitFailed("git could not compare the branches", found.last_words)
    tree, _, conflicts = found.out.partition(b"\0")
    names = tuple(name for name in conflicts.split(b"\0") if name)
    return ThreeWay(tree.decode().strip(), names if found.code else ())


def has(repository: Repository, commit: str, landed: Landed | None) -> bool:
    """Whether a commit of the base has what was landed so, and does so by its history."""
    return landed is not None and bool(landed.commit) and repository.contains(commit, landed.commit)


def rest_of(repository: Repository, theirs: str, ours: str, landed: Landed) -> str:
    """A commit on top of what was landed of the branch, with what the branch brought since; empty where that
    does not apply or conflicts. Git itself does not know that a squash holds the branch's first part."""
    if not has(repository, ours, landed) or not repository.contains(theirs, landed.tip):
        return ""
    fork = _commit_of(repository, landed.tip)
    mine, its = _commit_of(repository, landed.commit, fork), _commit_of(repository, theirs, fork)
    merged = three_way(repository, mine, its)
    return "" if merged is None or merged.conflicts else _commit(repository, merged.tree, landed.commit)


def brought(
    repository: Repository, theirs: str, ours: str, proof: Proof, before: Landed | None
) -> tuple[str, ThreeWay | None]:
    """The commit that brings the branch's content to the base, and what merging it comes to; `before` is how
    an earlier part of the branch was landed. Raises `GitFailed`."""
    brings = proof.again or theirs
    merged = three_way(repository, ours, brings)
    if merged and merged.conflicts and before and (rest := rest_of(repository, theirs, ours, before)):
        return rest, three_way(repository, ours, rest)
    return brings, merged


def fork_of(repository: Repository, one: str, other: str) -> str:
    """The merge base of two histories; empty if they have none."""
    return ask(repository.root, "merge-base", one, other).out.decode().split("\n", 1)[0].strip()


def _by_history(repository: Repository, theirs: str, ours: str, since: str) -> Proof:
    """The base's history contains the branch: was its content merged with it, and is it still there?"""
    merge = _merged_by(repository, theirs, ours)
    before = repository.commit(f"{merge}^") if merge else ""
    if before in ("", theirs):  # the base itself was at this commit once
        if not merge or not since or not repository.contains(theirs, since):
            return Proof(True)
        merge, before, fork = theirs, since, since
    else:
        fork = fork_of(repository, theirs, before)
        if not fork:
            return Proof(True)
    brought = _changed(repository, fork, theirs)
    if not brought:
        return Proof(True)
    taken = set(brought) & set(_changed(repository, before, merge))
    if merge != theirs and not _took_all(repository, merge, before, theirs, taken, set(brought)):
        again = _content_again(repository, theirs, fork, merge)
        later = prove(repository, again, ours)
        return later if later.held or later.undone else Proof(False, hollow=merge, again=again)
    if taken and not set(_changed(repository, before, ours)) & taken:
        return Proof(False, undone=merge)
    return Proof(True)


def _took_all(
    repository: Repository, merge: str, before: str, theirs: str, taken: set[bytes], brought: set[bytes]
) -> bool:
    """Whether the merge commit contains what git would have merged; conflicts may be resolved in any way."""
    merged = three_way(repository, before, theirs)
    if merged is None:
        return bool(taken) or not _changed(repository, before, theirs)
    tree = _tree(repository, merge)
    if not merged.conflicts and merged.tree == tree:
        return True
    wanted = set(_changed(repository, before, merged.tree)) & brought
    missing = wanted - taken - set(merged.conflicts)
    return not missing and bool(taken or not wanted)


def _content_again(repository: Repository, theirs: str, fork: str, hollow: str) -> str:
    said = f"The content of {theirs[:12]}\n\n{hollow[:12]} names it as merged and does not hold it.\n"
    return _commit(repository, f"{theirs}^{{tree}}", fork, said)


def _commit_of(repository: Repository, commit: str, parent: str = "") -> str:
    return _commit(repository, f"{commit}^{{tree}}", parent)


def _commit(repository: Repository, tree: str, parent: str, said: str = "The rest of a branch\n") -> str:
    """The same commit each time, so that a later check finds it in the base."""
    identity = {
        f"GIT_{who}_{what}": text
        for who in ("AUTHOR", "COMMITTER")
        for what, text in (("NAME", "orch"), ("EMAIL", "orch@localhost"), ("DATE", "@0 +0000"))
    }
    words = ("commit-tree", tree, *(("-p", parent) if parent else ()))
    out = git(repository.root, *words, doing="read the branch", stdin=said.encode(), env=identity)
    return out.decode().strip()


def _merged_by(repository: Repository, theirs: str, ours: str) -> str:
    """The first commit in the base's first-parent history that contains the branch; empty if `ours` is the
    branch."""
    line = _listed(repository, "--first-parent", f"{theirs}..{ours}")
    after = set(_listed(repository, "--ancestry-path", f"{theirs}..{ours}"))
    return next((commit for commit in reversed(line) if commit in after), "")


def _by_patches(repository: Repository, fork: str, theirs: str, ours: str) -> bool:
    """Whether each commit of the branch, or all as one, was applied to the base as a separate commit."""
    own = _listed(repository, f"{fork}..{theirs}")
    if own and not _listed(repository, "--merges", f"{fork}..{theirs}"):
        said = git(repository.root, "cherry", ours, theirs, doing="compare the commits", limit=LONG).decode()
        lines = said.splitlines()
        if len(lines) == len(own) and all(line.startswith("- ") for line in lines):
            return True
    as_one = _patch_ids(repository, "diff-tree", "-p", fork, theirs)
    flags = (f"--max-count={_MOST_COMMITS}", "--no-merges", "-p", "--format=commit %H")
    return bool(as_one) and bool(as_one & _patch_ids(repository, "log", *flags, f"{fork}..{ours}"))


def _patch_ids(repository: Repository, *words: str) -> set[str]:
    plain = ("--no-color", "--no-ext-diff", "--no-textconv", "--full-index")
    patch = git(repository.root, words[0], *plain, *words[1:], doing="compare the patches", limit=LONG)
    said = git(
        repository.root, "patch-id", "--stable", doing="compare the patches", stdin=patch or b"\n", limit=LONG
    )
    return {line.split()[0] for line in said.decode().splitlines() if line}


def _changed(repository: Repository, since: str, until: str) -> list[bytes]:
    words = ("diff-tree", "-r", "-z", "--name-only", "--no-renames", since, until)
    out = git(repository.root, *words, doing=f"compare {shown(since.encode())[:12]}", limit=LONG)
    return [name for name in out.split(b"\0") if name]


def _listed(repository: Repository, *words: str) -> list[str]:
    out = git(repository.root, "rev-list", *words, "--", doing="list the commits", limit=LONG)
    return out.decode().split()


def _tree(repository: Repository, commit: str) -> str:
    out = git(repository.root, "rev-parse", f"{commit}^{{tree}}", doing="read a commit's tree")
    return out.decode().strip()
