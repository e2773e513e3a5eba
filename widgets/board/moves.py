"""What moving a card from its column to another one means. Pure."""

from dataclasses import dataclass
from typing import Literal

from orchestrator.core.board.views import CardView
from widgets.board.columns.lineup import COLUMNS, NAMES
from widgets.board.refusals import KeyOf, live, registry_key, resumable

MoveKind = Literal["start", "resume", "send", "hold", "release", "shelve", "finish", "reopen", "refuse"]

_LEFT_OF = {"in_progress": "backlog", "blocked": "in_progress", "review": "in_progress", "done": "review"}
_AT_PROMPT = frozenset({"error", "rate_limited", "interrupted", "idle"})


@dataclass(frozen=True, slots=True)
class Move:
    """The action; with `refuse`, `why` says why nothing is done."""

    kind: MoveKind
    why: str = ""


def target(card: CardView, way: str) -> str | None:
    """The column to which a step `left` or `right` moves a card; `None` beyond the edge.

    From Review, left is In Progress: Blocked is skipped.
    """
    if way == "left":
        return _LEFT_OF.get(card.column)
    place = COLUMNS.index(card.column) + 1
    return COLUMNS[place] if place < len(COLUMNS) else None


def move(card: CardView, to: str | None, key: KeyOf = registry_key) -> Move:
    """What moving `card` to the column `to` does."""
    if to is None or to == card.column:
        return _no(f"{card.id} cannot move further: there is no column beyond {NAMES[card.column]}.")
    if card.column == "done":
        return _from_done(card, to, key)
    if card.held is not None and to in ("in_progress", "review"):
        return Move("release")
    match to:
        case "backlog":
            return Move("shelve")
        case "in_progress":
            return _to_work(card, key)
        case "blocked":
            return _to_blocked(card)
        case "review":
            return _no(f"{card.id} moves to Review automatically when its session ends a turn.")
        case _:
            return _to_done(card, key)


def _from_done(card: CardView, to: str, key: KeyOf) -> Move:
    if to == "review":
        return Move("reopen")
    return _no(f"{card.id} is done. Reopen it first, with {key('move.left')}.")


def _to_work(card: CardView, key: KeyOf) -> Move:
    if card.state == "queued":
        return _no(f"{card.id} is already waiting to start (position {card.queue_position}).")
    if resumable(card):
        return Move("resume")
    if card.column == "backlog":
        return _no(f"{card.id} already has a session.") if live(card) else Move("start")
    if card.column == "review" or card.state in _AT_PROMPT:
        return Move("send") if live(card) else Move("start")
    if card.column == "blocked" and not live(card):
        return Move("start")
    waits = card.reason or card.state.replace("_", " ")
    return _no(f"{card.id} continues once its request is settled ({waits}). Attach with {key('attach')}.")


def _to_blocked(card: CardView) -> Move:
    if card.column == "backlog":
        return _no(f"{card.id} has not been started, so there is nothing to hold.")
    return Move("hold")


def _to_done(card: CardView, key: KeyOf) -> Move:
    if card.column == "backlog" and card.worktree is None:
        return _no(f"{card.id} was never started. Remove it instead, from the palette: {key('palette')}.")
    return Move("finish")


def _no(why: str) -> Move:
    return Move("refuse", why)
