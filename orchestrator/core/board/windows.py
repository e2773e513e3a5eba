"""Windows on orch's tmux server with sessions of another journal: one that was moved away, or restored from a
copy."""

from dataclasses import dataclass

from orchestrator.core.literals import WindowState


@dataclass(frozen=True, slots=True)
class WindowView:
    """Such a window, and an element of `orch windows --json`. What its mark, its launch file and its process
    do not tell is empty."""

    window: str
    pane: str
    pid: int
    journal: str
    """The id of its journal; empty for one from before journals had ids."""
    card: str
    """The card's id in that journal, if it differs from the card with that id here."""
    run: int
    slug: str
    state: WindowState
    """`running` or `exited`."""
    program: str
    doing: str
    """Its state in the agent's registry: `busy`, `idle`, …"""
    folder: str
    """The worktree's top folder, or its working directory if that is not in one."""
    branch: str
    conversation: str
    since: float
    """When its process started, or, if it has ended, when it last printed something."""
    adopted: str = ""
    """The card here that has taken over its worktree."""


def counted(number: int) -> str:
    """The number of windows and the command that lists them; empty for none."""
    noun = "window" if number == 1 else "windows"
    return f"{number} {noun} of another journal: orch windows" if number else ""
