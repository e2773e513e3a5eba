"""The selected mail in full: a message, a thread, a gather, or the diagram of the flow."""

from collections.abc import Sequence

from orchestrator.core.mail.views import FlowView, ThreadView
from widgets.board.refusals import KeyOf
from widgets.kit.sheet import Sheet
from widgets.kit.sheet_text import notice
from widgets.mail.selected import SelectedMail
from widgets.mail.text.flow import flow_lines
from widgets.mail.text.item import body_lines, head_lines
from widgets.mail.text.message import last_message
from widgets.mail.view import FLOW_MINUTES, Item


class MessageSheet(Sheet):
    """Draws the selection."""

    def show(self, look: SelectedMail, items: Sequence[Item] | None, now: float, key: KeyOf) -> None:
        """`items` is its list, `None` until the hub has sent it."""
        if items is None or (look.item is None and look.view.kind != "flow"):
            said = look.error or ("No messages." if items is not None else "loading…")
            self.clear(((said, "bad" if look.error else "muted"),))
        elif look.view.kind == "flow":
            flows = tuple(each for each in items if isinstance(each, FlowView))
            self.write(
                ((("Who wrote to whom", "title"),), ()),
                (flows, now // 60, look.error),
                lambda width: (
                    tuple(flow_lines(flows, now, width, FLOW_MINUTES)),
                    notice(look.doing, look.error, width),
                ),
                look.view,
            )
        else:
            self.write(
                head_lines(look, self.room),
                look,
                lambda width: (body_lines(look, width, key), notice(look.doing, look.error, width)),
                (look.view, look.id, bool(look.thread)),
                last_message if isinstance(look.item, ThreadView) else lambda _lines: 0,
            )
