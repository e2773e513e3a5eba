"""What the board and the queue have in common: screens whose keys are actions of the registry."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.screen import Screen

from orchestrator.actions import Action
from orchestrator.core.views import CardView
from widgets.format import LOOKS

if TYPE_CHECKING:
    from widgets.app import OrchApp


class CommandScreen(Screen[None]):
    """Offers actions, each done or refused in words, whether by key, by mouse or from the palette."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(LOOKS)
    OFFERED: ClassVar[Sequence[Action]] = ()
    """The actions that are offered, in the order in which they claim their keys."""
    app: "OrchApp"

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

    def draw(self) -> None:
        """Everything as it is now. Widgets that would look the same draw nothing."""
        raise NotImplementedError

    def refusal(self, action: str) -> str:
        """Why the action can't be done now; empty when it can be tried."""
        raise NotImplementedError

    def perform(self, action: str) -> None:
        """Does the action of that id, or says why not."""
        raise NotImplementedError

    def harmless(self, key: str) -> bool:
        """The key only moves the cursor."""
        return (self.app.keyboard.action(key, self.OFFERED) or "").startswith("cursor.")
