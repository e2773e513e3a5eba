"""Pushes a branch to a host and fetches its commits back, with git over the host's own ssh.

Here the branch moves only by fast-forward. Diverged commits are kept under a ref, and never lost.
"""

import hashlib
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.core.worktrees.repo import Loss
from orchestrator.core.worktrees.rescues import RESCUE_REFS
from orchestrator.world.hosts import ssh
from orchestrator.world.hosts.host import Host, HostError
from orchestrator.world.worktrees.command import LONG, ask, git
from orchestrator.world.worktrees.errors import GitFailed, GitRefused
from orchestrator.world.worktrees.repository import Repository, open_repository

LONG_THERE = 1000.0
"""Seconds for a checkout by a host's git."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A branch's worktree on a host. `base` is our folder there, `root` the repository here; `card` names
    rescues."""

    host: Host
    base: str
    root: Path
    branch: str
    card: str

    @property
    def repo(self) -> str:
        """The name of the repository's copy there: different for every path of a repository here."""
        return _named(self.root.name, str(self.root))

    @property
    def tree(self) -> str:
        """The worktree's folder and name there: the same for everyone who works on the branch."""
        return f"{self.repo}/{_named(self.branch, self.branch)}"

    @property
    def kept_as(self) -> str:
        """The ref here that keeps the host's work, whatever happens to the branch."""
        return f"refs/orch/hosts/{self.host.name}/{self.branch}"


@dataclass(frozen=True, slots=True)
class BroughtBranch:
    """`head` is the commit of the worktree there; `rescue` the ref here of its uncommitted changes, empty for
    none."""

    head: str = ""
    rescue: str = ""


def carry(copy: Copy, others: Iterable[str]) -> str:
    """Creates or updates the worktree there at the branch's commit, and returns its path.

    `others` are further branches that may be needed there. Raises `GitRefused` for an unsupported repository,
    `GitFailed`, and what `ssh.ask` raises.
    """
    repository = open_repository(copy.root)
    commit = _tip(repository, copy)
    _check_fit(repository, commit)
    there = ssh.ask(copy.host, "repository", base=copy.base, repo=copy.repo, who=_who(repository))
    heads = {name: tip for name in others if (tip := repository.branch_tip(name))}
    refs = [f"+{tip}:refs/orch/in/{name}" for name, tip in (heads | {copy.branch: commit}).items()]
    flags = ("--quiet", "--no-verify", "--no-follow-tags", "--recurse-submodules=no", "--no-signed")
    over_ssh(
        copy, "push", *flags, _url(there["path"]), *refs, doing=f"carry {copy.branch} to {copy.host.name}"
    )
    return str(
        ssh.ask(
            copy.host,
            "check_out",
            limit=LONG_THERE,
            base=copy.base,
            repo=copy.repo,
            tree=copy.tree,
            branch=copy.branch,
            commit=commit,
            others=heads,
        )["path"]
    )


def unclean(copy: Copy) -> str:
    """The uncommitted changes there, as text; empty for none. Raises `HostError` if it is gone, and what
    `ssh.ask` raises."""
    said = _state(copy, "")
    if not said["there"]:
        raise HostError(
            f"the worktree of {copy.branch} on {copy.host.name} is missing", "its contents are unknown"
        )
    return _in_words(said)


def bring_back(copy: Copy, *, rescue: bool) -> BroughtBranch:
    """Fetches the commits there and moves the branch here to them; with `rescue` also uncommitted changes.

    Does nothing without a worktree. Raises `GitRefused`, naming the ref that keeps the work, if the branch
    here has other commits or its worktree other changes; `GitFailed`, and what `ssh.ask` raises.
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    said = _state(copy, f"{RESCUE_REFS}{copy.card}/{stamp}-{copy.host.name}" if rescue else "")
    if not said["there"]:
        return BroughtBranch()
    repository = open_repository(copy.root)
    head, saved = said["head"], said["rescue"]
    if not _contains(repository, repository.branch_tip(copy.branch), head) or (
        saved and not repository.commit(saved)
    ):
        _fetch(repository, copy, head, saved)
    with repository.lock():
        _fast_forward(repository, copy, head)
    return BroughtBranch(head, saved)


def forget(copy: Copy, head: str) -> None:
    """Removes the worktree there, if it is clean and at `head`. Raises what `ssh.ask` raises."""
    ssh.ask(copy.host, "remove", limit=LONG_THERE, base=copy.base, repo=copy.repo, tree=copy.tree, head=head)


def _state(copy: Copy, rescue: str) -> dict[str, Any]:
    return ssh.ask(
        copy.host, "state", limit=LONG_THERE, base=copy.base, repo=copy.repo, tree=copy.tree, rescue=rescue
    )


def _in_words(said: dict[str, Any]) -> str:
    return Loss(changed=tuple(said["changed"]), untracked=tuple(said["untracked"])).in_words()


def _fetch(repository: Repository, copy: Copy, head: str, saved: str) -> None:
    before = repository.commit(copy.kept_as)
    if before and not _contains(repository, head, before) and not _in_a_branch(repository, before):
        git(
            repository.root,
            "update-ref",
            f"refs/orch/kept/{before}",
            before,
            doing="keep what was fetched before",
        )
    path = f"{copy.base}/repos/{copy.repo}.git"
    refs = [f"+refs/orch/out/{copy.tree}:{copy.kept_as}", *([f"{saved}:{saved}"] if saved else [])]
    flags = ("--quiet", "--no-tags", "--no-prune", "--no-write-fetch-head", "--no-recurse-submodules")
    over_ssh(
        copy, "fetch", *flags, _url(path), *refs, doing=f"bring {copy.branch} back from {copy.host.name}"
    )
    if repository.commit(copy.kept_as) != head:
        raise GitFailed(f"{copy.branch} changed on {copy.host.name} while it was fetched", hint="Retry.")


def _fast_forward(repository: Repository, copy: Copy, head: str) -> None:
    tip = repository.branch_tip(copy.branch)
    if tip and _contains(repository, tip, head):
        return
    what = f"cannot fast-forward {copy.branch} to the work on {copy.host.name}"
    hint = f"It is kept as {copy.kept_as}. Merge that into {copy.branch}, then mark the stage done."
    if not tip:
        raise GitRefused(what, "the branch no longer exists here", hint)
    if not _contains(repository, head, tip):
        raise GitRefused(what, "the branch has other commits here", hint)
    place = next((each.path for each in repository.worktrees() if each.branch == copy.branch), None)
    if place is None:
        words = ("update-ref", "-m", f"from {copy.host.name}", f"refs/heads/{copy.branch}", head, tip)
        git(repository.root, *words, doing=f"move {copy.branch}")
        return
    answer = ask(place, "merge", "--quiet", "--ff-only", "--no-autostash", head, limit=LONG)
    if answer.code:
        raise GitRefused(what, f"{place} is in the way ({answer.last_words})", hint)


def over_ssh(copy: Copy, *words: str, doing: str, env: Mapping[str, str] | None = None) -> None:
    """Runs a git command here that reaches the host."""
    with ssh.turn(copy.host, "git"):
        git(str(copy.root), *words, doing=doing, limit=LONG, env={**ssh.for_git(copy.host), **(env or {})})


def _check_fit(repository: Repository, commit: str) -> None:
    what, hint = f"cannot run {repository.root} on another machine", "Let the stage run here."
    if ask(repository.root, "cat-file", "-e", f"{commit}:.gitmodules").code == 0:
        raise GitRefused(what, "it has submodules", hint)
    lfs = (
        "grep",
        "--quiet",
        "--fixed-strings",
        "filter=lfs",
        commit,
        "--",
        ".gitattributes",
        "*/.gitattributes",
    )
    if ask(repository.root, *lfs).code == 0:
        raise GitRefused(what, "it keeps files in Git LFS", hint)


def _tip(repository: Repository, copy: Copy) -> str:
    if tip := repository.branch_tip(copy.branch):
        return tip
    raise GitRefused(f"no branch named {copy.branch}", hint="Was it removed?")


def _who(repository: Repository) -> dict[str, str]:
    """The author of commits, as configured here."""
    asked = {key: ask(repository.root, "config", "--get", key) for key in ("user.name", "user.email")}
    return {key: said.out.decode(errors="replace").strip() for key, said in asked.items() if said.code == 0}


def _contains(repository: Repository, commit: str, ancestor: str) -> bool:
    if not commit or not ancestor:
        return False
    return ask(repository.root, "merge-base", "--is-ancestor", ancestor, commit).code == 0


def _in_a_branch(repository: Repository, commit: str) -> bool:
    return bool(ask(repository.root, "for-each-ref", "--count=1", f"--contains={commit}", "refs/heads").out)


def _url(path: str) -> str:
    return f"host:{path}"


def _named(word: str, whole: str) -> str:
    """A unique name valid for a folder and a ref."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", word).strip("-")[:40] or "x"
    return f"{plain}-{hashlib.sha256(whole.encode(errors='surrogateescape')).hexdigest()[:8]}"
