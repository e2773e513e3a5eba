"""The list of needs, as rows."""

from collections.abc import Callable, Sequence
from functools import partial

from orchestrator.core.board.views import Need
from widgets.kit.format import age
from widgets.kit.rows import Row, RowList
from widgets.queue.text.row import need_lines


class NeedList(RowList):
    def fill(
        self, needs: Sequence[Need], selected: str, now: float, *, tall: bool, doing: Callable[[str], str]
    ) -> None:
        """`doing` maps a need's id to its pending answer."""
        rows = []
        for need in needs:
            here, words = need.id == selected, doing(need.id)
            draw = partial(need_lines, need, now, tall=tall, selected=here, doing=words)
            rows.append(Row(need.id, (need, here, tall, words, age(now - need.since)), draw))
        self.show(rows, selected)
