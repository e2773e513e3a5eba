"""The line of a form for the repository."""

import os
from collections.abc import Sequence
from pathlib import Path

from widgets.dialogs.choice import Choice


class Repository(Choice):
    """Filled in with the repository around the working directory, else with the selected one."""

    def __init__(self, repos: Sequence[str], selected: str) -> None:
        """`repos` are those of existing cards, `selected` that of the card under the cursor."""
        here = repo_around(Path.cwd())
        choices = list(dict.fromkeys(repo for repo in (here, *repos) if repo))
        super().__init__(here or selected, choices, placeholder="any path in it", id="repo")

    @property
    def path(self) -> str:
        """The absolute path of the input; empty for none."""
        # Unlike `Path.expanduser` it leaves an unknown `~nobody` for the hub to refuse.
        path = os.path.expanduser(self.value.strip())  # noqa: PTH111
        return str(Path(path).absolute()) if path else ""


def repo_around(folder: Path) -> str:
    """The repository that contains `folder`, or an empty string."""
    for each in (folder, *folder.parents):
        if (each / ".git").exists():
            return str(each)
    return ""
