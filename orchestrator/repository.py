"""Which git repository contains a folder, without calling git."""

from pathlib import Path


def root_above(folder: Path) -> Path | None:
    """The nearest folder from `folder` upwards that has a `.git`: a main worktree or a linked one. `None` if
    there is none."""
    return next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)
