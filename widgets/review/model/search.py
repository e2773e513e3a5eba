"""A search through all files of the diff, which go on coming meanwhile. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestrator.core.diff.files import ChangedFile
from widgets.kit.format import count
from widgets.review.layout.index import Spot
from widgets.review.layout.search import Hit, hits
from widgets.review.model.document import Document, FileText, Version, version


@dataclass
class DiffSearch:
    """The lines that hold `words`, as far as the texts of the files have been seen."""

    words: str = ""
    found: dict[Version, tuple[Hit, ...]] = field(default_factory=dict)

    def begin(self, words: str, document: Document) -> None:
        """Searches for other words, in what is there."""
        self.words = words
        self.found = {}
        if words:
            for file in document.files:
                if (text := document.text(file)) is not None:
                    self.see(file, text)

    def see(self, file: ChangedFile, text: FileText) -> None:
        """A file's text has come."""
        if self.words:
            self.found[version(file)] = hits(text.patch, self.words)

    def unseen(self, document: Document) -> list[ChangedFile]:
        """The files that are still to be searched."""
        if not self.words:
            return []
        return [file for file in document.files if version(file) not in self.found and not file.too_large]

    def rows(self, document: Document, number: int) -> Sequence[int]:
        """The rows of that file in which a match is; its head where its lines are not shown."""
        layout = document.index.layout(number)
        found = self.found.get(version(document.files[number]), ())
        rows = [
            layout.row_of_line(hunk, at) if layout.loaded and not layout.folded else None
            for hunk, at in found
        ]
        return sorted({0 if row is None else row for row in rows})

    def said(self, document: Document) -> str:
        """How often it was found; empty where nothing is searched for."""
        if not self.words:
            return ""
        matches = sum(len(each) for each in self.found.values())
        more = ", searching…" if self.unseen(document) else ""
        return f"“{self.words}”: {count(matches, 'line')}{more}"

    def hidden(self, document: Document, spot: Spot) -> bool:
        """Whether a match is in the file that is folded there."""
        file = document.files[spot.file]
        return document.folded(file) and bool(self.found.get(version(file)))
