"""Windows on orch's tmux server that hold sessions of another journal: one that was moved away, or put back
after a copy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WindowView:
    """Such a window, and an element of `orch windows --json`. What its mark, its launch file and its process
    don't tell is empty."""

    window: str
    pane: str
    pid: int
    journal: str
    """The id of its journal; empty for one from before journals had ids."""
    card: str
    """The card's id in that journal, where it is another card than the one of that id here."""
    run: int
    slug: str
    state: str
    """`running` or `ended`."""
    program: str
    doing: str
    """What the agent's registry says of it: `busy`, `idle`, …"""
    folder: str
    """The worktree's top folder, or the folder that it works in where that is none."""
    branch: str
    conversation: str
    since: float
    """When its process started, or, of one that has ended, when it last printed something."""
    adopted: str = ""
    """The card here that has taken over its worktree."""


def counted(number: int) -> str:
    """How many there are and what lists them; empty for none."""
    noun = "window" if number == 1 else "windows"
    return f"{number} {noun} of another journal: orch windows" if number else ""
