"""Which git repository a folder lies in, without asking git."""

from pathlib import Path


def root_above(folder: Path) -> Path | None:
    """The nearest folder from `folder` upwards that has a `.git`: a main worktree or a linked one. `None`
    where there is none."""
    return next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)
