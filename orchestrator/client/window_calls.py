"""The calls about windows of another journal."""

from orchestrator.client import updates
from orchestrator.client.road import Road
from orchestrator.core.views import CardView
from orchestrator.core.windows import WindowView


class WindowCalls(Road):
    """`window` is a window's id (`@3`), or its pane's (`%3`)."""

    def windows(self) -> tuple[WindowView, ...]:
        """Those that hold sessions of another journal."""
        return tuple(WindowView(**each) for each in self.ask("GET", "/windows"))

    def adopt_window(self, window: str, *, name: str = "", restart: bool = False) -> CardView:
        """A card in the backlog that takes over its worktree, branch and conversation. With `restart` its
        process is ended, and the card starts with the conversation."""
        body = {"window": window, "name": name, "restart": restart}
        return updates.card(self.ask("POST", "/windows/adopt", body))

    def end_window(self, window: str) -> WindowView:
        """Ends its process and closes it; the worktree stays. Returns it as it was."""
        return WindowView(**self.ask("POST", "/windows/end", {"window": window}))
