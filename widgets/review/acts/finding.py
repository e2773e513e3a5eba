"""Searching in the diff, and among the files."""

from widgets.review.acts.moving import Moves
from widgets.review.acts.view import ReviewView
from widgets.review.layout.place import Place

_DIFF = "text in the diff · enter keep · esc clear"
_FILES = "words in a path · enter keep · esc clear"


class Finds(Moves):
    """The line at the bottom searches in the diff, or among the files where the cursor is there."""

    def __init__(self, screen: ReviewView) -> None:
        super().__init__(screen)
        self._began: Place | None = None
        """Where the cursor was when the search began."""
        self._among_files = False

    def review_search(self) -> None:
        screen = self._screen
        among = screen.in_files
        bar = screen.bar
        if among != self._among_files and bar.input.value:
            with bar.input.prevent(bar.input.Changed):
                bar.input.value = self._document.words if among else self._search.words
        self._among_files = among
        self._began = self._document.place(self._view.cursor)
        bar.input.placeholder = _FILES if among else _DIFF
        bar.open()

    def typed(self, words: str) -> None:
        """Other words stand in the line."""
        if self._reading.document is None:
            return
        if self._among_files:
            self._filter(words.strip())
        else:
            self._find(words)

    def _find(self, words: str) -> None:
        """Marks the words, and goes to where they are next from where the search began."""
        screen, document, view = self._screen, self._document, self._view
        before = self._search.lines
        self._reading.search_for(words if words.strip() else "", document)
        view.words = self._search.words
        view.repaint(painted=bool(before or self._search.lines))
        if words and document.files and self._began is not None:
            spot = document.find(self._began)
            view.go(spot)
            if spot.row not in self._search.rows(document, spot.file):
                self._match(1, quiet=True)
        self._reading.fetch()
        screen.draw()

    def _filter(self, words: str) -> None:
        """Shows only the files whose paths contain the words."""
        screen, document = self._screen, self._document
        if words == document.words:
            return

        def change() -> None:
            document.words = words
            document.arrange()

        self._view.keep(change)
        screen.files.show(document)
        self._reading.fetch()
        screen.draw()

    def step_back(self) -> bool:
        """Ends the selection, or else the search, or else leaves the files. Whether there was any of them."""
        screen = self._screen
        document = self._reading.document
        if self._view.began is not None:
            self._view.began = None
            self._view.repaint()
        elif self._search.words or (document is not None and document.words):
            self._among_files = bool(document and document.words)
            screen.bar.clear()
            self._filter("")
            self._find("")
        elif screen.in_files and screen.files.alone:
            self.to_files(False)
        else:
            return False
        screen.draw()
        return True
