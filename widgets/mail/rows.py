"""The lists of mailboxes and of their items, as rows."""

from collections.abc import Sequence
from functools import partial

from orchestrator.core.mail.views import MailView
from widgets.kit.replies import Replies
from widgets.kit.rows import Row
from widgets.mail.cursor import MailCursor
from widgets.mail.text.row import box_lines, changes_with_time, item_lines
from widgets.mail.view import Item, MailList, box_names, box_of, item_id


def box_rows(mail: MailView, place: MailCursor) -> list[Row]:
    """One row for each mailbox, with the id `box:<name>`, in the order of `box_names`."""
    rows = []
    for name in box_names(mail):
        box, selected, here = box_of(mail, name), name == place.box, not place.inside
        draw = partial(box_lines, box, mail, selected=selected, here=here)
        looks = (box or mail.boxes, selected, selected and here)
        rows.append(Row(f"box:{name}", looks, draw))
    return rows


def item_rows(
    items: Sequence[Item], view: MailList, place: MailCursor, now: float, replies: Replies, *, tall: bool
) -> list[Row]:
    """One row for each item, in order. A row is redrawn only on a visible change."""
    rows = []
    box = view.of if view.of_box else ""
    for item in items:
        id_ = item_id(item)
        selected, here, doing = id_ == place.item, place.inside, replies.doing(id_, now)
        draw = partial(item_lines, item, box, now, tall=tall, selected=selected, here=here, doing=doing)
        looks = (item, box, changes_with_time(item, now), tall, selected, selected and here, doing)
        rows.append(Row(id_, looks, draw))
    return rows
