"""What a branch contains since it began, as evidence for a decision."""

from dataclasses import replace
from pathlib import Path

from orchestrator.core.text.clean import one_line
from orchestrator.core.workflow.run import BranchDiff
from orchestrator.world.worktrees.command import LONG, ask
from orchestrator.world.worktrees.errors import WorktreeError
from orchestrator.world.worktrees.repository import check_branch_name, check_commit_id, open_repository
from orchestrator.world.worktrees.status import read, shown

_MOST_FILES = 200
_MOST_COMMITS = 50


def differing(root: Path, path: Path | None, branch: str, since: str) -> BranchDiff:
    """What the branch contains beyond the commit `since`, and the uncommitted changes in its worktree at
    `path`. `trouble` says what could not be read; nothing is raised."""
    there = BranchDiff("", branch, str(path or ""), "")
    try:
        check_branch_name(branch)
        check_commit_id(since)
        repository = open_repository(root)
        head = repository.branch_tip(branch)
        if not head:
            return replace(there, trouble=f"no branch {branch}")
        tree = read(repository, str(path)) if path and path.is_dir() else None
        return replace(
            there,
            head=head,
            files=_files(repository.root, since, head),
            commits=_commits(repository.root, since, head),
            uncommitted=len(tree.changed) + len(tree.untracked) + len(tree.nested) if tree else 0,
            trouble="" if tree or path is None else "its worktree is gone",
        )
    except WorktreeError as error:
        return replace(there, trouble=one_line(f"{error.what}: {error.why}"))


def _files(root: str, since: str, head: str) -> tuple[tuple[str, int, int], ...]:
    answer = ask(root, "diff", "--numstat", "-z", "--no-renames", f"{since}...{head}", "--", limit=LONG)
    found = []
    for line in answer.out.split(b"\0")[:_MOST_FILES]:
        if line.count(b"\t") >= 2:
            added, deleted, name = line.split(b"\t", 2)
            found.append((shown(name), _count(added), _count(deleted)))
    return tuple(found)


def _count(said: bytes) -> int:
    return int(said) if said.isdigit() else -1


def _commits(root: str, since: str, head: str) -> tuple[str, ...]:
    most = f"--max-count={_MOST_COMMITS}"
    answer = ask(root, "log", most, "--format=%h %s", f"{since}..{head}", "--", limit=LONG)
    return tuple(line for line in answer.out.decode(errors="replace").split("\n") if line)
