"""The line of a form that says which repository."""

import os
from collections.abc import Sequence
from pathlib import Path

from widgets.dialogs.choice import Choice


class Repository(Choice):
    """Filled in with the repository around the working directory, else with the one that is selected."""

    def __init__(self, repos: Sequence[str], selected: str) -> None:
        """`repos` are those of the cards there are, `selected` that of the card under the cursor."""
        here = repo_around(Path.cwd())
        choices = list(dict.fromkeys(repo for repo in (here, *repos) if repo))
        super().__init__(here or selected, choices, placeholder="any path in it", id="repo")

    @property
    def path(self) -> str:
        """The absolute path of what is written; empty where nothing is."""
        # Unlike `Path.expanduser` it leaves a `~nobody` as it is, for the hub to refuse in words.
        path = os.path.expanduser(self.value.strip())  # noqa: PTH111
        return str(Path(path).absolute()) if path else ""


def repo_around(folder: Path) -> str:
    """The repository that `folder` lies in, or an empty string."""
    for each in (folder, *folder.parents):
        if (each / ".git").exists():
            return str(each)
    return ""
