"""The remotes of a repository, with the URLs that git really uses: after `insteadOf` and `pushInsteadOf`."""

import re
from pathlib import Path

from orchestrator.core.forge.remotes import GitRemote
from orchestrator.world.worktrees.command import git
from orchestrator.world.worktrees.repository import open_repository

_LINE = re.compile(r"(?P<name>[^\t]+)\t(?P<url>.*) \((?P<way>fetch|push)\)(?: \[[^\]]*\])?")


def remotes(path: Path) -> tuple[GitRemote, ...]:
    """All remotes of the repository of a path, in git's order; of several URLs the first. Raises `GitRefused`
    and `GitFailed`."""
    root = open_repository(path).root
    said = git(root, "remote", "--verbose", doing="list the remotes").decode(errors="replace")
    found: dict[str, dict[str, str]] = {}
    for line in said.split("\n"):
        if match := _LINE.fullmatch(line):
            found.setdefault(match["name"], {}).setdefault(match["way"], match["url"])
    return tuple(GitRemote(name, urls.get("fetch", ""), urls.get("push", "")) for name, urls in found.items())
