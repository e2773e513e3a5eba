"""What the review has read, and goes on reading: the diff, the texts that are in sight, the comments."""

from collections.abc import Callable

from textual.timer import Timer

from orchestrator.client import OrchError
from orchestrator.core.board.views import CardView
from orchestrator.core.diff.files import ChangedFile, Diff
from orchestrator.core.review.comments import Review
from widgets.board.refusals import at_work
from widgets.hub_app import HubApp
from widgets.review.layout.place import Place
from widgets.review.layout.remark import Remark
from widgets.review.model.document import Document
from widgets.review.model.search import DiffSearch
from widgets.review.source import hub
from widgets.review.source.follow import Follow
from widgets.review.source.loader import AT_ONCE, Loader
from widgets.review.source.scope import Scope
from widgets.review.tree.tree_view import TreeView
from widgets.review.view.diff_view import DiffView

_AHEAD = 12
"""Pages whose texts are read where one of the next two has none."""
_SEARCHED_AT_ONCE = 50
"""Files whose texts are read at once to be searched."""
_TYPED = 0.25
"""Seconds without another letter after which other files are searched than those that are there."""


class Reading:
    """The `Reader`: keeps the document, and the cursor on what it is on when that changes. `changed` is
    called when the screen has to be drawn."""

    def __init__(
        self, app: HubApp, card: str, view: DiffView, files: TreeView, changed: Callable[[], object]
    ) -> None:
        self._app, self._view, self._files, self._changed = app, view, files, changed
        self._loader, self._follow = Loader(app, card, self), Follow()
        self.goal: Place | None = None
        """Where the cursor goes once the text of its file has come."""
        self.document: Document | None = None
        self.scope = Scope()
        self.branch: tuple[Scope, Diff] | None = None
        """Everything on the branch as it was read last, whatever is shown now."""
        self.search = DiffSearch()
        self.remarks: dict[str, Remark] = {}
        """Comments and notes by their ids."""
        self.trouble = ""
        """Why there is no diff, in words."""
        self._searches_later: Timer | None = None
        self._only_searched = False
        """The texts on their way are not shown, and so not kept."""

    @property
    def busy(self) -> bool:
        """Something is being read, or about to be."""
        return self._loader.busy or self._searches_later is not None

    def stop(self) -> None:
        """Nothing is taken any more, and no text is kept."""
        self._loader.stop()
        if self.document is not None:
            self.document.let_go()

    # --- the diff --------------------------------------------------------------------------------

    def read(self, card: CardView | None) -> None:
        """Reads the diff, with comments and marks."""
        self._follow.reads(card, self._app.clock())
        document = self.document
        same = document is not None and document.scope == self.scope
        sight = document.sight(self._view.in_sight) if document and same else ()
        self._loader.read(self.scope, sight, self._view.arrangement)

    def follow(self, card: CardView | None) -> None:
        """Reads the diff again where it may have changed."""
        if self._follow.due(card, self._app.clock(), at_work=card is not None and at_work(card)):
            self.read(card)

    def take_diff(self, made: Document, review: Review, texts: hub.Texts) -> None:
        """The diff has been read, with the texts in sight that have changed."""
        self.trouble = ""
        document, diff = self.document, made.diff
        if made.scope.kind == "all":
            self.branch = made.scope, diff
        if document is None or document.scope != made.scope:
            self._begin(made, review, texts)
        elif (document.diff.new_tree, document.diff.old_tree) != (diff.new_tree, diff.old_tree):
            self._view.keep(lambda: self._renew(document, diff, review, texts))
            self._files.show(document)
        else:
            document.diff = diff
            self.take_review(review)
        self.fetch()
        self._changed()

    def _begin(self, made: Document, review: Review, texts: hub.Texts) -> None:
        old = self.document
        place = self.goal or (old.place(self._view.cursor) if old else None)
        self.document = made
        made.put(texts)
        if old is not None:
            made.words, made.folds = old.words, old.folds
            made.arrange()
        self._put_review(made, review)
        self.search.begin(self.search.words, made)
        self._view.show(made, self.remarks)
        self._files.show(made)
        if place is not None:
            self.aim(place)

    def _renew(self, document: Document, diff: Diff, review: Review, texts: hub.Texts) -> None:
        document.renew(diff, texts)
        self._put_review(document, review)
        self.search.renew(document)

    def take_review(self, review: Review) -> None:
        """Comments, notes and marks as they are now."""
        document = self.document
        if document is None or document.review == review:
            return
        self._view.keep(lambda: self._put_review(document, review))
        self._files.show(document)
        self.fetch()
        self._changed()

    def _put_review(self, document: Document, review: Review) -> None:
        found = hub.remarks(review)
        self.remarks = {each.id: each for each in found}
        document.take_review(review, found)
        self._view.show_remarks(self.remarks)

    def failed(self, error: OrchError, *, whole: bool) -> None:
        """Something could not be read. What was read before stays."""
        if whole and self.document is None:
            self.trouble = str(error)
        else:
            if whole and self.document is not None:
                self.scope = self.document.scope
            self._app.tell_error(error)
        self._changed()

    # --- texts -----------------------------------------------------------------------------------

    def take_texts(self, texts: hub.Texts, scope: Scope) -> None:
        """Texts of files have been read."""
        document = self.document
        if document is None or document.scope != scope:
            return
        for file, text in texts:
            self.search.see(file, text)
        if not self._only_searched:

            def put() -> None:
                document.put(texts)
                document.forget(self._view.cursor.file)

            self._view.keep(put)
        if self.goal is not None:
            self.aim(self.goal)
        self.fetch()
        self._changed()

    def fetch(self) -> None:
        """Reads the texts that are in sight, and those of the next page; while searching, all others too."""
        document = self.document
        if document is None:
            return
        height = self._view.size.height
        wanted = document.wanted(self._view.scroll_offset.y, height * 2, AT_ONCE)
        if wanted:
            wanted = document.wanted(self._view.scroll_offset.y, height * _AHEAD, AT_ONCE)
        if not wanted and self.goal is not None:
            number = document.number(self.goal.path)
            if number is not None and self._waits(document, document.files[number]):
                wanted = [document.files[number]]
        if not self._loader.reads_texts:
            self._only_searched = not wanted
            if not wanted and not self._searches_later:
                wanted = self.search.unseen(document, _SEARCHED_AT_ONCE)
            self._loader.texts(document.diff, wanted, document.scope)

    def search_for(self, words: str, document: Document) -> None:
        """Searches in what is there, and once no more letters come, in all other files."""
        self.search.begin(words, document)
        if self._searches_later:
            self._searches_later.stop()
        self._searches_later = self._view.set_timer(_TYPED, self._search)

    def _search(self) -> None:
        self._searches_later = None
        self.fetch()

    def aim(self, place: Place) -> None:
        """Goes to that place, as soon as the text of its file is there."""
        document = self.document
        assert document is not None
        self._view.go(document.find(place), top=True)
        number = document.number(place.path)
        waits = number is not None and self._waits(document, document.files[number])
        self.goal = place if waits and (place.line or place.remark) else None

    def _waits(self, document: Document, file: ChangedFile) -> bool:
        return document.text(file) is None and not document.folded(file) and not file.too_large
