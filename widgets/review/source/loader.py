"""Reads what is shown: the diff, again whenever something may have changed, and the texts of the files that
are in sight."""

from collections.abc import Collection, Sequence
from typing import Protocol

from orchestrator.client import Client, OrchError
from orchestrator.core.diff.files import ChangedFile, Diff
from orchestrator.core.review.comments import Review
from widgets.hub_app import HubApp
from widgets.kit.background import Background
from widgets.review.layout.file import Arrangement
from widgets.review.model.document import Document
from widgets.review.model.file_text import Version, version
from widgets.review.source import hub
from widgets.review.source.scope import Scope

AT_ONCE = 4000
"""Changed lines that are read at once; a file that is longer, alone."""

_FIRST_ROWS = 80
"""Whose text is read together with the diff."""


class Reader(Protocol):
    """Who is told what was read, in the app's own thread."""

    def take_diff(self, document: Document, review: Review, texts: hub.Texts) -> None:
        """`texts` are those of files in sight which have changed. The document has nothing but the diff."""

    def take_texts(self, texts: hub.Texts, scope: Scope) -> None: ...

    def failed(self, error: OrchError, *, whole: bool) -> None:
        """`whole`: the diff could not be read, and not only the text of some files."""


class Loader:
    """One question of each kind is on its way at a time; one that comes meanwhile is asked behind it."""

    def __init__(self, app: HubApp, card: str, reader: Reader) -> None:
        self._card, self._reader = card, reader
        self._background = Background(app, "review")
        self._reading = self._again = False
        self._asked: Scope | None = None
        self._sight: Collection[Version] = ()
        self._arrangement = Arrangement()
        self.reads_texts = False
        """Texts of files are on their way."""

    def stop(self) -> None:
        """Nothing is taken any more."""
        self._background.stop()

    @property
    def busy(self) -> bool:
        """Something is on its way."""
        return self._reading or self.reads_texts

    def read(self, scope: Scope, sight: Collection[Version], arrangement: Arrangement) -> None:
        """The diff, with comments and marks; of the files in `sight` also the text, where it is another.
        Without any, the text of the first rows."""
        self._asked, self._sight, self._arrangement = scope, sight, arrangement
        if self._reading:
            self._again = True
            return
        self._reading = True

        def call(client: Client) -> tuple[Document, Review, hub.Texts]:
            diff = hub.read_diff(client, self._card, scope)
            review = hub.read_review(client, self._card, diff)
            paths = {path for path, *_ in sight}
            changed = [file for file in diff.files if file.path in paths and version(file) not in sight]
            document = Document(diff, scope=scope, arrangement=arrangement)
            if not sight:
                document.take_review(review, ())
                document.arrange_for(arrangement, {})
                changed = document.wanted(0, _FIRST_ROWS, AT_ONCE)
            texts = hub.read_texts(client, self._card, diff, changed, scope) if changed else []
            return document, review, texts

        self._background.do(
            call, lambda found: self._read(*found), lambda error: self._not_read(error, scope)
        )

    def _read(self, document: Document, review: Review, texts: hub.Texts) -> None:
        self._reading = False
        if document.scope == self._asked:
            self._reader.take_diff(document, review, texts)
        self._read_again()

    def _not_read(self, error: OrchError, scope: Scope) -> None:
        self._reading = False
        if scope == self._asked:
            self._reader.failed(error, whole=True)
        self._read_again()

    def _read_again(self) -> None:
        again, self._again = self._again, False
        if again and self._asked is not None:
            self.read(self._asked, self._sight, self._arrangement)

    def texts(self, diff: Diff, files: Sequence[ChangedFile], scope: Scope) -> None:
        """The texts of these files of the diff; nothing while others are on their way."""
        if self.reads_texts or not files:
            return
        self.reads_texts = True

        def done(texts: hub.Texts) -> None:
            self.reads_texts = False
            self._reader.take_texts(texts, scope)

        def failed(error: OrchError) -> None:
            self.reads_texts = False
            self._reader.failed(error, whole=False)

        self._background.do(
            lambda client: hub.read_texts(client, self._card, diff, files, scope), done, failed
        )
