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
    "help", "palette", "pane.next", "pane.up", "pane.down",
})  # fmt: skip
"""Actions that only open or show something; what is opened is left without a trace."""


@runtime_checkable
class Submits(Protocol):
    """What does plain actions."""

    def submit(self, action: str) -> None: ...


def deed(acts: object, action: str) -> None:
    """Calls the method that is named after the action: a dot is written as `_`, and a word that is Python's
    own has one behind it. A plain action has none: `submit` does it."""
    if action in PLAIN and isinstance(acts, Submits):
        acts.submit(action)
        return
    name = action.replace(".", "_")
    method: Any = getattr(acts, f"{name}_" if iskeyword(name) else name)
    method()


class CommandScreen(Screen[None]):
    """Offers actions, each done or refused in words, whether by key, by mouse or from the palette."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(LOOKS)
    OFFERED: ClassVar[Sequence[Action]] = ()
    """The actions that are offered, in the order in which they claim their keys."""
    app: HubApp

    @property
    def above(self) -> "CommandScreen | None":
        """The topmost screen that covers this one whole; dialogs don't."""
        stack = self.app.screen_stack
        top = next((each for each in reversed(stack) if isinstance(each, CommandScreen)), None)
        return None if top is self else top

    @property
    def is_current(self) -> bool:
        """Not while it is covered: Textual would paint the cover anew for whatever is dirty below."""
        return super().is_current and self.above is None

    @property
    def card(self) -> CardView | None:
        """The card that the actions act on."""
        raise NotImplementedError

    def saw(self, card_id: str) -> None:
        """The user comes back from that card's session: it is selected, where it is listed."""

    def draw(self) -> None:
        """Everything as it is now. Widgets that would look the same draw nothing."""
        raise NotImplementedError

    def refusal(self, action: str) -> str:
        """Why the action can't be done now; empty when it can be tried."""
        raise NotImplementedError

    def perform(self, action: str) -> None:
        """Does the action of that id, or says why not."""
        raise NotImplementedError

    def clicked(self, action: str) -> None:
        """It was chosen with the mouse."""
        self.perform(action)

    def no_text(self) -> str:
        """Why it takes no text, or what does."""
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
