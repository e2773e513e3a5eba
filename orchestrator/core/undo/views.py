"""What undoing answers."""

from dataclasses import dataclass

_NAMED = 3
"""Skipped acts that are named."""


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
    """It changes the repository, or is not the last act: ask before it is done."""
    skipped: tuple[str, ...] = ()
    """Later acts that cannot be undone, as nouns, the last one first."""

    @property
    def note(self) -> str:
        """Which later acts stay; empty if there are none."""
        if not self.skipped:
            return ""
        more = len(self.skipped) - _NAMED
        rest = f" and {more} more" if more > 0 else ""
        return f"Not undone, though later: {', '.join(self.skipped[:_NAMED])}{rest}."
