"""What the hub has sent so far: the board's only source. Holds views and changes none."""

from collections.abc import Iterable

from orchestrator.client import (
    Board,
    CardChanged,
    CardGone,
    HubAway,
    HubChanged,
    MailChanged,
    NeedsChanged,
    OrchError,
    RunChanged,
    RunGone,
    Update,
)
from orchestrator.core.board.views import CardView, HubView, Need
from orchestrator.core.mail.views import MailView
from orchestrator.core.workflow.views import RunView, StageView
from widgets.feed import HubUnreachable


class Mirror:
    """The latest `CardView` of each card, the hub's own view, and whether the hub still responds."""

    def __init__(self) -> None:
        self.cards: dict[str, CardView] = {}
        self.needs: tuple[Need, ...] = ()
        """What needs a person, most urgent first."""
        self.runs: tuple[RunView, ...] = ()
        """All runs of workflows, newest first."""
        self.mail: MailView | None = None
        """The overview of the mail; `None` if the hub sends none."""
        self.hub: HubView | None = None
        """`None` until the first board has arrived."""
        self.away_since: float | None = None
        self.error: OrchError | None = None
        """Why the hub is away."""
        self.stopped = False
        """The hub was stopped on purpose."""

    @property
    def failure(self) -> OrchError | None:
        """What keeps the hub from coming back; `None` while it is there or no reason is known."""
        return None if isinstance(self.error, HubAway) else self.error

    def take(self, updates: Iterable[Update | HubUnreachable]) -> None:
        """Applies the updates of the feed, oldest first."""
        for update in updates:
            match update:
                case Board(hub, cards, needs, runs, mail):
                    self.hub, self.cards, self.needs = hub, {card.id: card for card in cards}, needs
                    self.runs, self.mail = _newest_first(runs), mail
                    self.away_since = self.error = None
                    self.stopped = False
                case CardChanged(card):
                    self.cards[card.id] = card
                case CardGone(gone):
                    self.cards.pop(gone, None)
                case HubUnreachable(since, error, stopped):
                    self.away_since, self.error, self.stopped = since, error, stopped
                case NeedsChanged(needs):
                    self.needs = needs
                case RunChanged(run):
                    self.runs = _newest_first((run, *(each for each in self.runs if each.id != run.id)))
                case RunGone(gone):
                    self.runs = tuple(run for run in self.runs if run.id != gone)
                case MailChanged(mail):
                    self.mail = mail
                case HubChanged(hub):
                    self.hub = hub

    def learn(self, run: RunView) -> None:
        """The hub has returned a run in an answer, perhaps before the stream reports it."""
        if self.run(run.id) is None:
            self.runs = _newest_first((run, *self.runs))

    def learn_card(self, card: CardView) -> None:
        """The same for a card that was just created."""
        self.cards.setdefault(card.id, card)

    def run(self, run_id: str) -> RunView | None:
        """`None` for an unknown id, such as the empty one."""
        return next((run for run in self.runs if run.id == run_id), None)

    def stage(self, run_id: str, name: str) -> StageView | None:
        """`None` if there is no such run, or no such stage in it."""
        run = self.run(run_id)
        return next((stage for stage in run.stages if stage.name == name), None) if run else None


def _newest_first(runs: Iterable[RunView]) -> tuple[RunView, ...]:
    return tuple(sorted(runs, key=lambda run: (run.started_at, len(run.id), run.id), reverse=True))
