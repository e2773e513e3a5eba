"""Whether a card's change request is fixed automatically, and how far that went."""

from dataclasses import dataclass, replace

MOST_ROUNDS = 3
"""Prompts that are sent automatically before a person is asked."""
_KEPT = 500
"""Keys of problems that are remembered."""


@dataclass(frozen=True, slots=True)
class Autofix:
    """One for each card; off until a person turns it on."""

    on: bool = False
    rounds: int = 0
    """Prompts that were sent automatically since a person last decided something about it."""
    sent: tuple[str, ...] = ()
    """The keys of the problems that the session was told of, by whomever; each is told once."""
    looked: str = ""
    """The revision of the change request that was looked at last."""
    waiting: str = ""
    """Why it waits for a person, as text; empty while it does not."""
    waiting_since: float = 0.0
    pushes_since: float = 0.0
    """When the session was sent a prompt: what it commits is to be pushed when that turn has ended. 0 for
    nothing to push."""
    prompt: str = ""
    """The id of that prompt."""
    head: str = ""
    """The commit of the change request then; empty if that is not known."""

    def told(self, keys: tuple[str, ...]) -> "Autofix":
        """The session was told of these problems."""
        return replace(self, sent=tuple(dict.fromkeys((*self.sent, *keys)))[-_KEPT:])
