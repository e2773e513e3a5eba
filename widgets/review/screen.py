"""The review of a card's changes: the files, the diff, comments. What is read comes from the hub alone."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container

from orchestrator.actions import Action
from orchestrator.actions import pane as pane_of
from orchestrator.client import Client
from orchestrator.core.board.views import CardView
from orchestrator.core.diff.files import ChangedFile
from orchestrator.core.requests.review import SawDiff
from orchestrator.core.review.comments import Review
from widgets.board.filter import FilterBar
from widgets.board.refusals import live, resumable
from widgets.kit.format import Span
from widgets.kit.keys import IN_REVIEW
from widgets.kit.lines import Lines
from widgets.kit.sheet import Tall
from widgets.review.actions import ReviewActions
from widgets.review.bottom import LEAST_FIRST, entries
from widgets.review.here import Here, refusal
from widgets.review.layout.index import Spot, selected
from widgets.review.layout.place import Place
from widgets.review.layout.remark import Remark
from widgets.review.layout.rows import LineRow, RemarkRow
from widgets.review.layout.target import Target, target
from widgets.review.model.document import Document
from widgets.review.reading import Reading
from widgets.review.source import hub
from widgets.review.text.summary import notes_lines, nothing_lines, summary_line
from widgets.review.tree.tree_view import TreeView
from widgets.review.view.diff_view import DiffView
from widgets.screens.board_view import BoardView
from widgets.screens.command_screen import call_action
from widgets.screens.keybar import KeyBar
from widgets.screens.pane import Pane

_BOTH_FROM = 100
"""Cells of width from which files and diff stand beside each other."""


class ReviewScreen(Pane):
    """The `ReviewView`: shows the card's diff as it is, and goes on showing it as it changes."""

    NAME = "review"
    OFFERED: ClassVar[Sequence[Action]] = IN_REVIEW

    def __init__(self, board: BoardView, card: CardView, *, path: str = "") -> None:
        """`path` is the file on which it opens."""
        super().__init__(board, "The review has just opened.")
        self._card = card
        self.in_files = False
        self.view = DiffView(self._marks, self.app.clock, self._moved)
        self.files, self.bar = TreeView(self._marks), FilterBar()
        self.reading = Reading(self.app, card.id, self.view, self.files, self.draw)
        self.reading.goal = Place(path) if path else None
        self._acts = ReviewActions(self)
        self._summary, self._notes = Lines(id="summary"), Tall(id="notes")
        self._keys = KeyBar(LEAST_FIRST)
        self._fit()

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._summary
        yield self._notes
        with Container(id="middle"):
            yield self.files
            yield self.view
        yield self.bar
        yield self._keys

    def on_mount(self) -> None:
        self.read()
        self.draw()

    def on_unmount(self) -> None:
        self.reading.stop()

    @property
    def reviewed_card(self) -> str:
        """The id of the card whose changes these are; it may be gone."""
        return self._card.id

    @property
    def card(self) -> CardView | None:
        return self._board.mirror.cards.get(self._card.id)

    @property
    def document(self) -> Document | None:
        """What is shown; `None` until it has been read."""
        return self.reading.document

    def read(self) -> None:
        """Has the diff read again."""
        self.reading.read(self.card)

    # --- what the cursor is on -------------------------------------------------------------------

    @property
    def file(self) -> ChangedFile | None:
        """The file of the cursor."""
        document = self.document
        return document.files[self.view.cursor.file] if document and document.files else None

    @property
    def remark(self) -> Remark | None:
        """The comment or note of the cursor."""
        document = self.document
        if document is None or not document.files or self.in_files:
            return None
        row = document.index.row(self.view.cursor)
        return self.reading.remarks.get(row.id) if isinstance(row, RemarkRow) else None

    def target(self) -> Target | None:
        """What a comment would be about: the selection, else the cursor's line."""
        document, file = self.document, self.file
        text = document.text(file) if document and file else None
        if document is None or text is None or file is None or self.in_files:
            return None
        first, last = selected(self.view.began, self.view.cursor) or (self.view.cursor, self.view.cursor)
        layout = document.index.layout(first.file)
        found = [layout.row(row) for row in range(first.row, last.row + 1)]
        lines = [row for row in found if isinstance(row, LineRow)]
        return target(file.path, text.patch, lines, self.view.side, split=document.split(file))

    @property
    def here(self) -> Here:
        """All of that in one."""
        card, document, reading = self.card, self.document, self.reading
        return Here(
            self._card.id,
            document.diff if document else None,
            reading.trouble,
            self.file,
            self.target(),
            self.remark,
            document.drafts if document else 0,
            len(reading.remarks),
            self.view.wrap,
            self.in_files,
            card is not None and (live(card) or resumable(card)),
        )

    def _marks(self, file: ChangedFile) -> Sequence[Span]:
        return self.document.marks(file) if self.document else ()

    # --- drawing ---------------------------------------------------------------------------------

    def _moved(self) -> None:
        self.reading.fetch()
        if not self.in_files and self.file is not None:
            self.files.follow(self.file.path)
        self.draw()

    @on(events.ScreenResume)
    def draw(self) -> None:
        if not self.view.is_attached:
            return  # called before it is laid out; its first size calls it again
        reading, document, card = self.reading, self.document, self.card
        width, key = self.app.size.width, self.app.keyboard.shown
        reading.follow(card)
        self._fit()
        if document is None or not document.files:
            words = document.words if document else None
            self.view.say(nothing_lines(reading.scope, words, reading.trouble, key("review.scope")))
        self._notes.put(*(notes_lines(document.diff, document.review, width) if document else ()))
        self._header.show(self._board.mirror, self.app.clock())
        self._summary.put(
            summary_line(
                self._card.id,
                card.title if card else self._card.title,
                document,
                width,
                scope=reading.scope.words(document.diff if document else None),
                search=reading.search.said(document) if document else "",
            )
        )
        self._keys.show(entries(self.app.keyboard, self.here, searching=bool(reading.search.words)))

    def _fit(self) -> None:
        """Files and diff beside each other, or one of them. Each change has all styles made again."""
        self.set_class(self.app.size.width < _BOTH_FROM, "-narrow")
        self.set_class(self.in_files, "-files")

    # --- input -----------------------------------------------------------------------------------

    def do(self, call: Callable[[Client], object], done: str = "") -> None:
        """Has the hub change the review; `done` is told then."""

        def taken(review: Review) -> None:
            self.reading.take_review(review)
            if done:
                self.app.tell(done)

        self.app.command(lambda client: self.changed(client, call), taken)

    def changed(self, client: Client, call: Callable[[Client], object]) -> Review:
        """The review after that change, in a thread."""
        document = self.document
        assert document is not None
        call(client)
        return hub.read_review(client, self._card.id, document.diff)

    @on(TreeView.Chosen)
    def _file_chosen(self, choice: TreeView.Chosen) -> None:
        document = self.document
        if document is not None and (number := document.number(choice.path)) is not None:
            self.view.go(Spot(number, 0), top=True)
            if choice.opened:
                self._acts.to_files(False)

    @on(DiffView.Pressed)
    def _pressed(self, press: DiffView.Pressed) -> None:
        self._acts.to_files(False)
        if press.times == 2:
            self.perform("review.fold")

    @on(FilterBar.Changed)
    def _typed(self, change: FilterBar.Changed) -> None:
        self._acts.typed(change.words)

    def no_text(self) -> str:
        return f"The review takes no text. Press {self.app.keyboard.shown('review.add')} to comment."

    def moves_cursor(self, key: str) -> bool:
        action = self.app.keyboard.action(key, self.OFFERED) or ""
        return action.startswith(("cursor.", "pane.up", "pane.down", "review.hunk.", "review.file."))

    def refusal(self, action: str) -> str:
        return refusal(action, self.here, self.app.keyboard.shown)

    def perform(self, action: str) -> None:
        area, _, what = action.partition(".")
        if area == "cursor":
            self._acts.cursor(what)
        elif why := self.refusal(action):
            self.app.tell(why, severity="warning")
        elif pane_of(action) == "review":
            call_action(self._acts, action)
        else:
            self.shared(action)

    def shared(self, action: str) -> None:
        match action:
            case "pane.up" | "pane.down":
                self._acts.page(-1 if action == "pane.up" else 1)
            case "pane.close" | "diff":
                if action == "diff" or not self._acts.step_back():
                    self.close()
            case _:
                super().shared(action)

    def close(self) -> None:
        """What was shown counts as seen."""
        document = self.document
        if self.app.screen is self and document is not None and document.scope.kind in ("all", "unseen"):
            tree = document.diff.new_tree
            self.app.command(
                lambda client: client.submit(SawDiff(self._card.id, tree)),
                failed=lambda _error: None,
                look_up=True,
            )
        super().close()
