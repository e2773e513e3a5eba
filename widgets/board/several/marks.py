"""Which cards are marked, in the order in which they were marked, and the line that says so."""

from collections.abc import Sequence
from typing import Literal

from widgets.board.columns.cursor import BoardCursor
from widgets.board.columns.lineup import NAMES, Lineup
from widgets.kit.format import Line, row
from widgets.kit.keys import Keyboard
from widgets.kit.lines import Lines

Marks = tuple[str, ...]
"""Ids of cards."""
_ACTS = (
    ("send", "Send"),
    ("stop", "Stop"),
    ("label", "Label"),
    ("move.left", "Left"),
    ("move.right", "Right"),
    ("mark.clear", "Clear"),
)
"""The actions that the line names, with short words."""


def toggled(marks: Marks, card: str) -> Marks:
    """With the card, or without it if it was marked."""
    others = tuple(each for each in marks if each != card)
    return (*others, card) if card not in marks else others


def all_or_none(marks: Marks, cards: Sequence[str]) -> Marks:
    """With all of these cards; without them if all were marked."""
    new = tuple(card for card in cards if card not in marks)
    return (*marks, *new) if new else tuple(each for each in marks if each not in cards)


def up_to(marks: Marks, cursor: BoardCursor, lineup: Lineup) -> Marks | str:
    """With the cards of the column from the last mark to the cursor; or why that cannot be done."""
    if not marks:
        return (cursor.card,)
    column = [card.id for card in lineup.cards.get(cursor.column, ())]
    last = marks[-1]
    if last not in column:
        where = NAMES.get(lineup.column_of(last) or "", "")
        said = f"The last mark, {last}, is {f'in {where}' if where else 'hidden by the filter'}."
        return f"{said} Mark a card of this column first."
    start, end = column.index(last), column.index(cursor.card)
    between = column[start : end + 1] if start <= end else column[end : start + 1][::-1]
    return (*marks, *(card for card in between if card not in marks))


Which = Literal["one", "range", "column", "shown"]
"""What is marked at once: the card under the cursor, those from the last mark to it, its column, or all that
are shown."""


def marked(which: Which, cursor: BoardCursor, lineup: Lineup) -> Marks | str:
    """The marks with these cards; without them if all were marked, but for a range. Or why not."""
    match which:
        case "one":
            return toggled(lineup.marked, cursor.card)
        case "range":
            return up_to(lineup.marked, cursor, lineup)
        case "column":
            return all_or_none(lineup.marked, [card.id for card in lineup.cards.get(cursor.column, ())])
        case "shown":
            return all_or_none(lineup.marked, [card.id for of in lineup.cards.values() for card in of])


class MarksBar(Lines):
    """The marked cards and what can be done with them, in a line; hidden without marks."""

    def show(self, lineup: Lineup, keyboard: Keyboard) -> None:
        self.display = bool(lineup.marked)
        if lineup.marked:
            keys = [(keyboard.shown(action), label) for action, label in _ACTS]
            self.put(marks_line(lineup, keys, self.app.size.width))


def marks_line(lineup: Lineup, keys: Sequence[tuple[str, str]], width: int) -> Line:
    """The marked cards, and the acts on them with their keys."""
    marks = lineup.marked
    hidden = sum(1 for card in marks if lineup.column_of(card) is None)
    left = [(f" ▣ {len(marks)} marked", "cursor"), (f" ({hidden} hidden)" if hidden else "", "trouble")]
    left += [(f"  {', '.join(marks)}", "muted")]
    right = [span for key, label in keys for span in ((f"{key} ", "cursor"), (f"{label}  ", "text")) if key]
    return row(left, right, width)
