"""What a remote has, as git itself noted with the last push or fetch: the remote is not asked."""

from collections.abc import Sequence
from pathlib import Path

from orchestrator.world.worktrees.command import ask, git
from orchestrator.world.worktrees.repository import open_repository


def published_on(path: Path, remote: str, commit: str) -> tuple[str, ...]:
    """The branches of the remote that contain the commit, as of the last push or fetch; none for a commit
    that is not here. Raises `GitRefused` and `GitFailed`."""
    root = open_repository(path).root
    where = f"refs/remotes/{remote}/"
    said = ask(root, "for-each-ref", f"--contains={commit}", "--format=%(refname)", where)
    names = said.out.decode(errors="replace").split("\n") if said.code == 0 else []
    return tuple(name.removeprefix(where) for name in names if name)


def pushed(path: Path, remote: str, branches: Sequence[str]) -> dict[str, str]:
    """The commits of those of the branches that the remote has. Raises `GitRefused` and `GitFailed`."""
    if not branches:
        return {}
    root = open_repository(path).root
    where = f"refs/remotes/{remote}/"
    asked = ["--format=%(objectname) %(refname)", *(f"{where}{each}" for each in branches)]
    said = git(root, "for-each-ref", *asked, doing="list pushed branches")
    lines = (line.split(" ", 1) for line in said.decode(errors="replace").splitlines())
    found = {name.removeprefix(where): commit for commit, name in lines}
    return {branch: found[branch] for branch in branches if branch in found}
