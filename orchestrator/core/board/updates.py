"""What the event stream brings: a board, then every change as it happens."""

from dataclasses import dataclass

from orchestrator.core.board.views import CardView, HubView, Need, Notice
from orchestrator.core.mail.views import MailView
from orchestrator.core.workflow.views import RunView


@dataclass(frozen=True, slots=True)
class Board:
    """Everything, as it is now: the first update of each stream."""

    hub: HubView
    cards: tuple[CardView, ...]
    """In the order of the board: by column, then as the column stands."""
    needs: tuple[Need, ...] = ()
    """What waits for a human, the most urgent first."""
    runs: tuple[RunView, ...] = ()
    """Every run, the newest first."""
    mail: MailView | None = None
    """The mail at a glance."""


@dataclass(frozen=True, slots=True)
class CardChanged:
    card: CardView


@dataclass(frozen=True, slots=True)
class CardGone:
    id: str


@dataclass(frozen=True, slots=True)
class HubChanged:
    hub: HubView


@dataclass(frozen=True, slots=True)
class NeedsChanged:
    """All that waits for a human now."""

    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class RunChanged:
    """A run that is new, or has changed."""

    run: RunView


@dataclass(frozen=True, slots=True)
class RunGone:
    """A run that ended long ago and isn't kept any more."""

    id: str


@dataclass(frozen=True, slots=True)
class MailChanged:
    """The mail at a glance, as it is now."""

    mail: MailView


Update = (
    Board | CardChanged | CardGone | HubChanged | NeedsChanged | RunChanged | RunGone | MailChanged | Notice
)
