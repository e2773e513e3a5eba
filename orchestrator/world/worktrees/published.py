"""Whether others can see a commit: which branches of a remote have it, as far as the repository knows."""

from pathlib import Path

from orchestrator.world.worktrees.command import ask
from orchestrator.world.worktrees.repository import open_repository


def published_on(path: Path, remote: str, commit: str) -> tuple[str, ...]:
    """The branches of the remote that contain the commit, as of the last push or fetch; none for a commit
    that is not here. Raises `GitRefused` and `GitFailed`."""
    root = open_repository(path).root
    where = f"refs/remotes/{remote}/"
    said = ask(root, "for-each-ref", f"--contains={commit}", "--format=%(refname)", where)
    names = said.out.decode(errors="replace").split("\n") if said.code == 0 else []
    return tuple(name.removeprefix(where) for name in names if name)
