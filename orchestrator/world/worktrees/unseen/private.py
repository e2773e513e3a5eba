"""What git keeps for one worktree alone, and what was made in it and stays in the repository."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from orchestrator.world.worktrees.command import LONG, ask, git
from orchestrator.world.worktrees.repository import Repository

_OID = re.compile(r"[0-9a-f]{40,64}")
_MOST = 2000
"""Maximum commits that are compared with those that were reset away."""


@dataclass(frozen=True, slots=True)
class Private:
    """`heads` are commits that only refs of this worktree have. `reset` are commits that only its reflog
    knows and that no other commit replaces, newest first, each as (id, `abc1234 subject`). `odd` names refs
    to something other than a commit."""

    heads: tuple[str, ...] = ()
    reset: tuple[tuple[str, str], ...] = ()
    odd: tuple[str, ...] = ()


def private(repository: Repository, path: str, git_dir: str, kept: list[str]) -> Private:
    """What would be lost with the worktree at `path` although no file shows it; `kept` are the commits that
    contain its work by now: its HEAD, its branch, its base.

    A commit that was amended or rebased is not a loss: its successor has its author and time, and its subject
    or parent. Nor is one whose files another commit has unchanged, as after `reset --soft`.
    """
    words = ("for-each-ref", "--format=%(objecttype) %(objectname) %(refname)")
    names = ("refs/worktree", "refs/bisect", "refs/rewritten")
    said = git(path, *words, *names, doing=f"list the refs of {path}").decode(errors="replace")
    refs = [line.split(" ", 2) for line in said.splitlines()]
    heads = tuple(dict.fromkeys(oid for kind, oid, _ in refs if kind == "commit"))
    odd = tuple(f"the ref {name} to a {kind}" for kind, _, name in refs if kind != "commit")
    return Private(heads, _reset_away(repository, path, git_dir, [*kept, *heads]), odd)


def _reset_away(
    repository: Repository, path: str, git_dir: str, kept: list[str]
) -> tuple[tuple[str, str], ...]:
    known = ask(path, "log", "--walk-reflogs", "--format=%H", "HEAD", "--").out.decode().split()
    for name in ("ORIG_HEAD", "rebase-merge/autostash", "rebase-apply/autostash", "MERGE_AUTOSTASH"):
        file = Path(git_dir, name)
        if file.is_file():
            known += _OID.findall(file.read_text(errors="replace"))
    known = list(dict.fromkeys(known))
    if not known:
        return ()
    kept = list(dict.fromkeys(commit for commit in kept if commit))
    stdin = "\n".join(known).encode() + b"\n"
    words = ("rev-list", "--ignore-missing", "--topo-order", f"--format={_ABOUT}")
    elsewhere = ("--stdin", "--not", *kept, "--all")
    out = ask(repository.root, *words, *elsewhere, stdin=stdin, limit=LONG)
    loose = _read(out.out)
    if not loose:
        return ()
    others_of = ("log", f"--max-count={_MOST}", f"--format={_ABOUT}", *kept, "--")
    others = _read(git(repository.root, *others_of, doing="compare the commits", limit=LONG))
    trees = {each.tree for each in others}
    authors = {(each.author, also) for each in others for also in (each.subject, each.parents)}
    replaced: set[str] = set()
    lost = []
    for each in loose:  # children first
        if each.commit in replaced or each.tree in trees:
            replaced.update(each.parents.split())
        elif authors.isdisjoint({(each.author, each.subject), (each.author, each.parents)}):
            lost.append((each.commit, f"{each.short} {each.subject}"))
    return tuple(lost)


_ABOUT = "%H%x00%P%x00%T%x00%an %ae %at%x00%h%x00%s"


class _Commit(NamedTuple):
    commit: str
    parents: str
    tree: str
    author: str
    """The author and the time."""
    short: str
    subject: str


def _read(out: bytes) -> list[_Commit]:
    lines = out.decode(errors="replace").splitlines()
    return [_Commit(*line.split("\0", 5)) for line in lines if line.count("\0") >= 5]


def stashes(repository: Repository, branch: str) -> tuple[str, ...]:
    """The stashes that were made on this branch, as `stash@{0}`. They belong to the repository and stay."""
    answer = ask(repository.root, "log", "--walk-reflogs", "--format=%gd%x00%gs", "refs/stash", "--")
    found = []
    for line in answer.out.decode(errors="replace").splitlines():
        name, _, said = line.partition("\0")
        if said.startswith((f"WIP on {branch}:", f"On {branch}:")):
            found.append(name.removeprefix("refs/"))
    return tuple(found)
