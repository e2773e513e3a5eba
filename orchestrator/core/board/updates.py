"""Updates on the event stream: a board, then every change as it happens."""

from dataclasses import dataclass

from orchestrator.core.board.views import CardView, HubView, Need, Notice
from orchestrator.core.mail.views import MailView
from orchestrator.core.workflow.views import RunView


@dataclass(frozen=True, slots=True)
class Board:
    """The present state: the first update of each stream."""

    hub: HubView
    cards: tuple[CardView, ...]
    """In the board's order: by column, then within the column."""
    needs: tuple[Need, ...] = ()
    """What needs a person, most urgent first."""
    runs: tuple[RunView, ...] = ()
    """All runs, newest first."""
    mail: MailView | None = None
    """Overview of the mail."""


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
    """Everything that needs a person now."""

    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class RunChanged:
    """A run that is new, or has changed."""

    run: RunView


@dataclass(frozen=True, slots=True)
class RunGone:
    """An old run that is no longer kept."""

    id: str


@dataclass(frozen=True, slots=True)
class MailChanged:
    """The present overview of the mail."""

    mail: MailView


Update = (
    Board | CardChanged | CardGone | HubChanged | NeedsChanged | RunChanged | RunGone | MailChanged | Notice
)
