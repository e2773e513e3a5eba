"""The cursor: its column and card, and its moves. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from widgets.board.columns.lineup import COLUMNS, Lineup


@dataclass(frozen=True, slots=True)
class BoardCursor:
    """`card` is empty in an empty column. `row` is remembered across columns and changes."""

    column: str = COLUMNS[0]
    card: str = ""
    row: int = 0


def at(column: str, row: int, lineup: Lineup) -> BoardCursor:
    """The card nearest to `row` in `column`."""
    cards = lineup.cards.get(column, ())
    if not cards:
        return BoardCursor(column, "", row)
    row = max(0, min(row, len(cards) - 1))
    return BoardCursor(column, cards[row].id, row)


def on(card_id: str, lineup: Lineup) -> BoardCursor | None:
    """On that card, or `None` if it is not shown."""
    column = lineup.column_of(card_id)
    if column is None:
        return None
    row = next(row for row, card in enumerate(lineup.cards[column]) if card.id == card_id)
    return BoardCursor(column, card_id, row)


def first(lineup: Lineup) -> BoardCursor:
    """The initial position: on the most urgent card, else on the first one."""
    if waiting := lineup.waiting():
        return on(waiting[0].id, lineup) or BoardCursor()
    filled = next((column for column in COLUMNS if lineup.cards.get(column)), COLUMNS[0])
    return at(filled, 0, lineup)


def settle(cursor: BoardCursor, lineup: Lineup, follow: str = "") -> BoardCursor:
    """The cursor after the cards have moved: on its card wherever that is now in its column, and across
    columns only for the card `follow`, which the user has moved; else in its place."""
    found = on(cursor.card, lineup) if cursor.card else None
    if found and (found.column == cursor.column or found.card == follow):
        return found
    return at(cursor.column, cursor.row, lineup)


def step(cursor: BoardCursor, lineup: Lineup, way: str) -> BoardCursor:
    """One step `left`, `right`, `up` or `down`, or to the column's `first` or `last` card."""
    match way:
        case "left" | "right":
            number = COLUMNS.index(cursor.column) + (1 if way == "right" else -1)
            return at(COLUMNS[max(0, min(number, len(COLUMNS) - 1))], cursor.row, lineup)
        case "first":
            return at(cursor.column, 0, lineup)
        case "last":
            return at(cursor.column, len(lineup.cards.get(cursor.column, ())), lineup)
        case _:
            row = cursor.row + (1 if way == "down" else -1)
            return at(cursor.column, row, lineup)


def next_waiting(cursor: BoardCursor, lineup: Lineup, ranked: Iterable[str] = ()) -> BoardCursor | None:
    """The card after the cursor's among those that need a person, in order of urgency, wrapping around.
    `ranked` are the cards of the queue in its order; they precede those that are not in it."""
    waiting = [card for card in dict.fromkeys(ranked) if lineup.column_of(card)]
    waiting += [card.id for card in lineup.waiting() if card.id not in waiting]
    if not waiting:
        return None
    place = waiting.index(cursor.card) + 1 if cursor.card in waiting else 0
    return on(waiting[place % len(waiting)], lineup)
