"""Changes on the board, found by comparing each update with the previous one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from orchestrator.cli.mail.gather_lines import MailWatcher
from orchestrator.cli.runs.run_lines import RunLine, RunWatcher
from orchestrator.cli.runs.run_lines import in_words as run_in_words
from orchestrator.cli.text import plain
from orchestrator.client import (
    Board,
    CardChanged,
    CardGone,
    MailChanged,
    NeedsChanged,
    RunChanged,
    RunGone,
    Update,
)
from orchestrator.core.board.views import CardView, Need
from orchestrator.core.mail.views import MailView
from orchestrator.core.workflow.views import RunView

ChangeKind = Literal[
    "card", "removed", "need", "settled", "run", "stage", "run_removed", "gather", "mail_store", "hub_away",
    "hub_back",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One line of `orch watch`.

    `what` is `card` (new, or its state or column changed), `removed` (the card), `need` (something needs a
    person), `settled` (it no longer does), `run` (new, or its state changed), `stage` (of a run: its state or
    what blocks it changed), `run_removed`, `gather` (opened, progressed, or complete), `mail_store` (its
    problem changed), `hub_away` or `hub_back`. Mail to the human, and two sessions whose mail is paused, are
    needs.
    """

    at: float
    what: ChangeKind
    card: str = ""
    slug: str = ""
    was: str = ""
    """The previous state; empty for something new."""
    state: str = ""
    column: str = ""
    need: str = ""
    """The need's id."""
    kind: str = ""
    """The need's kind."""
    said: str = ""
    """The card's reason, the need's summary, or the detail of the run or its stage."""
    run: str = ""
    """The run's id, also of a card or a need that belongs to a run."""
    stage: str = ""
    gather: str = ""
    """The gather's id; `state` is then `opened`, `open` or `complete`, and `slug` its owner's mailbox."""


class Watcher:
    """The last known board. A complete board, as after the hub was away, yields the changes missed
    meanwhile."""

    def __init__(self) -> None:
        self._cards: dict[str, CardView] | None = None
        self._needs: dict[str, Need] = {}
        self._runs: RunWatcher | None = None
        self._mail = MailWatcher()

    def changes(self, update: Update, at: float) -> list[Change]:
        """From the first board, only needs are reported."""
        return list(self._changes(update, at))

    def _changes(self, update: Update, at: float) -> Iterator[Change]:
        match update:
            case Board():
                yield from self._board(update, at)
            case CardChanged():
                yield from self._card(update.card, at)
            case CardGone():
                yield from self._gone(update.id, at)
            case NeedsChanged():
                yield from self._now_waiting(update.needs, at)
            case RunChanged():
                yield from self._run(update.run, at)
            case RunGone():
                yield from self._run_gone(update.id, at)
            case MailChanged():
                yield from self._of_mail(update.mail, at)

    def _board(self, board: Board, at: float) -> Iterator[Change]:
        if self._cards is None:
            self._cards = {card.id: card for card in board.cards}
        for gone in self._cards.keys() - {card.id for card in board.cards}:
            yield from self._gone(gone, at)
        for card in board.cards:
            yield from self._card(card, at)
        yield from self._all_runs(board, at)
        if board.mail is not None:
            yield from self._of_mail(board.mail, at)
        yield from self._now_waiting(board.needs, at)

    def _card(self, card: CardView, at: float) -> Iterator[Change]:
        cards = self._cards if self._cards is not None else {}
        before = cards.get(card.id)
        cards[card.id] = card
        if before is None or (before.state, before.column) != (card.state, card.column):
            was = before.state if before else ""
            yield Change(
                at, "card", card.id, card.slug, was, state=card.state, column=card.column, said=card.reason,
                run=card.run, stage=card.stage,
            )  # fmt: skip

    def _gone(self, name: str, at: float) -> Iterator[Change]:
        if self._cards and (card := self._cards.pop(name, None)):
            yield Change(at, "removed", card.id, card.slug, card.state)

    def _all_runs(self, board: Board, at: float) -> Iterator[Change]:
        if self._runs is None:
            self._runs = RunWatcher()
            for run in board.runs:
                self._runs.take(run)
        for gone in sorted(self._runs.known() - {run.id for run in board.runs}):
            yield from self._run_gone(gone, at)
        for run in reversed(board.runs):
            yield from self._run(run, at)

    def _run(self, run: RunView, at: float) -> Iterator[Change]:
        if self._runs is None:
            self._runs = RunWatcher()
        yield from map(_of_run, self._runs.changes(run, at))

    def _run_gone(self, name: str, at: float) -> Iterator[Change]:
        if self._runs and (run := self._runs.forget(name)):
            yield Change(at, "run_removed", was=run.state, run=run.id)

    def _of_mail(self, mail: MailView, at: float) -> Iterator[Change]:
        trouble = self._mail.store(mail)
        if trouble is not None:
            yield Change(at, "mail_store", said=trouble)
        for line in self._mail.gathers(mail):
            yield Change(at, "gather", slug=line.owner, state=line.state, said=line.words, gather=line.gather)

    def _now_waiting(self, needs: tuple[Need, ...], at: float) -> Iterator[Change]:
        now = {need.id: need for need in needs}
        before, self._needs = self._needs, now
        for name, need in before.items():
            if name not in now:
                yield _of(need, "settled", at)
        for name, need in now.items():
            if name not in before or before[name].since != need.since:
                yield _of(need, "need", at)


def _of(need: Need, what: ChangeKind, at: float) -> Change:
    return Change(
        at, what, need.card, need.slug, need=need.id, kind=need.kind, said=need.summary, run=need.run,
        stage=need.stage,
    )  # fmt: skip


def _of_run(line: RunLine) -> Change:
    what: ChangeKind = "stage" if line.stage else "run"
    return Change(
        line.at, what, line.card, was=line.was, state=line.state, said=line.words, run=line.run,
        stage=line.stage,
    )  # fmt: skip


def in_words(change: Change) -> str:
    """The change as a line, without its time."""
    said = plain(change.said)
    match change.what:
        case "hub_away":
            return "the hub is unreachable; sessions keep running"
        case "hub_back":
            return "the hub is back"
        case "need":
            return f"{change.need} needs you: {change.kind.replace('_', ' ')}{f', {said}' if said else ''}"
        case "settled":
            return f"{change.need} no longer needs you"
        case "run" | "stage":
            words = change.said
            return run_in_words(
                RunLine(change.at, change.what, change.run, change.state, words, change.stage, change.was)
            )
        case "gather":
            return f"{change.gather} of {plain(change.slug)}: {change.state}, {said}"
        case "mail_store":
            return f"mail store: {said}" if said else "the mail store has recovered"
        case "run_removed":
            return f"{change.run}: removed by retention"
        case "removed":
            return f"{change.card} {plain(change.slug)}: removed"
        case _:
            was = f"{change.was.replace('_', ' ')} → " if change.was else ""
            state = f"{was}{change.state.replace('_', ' ')}"
            where = change.column.replace("_", " ")
            return f"{change.card} {plain(change.slug)}: {state} [{where}]{f' ({said})' if said else ''}"
