"""The review as what acts in it knows it."""

from collections.abc import Callable
from typing import Protocol

from orchestrator.client import Client
from orchestrator.core.diff.files import ChangedFile
from orchestrator.core.review.comments import Review
from widgets.board.filter import FilterBar
from widgets.hub_app import HubApp
from widgets.review.layout.remark import Remark
from widgets.review.layout.target import Target
from widgets.review.model.document import Document
from widgets.review.model.search import DiffSearch
from widgets.review.reading import Reading
from widgets.review.tree.tree_view import TreeView
from widgets.review.view.diff_view import DiffView


class ReviewView(Protocol):
    """What is on the screen, and what can be done about it."""

    view: DiffView
    files: TreeView
    bar: FilterBar
    reading: Reading
    in_files: bool
    """The cursor keys move in the files."""

    @property
    def app(self) -> HubApp:
        """The app: it opens dialogs and shows notices."""

    @property
    def reviewed_card(self) -> str:
        """The id of the card whose changes these are."""

    @property
    def file(self) -> ChangedFile | None:
        """The file of the cursor."""

    @property
    def remark(self) -> Remark | None:
        """The comment or note of the cursor."""

    def target(self) -> Target | None:
        """What a comment would be about."""

    def do(self, call: Callable[[Client], object], done: str = "") -> None:
        """Has the hub change the review; `done` is told then."""

    def changed(self, client: Client, call: Callable[[Client], object]) -> Review:
        """The review after that change, in a thread."""

    def read(self) -> None:
        """Has the diff read again."""

    def draw(self) -> None:
        """The present state."""


class Acts:
    """What all actions of the review stand on."""

    def __init__(self, screen: ReviewView) -> None:
        self._screen = screen

    @property
    def _view(self) -> DiffView:
        return self._screen.view

    @property
    def _search(self) -> DiffSearch:
        return self._screen.reading.search

    @property
    def _document(self) -> Document:
        document = self._screen.reading.document
        assert document is not None
        return document

    @property
    def _file(self) -> ChangedFile:
        assert self._screen.file is not None
        return self._screen.file

    @property
    def _reading(self) -> Reading:
        return self._screen.reading
