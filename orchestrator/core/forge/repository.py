"""How a repository of a forge and its items are named."""

from dataclasses import dataclass

from orchestrator.core.literals import ItemKind


@dataclass(frozen=True, slots=True)
class RepositoryRef:
    """A repository on a forge. `host` has the port if it isn't the scheme's own: `code.example.org:8443`."""

    host: str
    owner: str
    """May have several parts: `group/team`."""
    name: str

    @property
    def path(self) -> str:
        """`owner/name`."""
        return f"{self.owner}/{self.name}"

    def __str__(self) -> str:
        return f"{self.host}/{self.path}"

    def same(self, other: "RepositoryRef") -> bool:
        """Whether both name one repository; case does not matter."""
        return str(self).casefold() == str(other).casefold()


@dataclass(frozen=True, slots=True)
class ItemRef:
    """An issue or a change request."""

    repository: RepositoryRef
    number: int
    kind: ItemKind = "issue"

    def __str__(self) -> str:
        return f"{self.repository.path}#{self.number}"

    @property
    def key(self) -> str:
        """The same for references to the same item."""
        return f"{self.repository}#{self.number} {self.kind}".casefold()

    def same(self, other: "ItemRef") -> bool:
        """Whether both name one item; issues and change requests share their numbers on some forges only."""
        mine, others = (self.number, self.kind), (other.number, other.kind)
        return mine == others and self.repository.same(other.repository)
