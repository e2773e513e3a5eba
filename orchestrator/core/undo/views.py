"""What undoing answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Undone:
    """The act that was undone, or that would be, and the output of `orch undo --json`."""

    card: str
    title: str
    act: str
    """The act as a noun: `merge of c3`."""
    steps: tuple[str, ...]
    """What was done to undo it, or would be, each as a sentence."""
    seen: str
    """The act's version, for the request that undoes just this one."""
    done: bool
    asks: bool = False
    """It changes the repository: ask before it is done."""
