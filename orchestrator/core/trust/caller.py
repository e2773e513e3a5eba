"""Who makes a request on the owner's socket."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Speaker:
    """The caller of a request. Determined by the hub, never claimed by the caller."""

    user: str = ""
    """The account of the process."""
    origin: str = ""
    """`session c3`, or another process started by orch; empty for a person."""
    card: str = ""
    """The session's card, if known."""
    sign: str = ""
    """The sign that this is not a person, as text."""
    device: str = ""
    """The name of a paired phone; empty for a process."""

    @property
    def is_person(self) -> bool:
        """Whether there is no sign of a program."""
        return not self.origin

    def place(self, said: str) -> str:
        """The place for the journal: `said` for a person (`tui`, `cli`), `phone:NAME` on a paired phone, the
        origin for anyone else."""
        if self.device:
            return f"phone:{self.device}"
        return said if self.is_person else self.origin
