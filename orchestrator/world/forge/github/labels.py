"""The labels of repositories: those that are missing are made, with a colour that fits orch's board."""

from collections.abc import Iterable
from urllib.parse import quote

from orchestrator.core.forge.repository import RepositoryRef
from orchestrator.world.forge.errors import ForgeRefused, Trouble
from orchestrator.world.forge.github import parsing
from orchestrator.world.forge.github.connection import Connection

_COLOUR = "5319e7"
_TEXT = "Set by orch"


class Labels:
    """What labels repositories have, as far as asked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._there: dict[RepositoryRef, set[str]] = {}

    def make(self, ref: RepositoryRef, names: Iterable[str]) -> None:
        """Makes those that are missing. Raises `ForgeError`."""
        known = self._there.setdefault(ref, set())
        missing = [each for each in names if each.casefold() not in known]
        if not missing:
            return
        path = f"/repos/{quote(ref.owner, safe='')}/{quote(ref.name, safe='')}/labels"
        for page in self._connection.pages(path, f"list the labels of {ref.path}"):
            known |= {name.casefold() for name in parsing.labels(parsing.listed(page.data))}
        for name in missing:
            if name.casefold() not in known:
                self._create(path, name)
                known.add(name.casefold())

    def _create(self, path: str, name: str) -> None:
        given = {"name": name, "color": _COLOUR, "description": _TEXT}
        try:
            self._connection.change("POST", path, f"create label {name}", given)
        except ForgeRefused as error:
            if error.trouble is not Trouble.INVALID or "already_exists" not in error.why:
                raise  # somebody else has made it meanwhile
