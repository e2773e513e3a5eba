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

    def show(self, selected: SelectedMail, items: Sequence[Item] | None, now: float, key: KeyOf) -> None:
        """`items` is its list, `None` until the hub has sent it."""
        if items is None or (selected.item is None and selected.view.kind != "flow"):
            said = selected.error or ("No messages." if items is not None else "loading…")
            self.clear(((said, "bad" if selected.error else "muted"),))
        elif selected.view.kind == "flow":
            flows = tuple(each for each in items if isinstance(each, FlowView))
            self.write(
                ((("Who wrote to whom", "title"),), ()),
                (flows, now // 60, selected.error),
                lambda width: (
                    tuple(flow_lines(flows, now, width, FLOW_MINUTES)),
                    notice(selected.doing, selected.error, width),
                ),
                selected.view,
            )
        else:
            self.write(
                head_lines(selected, self.room),
                selected,
                lambda width: (
                    body_lines(selected, width, key),
                    notice(selected.doing, selected.error, width),
                ),
                (selected.view, selected.id, bool(selected.thread)),
                last_message if isinstance(selected.item, ThreadView) else lambda _lines: 0,
            )
