"""What the board and its panes have in common: screens whose keys are actions of the registry."""

from collections.abc import Sequence
from keyword import iskeyword
from typing import Any, ClassVar, Protocol, runtime_checkable

from textual import events, on
from textual.screen import Screen

from orchestrator.actions import PLAIN, Action
from orchestrator.core.board.views import CardView
from widgets.hub_app import HubApp
from widgets.kit.format import LOOKS
from widgets.screens.keybar import KeyBar

_SHOWING = frozenset({
    "new", "send", "next", "preview", "show", "queue", "runs", "run", "mail", "mail.send", "team", "filter",
    "filter.saved", "filter.clear", "help", "palette", "issues", "pane.next", "pane.up", "pane.down",
})  # fmt: skip
"""Actions that only open or show something, without side effects."""


@runtime_checkable
class Submits(Protocol):
    """Executes plain actions."""

    def submit(self, action: str) -> None: ...


def call_action(acts: object, action: str) -> None:
    """Calls the method that is named after the action: with `_` for a dot, and a trailing `_` after a Python
    keyword. A plain action has none: `submit` executes it."""
    if action in PLAIN and isinstance(acts, Submits):
        acts.submit(action)
        return
    name = action.replace(".", "_")
    method: Any = getattr(acts, f"{name}_" if iskeyword(name) else name)
    method()


class CommandScreen(Screen[None]):
    """Offers actions, each executed or refused with the reason, whether by key, by mouse or from the
    palette."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(LOOKS)
    OFFERED: ClassVar[Sequence[Action]] = ()
    """The offered actions, in the order in which they claim their keys."""
    app: HubApp

    @property
    def above(self) -> "CommandScreen | None":
        """The topmost screen that covers this one completely; dialogs do not."""
        stack = self.app.screen_stack
        top = next((each for each in reversed(stack) if isinstance(each, CommandScreen)), None)
        return None if top is self else top

    @property
    def is_current(self) -> bool:
        """Not while it is covered: Textual would repaint the cover for any change below."""
        return super().is_current and self.above is None

    @property
    def card(self) -> CardView | None:
        """The card that the actions act on."""
        raise NotImplementedError

    def saw(self, card_id: str) -> None:
        """The user returns from that card's session: it is selected, if it is listed."""

    def draw(self) -> None:
        """Draws the present state. Widgets that would look the same draw nothing."""
        raise NotImplementedError

    def refusal(self, action: str) -> str:
        """Why the action cannot be done now; empty if it can be tried."""
        raise NotImplementedError

    def perform(self, action: str) -> None:
        """Executes the action with that id, or says why not."""
        raise NotImplementedError

    def clicked(self, action: str) -> None:
        """It was chosen with the mouse."""
        self.perform(action)

    def no_text(self) -> str:
        """Why it accepts no text, or what does."""
        raise NotImplementedError

    @on(KeyBar.Chosen)
    def _chosen(self, choice: KeyBar.Chosen) -> None:
        self.clicked(choice.action)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.app.tell(self.no_text(), title="Pasted text was ignored")

    def moves_cursor(self, key: str) -> bool:
        """The key only moves the cursor."""
        return (self.app.keyboard.action(key, self.OFFERED) or "").startswith("cursor.")

    def opens(self, key: str) -> bool:
        """The key only opens or shows something."""
        return self.app.keyboard.action(key, self.OFFERED) in _SHOWING
