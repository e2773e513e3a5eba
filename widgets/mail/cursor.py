"""Which mailbox and which list item are selected, and where the selection moves. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestrator.core.mail.message import HUMAN


@dataclass(frozen=True, slots=True)
class MailCursor:
    """`box` is a mailbox's name, empty for all of them; `item` an id, empty if the list is. The rows are
    their last known positions. While the cursor is not `inside` the list, the item of most interest is
    selected."""

    box: str = HUMAN
    item: str = ""
    box_row: int = 0
    row: int = 0
    inside: bool = False


def settle(place: MailCursor, boxes: Sequence[str], items: Sequence[str], interest: int = 0) -> MailCursor:
    """The selection after mailboxes or items have changed: on the same mailbox and item, else on what has
    taken their rows. `interest` is the row of the item to show first."""
    place = on_box(place, place.box, boxes) or at_box(place, place.box_row, boxes)
    if not place.inside or not place.item:
        return at(place, interest, items)
    return on(place, place.item, items) or at(place, place.row, items)


def at_box(place: MailCursor, row: int, boxes: Sequence[str]) -> MailCursor:
    """On the box nearest to that row."""
    if not boxes:
        return MailCursor()
    row = max(0, min(row, len(boxes) - 1))
    return replace(place, box=boxes[row], box_row=row)


def on_box(place: MailCursor, box: str, boxes: Sequence[str]) -> MailCursor | None:
    """On that mailbox; `None` if it is gone."""
    return replace(place, box=box, box_row=boxes.index(box)) if box in boxes else None


def at(place: MailCursor, row: int, items: Sequence[str]) -> MailCursor:
    """On the item nearest to that row."""
    if not items:
        return replace(place, item="", row=0)
    row = max(0, min(row, len(items) - 1))
    return replace(place, item=items[row], row=row)


def on(place: MailCursor, item: str, items: Sequence[str]) -> MailCursor | None:
    """On that item; `None` if it is gone."""
    return replace(place, item=item, row=items.index(item)) if item in items else None


def step(place: MailCursor, boxes: Sequence[str], items: Sequence[str], way: str) -> MailCursor:
    """One step `up` or `down`, or to the `first` or `last`, in the list with the cursor; `right` goes into
    the list of items, `left` to the mailboxes."""
    if way in ("left", "right"):
        return replace(place, inside=way == "right")
    here, length = (place.row, len(items)) if place.inside else (place.box_row, len(boxes))
    row = {"up": here - 1, "down": here + 1, "first": 0, "last": length}[way]
    return at(place, row, items) if place.inside else at_box(place, row, boxes)
