"""The selected need in full: its card, the request, and what is being done about it."""

from widgets.board.refusals import KeyOf
from widgets.kit.sheet import Sheet
from widgets.queue.selected import SelectedNeed
from widgets.queue.text.request import head_lines, notice_lines, request_lines, row_of_question

_NOBODY = (("The queue is empty.", "title"),)


class RequestSheet(Sheet):
    """Draws the selection."""

    def show(self, selected: SelectedNeed | None, now: float, key: KeyOf) -> None:
        if selected is None:
            self.clear(_NOBODY)
            return
        self.write(
            head_lines(selected, now, self.room),
            selected,
            lambda width: (request_lines(selected, width, key), notice_lines(selected, width, key)),
            (selected.need.id, selected.choices.at),
            row_of_question,
        )
