"""The cursor: in the files, in the diff, and to what is next."""

from widgets.review.acts.view import Acts
from widgets.review.layout import jumps
from widgets.review.layout.index import Spot


class Moves(Acts):
    """The cursor keys, and those for the next file, hunk, match or comment."""

    def cursor(self, way: str) -> None:
        """A cursor key: in the files, or in the diff."""
        screen = self._screen
        if way in ("left", "right"):
            self._aside(way)
        elif screen.in_files:
            far = {"up": -1, "down": 1, "first": -(10**6), "last": 10**6}[way]
            screen.files.move(far)
        elif way in ("up", "down"):
            self._view.move(-1 if way == "up" else 1)
        elif self._reading.document is not None and self._document.files:
            last = len(self._document.files) - 1
            end = Spot(last, self._document.index.layout(last).height - 1)
            self._view.go(Spot(0, 0) if way == "first" else self._document.index.stop(end, -1))

    def _aside(self, way: str) -> None:
        """From the files to the old side, to the new side, and back."""
        screen, view = self._screen, self._view
        if screen.in_files:
            here = screen.files.here
            if here is not None and here.file is None and (way == "left") != here.folded:
                screen.files.fold(way == "left")
            elif way == "right":
                self.to_files(False)
                view.side = "old" if view.split else "new"
            else:
                screen.files.fold(True)
        elif view.split and view.side != ("old" if way == "left" else "new"):
            view.side = "old" if way == "left" else "new"
        elif way == "left":
            self.to_files(True)
        view.repaint()
        screen.draw()

    def page(self, way: int) -> None:
        """Most of a page up or down."""
        (self._screen.files if self._screen.in_files else self._view).page(way)

    def to_files(self, there: bool) -> None:
        """The cursor keys move in the files from now on, or in the diff."""
        screen = self._screen
        if screen.in_files == there:
            return
        screen.in_files = there
        screen.files.active, self._view.active = there, not there
        if there and screen.file is not None:
            screen.files.follow(screen.file.path)
        screen.files.refresh()
        self._view.repaint()
        screen.draw()

    def review_files(self) -> None:
        self.to_files(not self._screen.in_files)

    def review_file_next(self) -> None:
        self._jump(jumps.to_file(self._document.index, self._view.cursor, 1), "This is the last file.")

    def review_file_previous(self) -> None:
        self._jump(jumps.to_file(self._document.index, self._view.cursor, -1), "This is the first file.")

    def review_hunk_next(self) -> None:
        self._hunk(1)

    def review_hunk_previous(self) -> None:
        self._hunk(-1)

    def _hunk(self, way: int) -> None:
        index = self._document.index
        if self._search.words:
            self._match(way)
            return
        said = "last" if way > 0 else "first"
        self._jump(
            jumps.to_row(index, self._view.cursor, way, jumps.hunks(index)), f"This is the {said} hunk."
        )

    def _match(self, way: int, *, quiet: bool = False) -> None:
        document, search = self._document, self._search
        found = lambda number: search.rows(document, number)  # noqa: E731 (a name for a part of two calls)
        last = len(document.files) - 1
        to = jumps.to_row(document.index, self._view.cursor, way, found) or jumps.to_row(
            document.index, Spot(0, -1) if way > 0 else Spot(last, 10**9), way, found
        )
        if to is not None and (place := search.hidden(document, to, way)) is not None:
            file = document.files[to.file]
            if document.folded(file):
                self._view.keep(lambda: document.fold(file, folded=False))
            self.to_files(False)
            self._reading.aim(place)
            self._reading.fetch()
        elif to is not None or not quiet:
            self._jump(to, "No match.", top=False)

    def review_remark_next(self) -> None:
        self._remark(1)

    def review_remark_previous(self) -> None:
        self._remark(-1)

    def _remark(self, way: int) -> None:
        index = self._document.index
        to = jumps.to_row(index, self._view.cursor, way, jumps.remarks(index))
        self._jump(to, "No more comments.", top=False)

    def _jump(self, to: Spot | None, none: str, *, top: bool = True) -> None:
        if to is None:
            self._screen.app.tell(none)
            return
        self.to_files(False)
        self._view.go(to, top=top)

    def review_left(self) -> None:
        self._view.sideways(-1)

    def review_right(self) -> None:
        self._view.sideways(1)
