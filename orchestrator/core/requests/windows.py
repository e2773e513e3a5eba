"""Windows of another journal. `window` is a window's id (`@3`), or its pane's (`%3`)."""

from dataclasses import dataclass

from orchestrator.core.board.views import CardView
from orchestrator.core.board.windows import WindowView
from orchestrator.core.requests.request import Act, Read


@dataclass(frozen=True, slots=True)
class ListWindows(Read[tuple[WindowView, ...]]):
    """Windows with sessions of another journal."""

    verb = "windows"


@dataclass(frozen=True, slots=True)
class AdoptWindow(Act[CardView]):
    """A card in the backlog that takes over its worktree, branch and conversation. With `restart` its process
    is ended, and the card starts with the conversation."""

    verb = "windows.adopt"
    window: str
    name: str = ""
    restart: bool = False


@dataclass(frozen=True, slots=True)
class EndWindow(Act[WindowView]):
    """Ends its process and closes it; the worktree is kept. Answered by its last state."""

    verb = "windows.end"
    window: str
