"""A folder of objects of orch's own beside those of a repository, which stay as they are."""

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from orchestrator.world.worktrees.repository import Repository, open_repository

_KEPT_S = 7 * 86_400.0
"""Seconds for which an object is kept that nobody has written again."""


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """What git writes goes to `folder`; what it reads may lie in the repository, too."""

    repository: Repository
    folder: Path

    def env(self) -> dict[str, str]:
        """The environment in which git uses it; its folder is made. Raises `OSError`."""
        info = self.folder / "info"
        if not (info / "alternates").exists():
            info.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = info / f"alternates.{os.getpid()}-{threading.get_ident()}"  # several threads may be first
            new.write_text(f"{self.repository.common}/objects\n", errors="surrogateescape")
            new.replace(info / "alternates")
        return {"GIT_OBJECT_DIRECTORY": str(self.folder)}


def object_store(root: Path, folder: Path) -> ObjectStore:
    """That of a repository, in a folder of its own. Raises what `open_repository` does."""
    return ObjectStore(open_repository(root), folder)


def prune(folder: Path, now: float | None = None) -> None:
    """Removes objects that were written long ago: git renews the time of each that is needed again."""
    before = (time.time() if now is None else now) - _KEPT_S
    for each in folder.glob("[0-9a-f][0-9a-f]/*"):
        try:
            if each.lstat().st_mtime < before:
                each.unlink()
        except OSError:
            continue
