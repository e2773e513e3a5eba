"""A search through all files of the diff, whose texts come one after the other. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from orchestrator.core.diff.files import ChangedFile
from widgets.kit.format import count
from widgets.review.layout.index import Spot
from widgets.review.layout.place import Place
from widgets.review.layout.search import Hit, hits
from widgets.review.model.document import Document
from widgets.review.model.file_text import FileText, Version, version

MOST_HITS = 10_000
"""Lines that are found: behind them the search stops."""


@dataclass
class DiffSearch:
    """The lines that hold `words`, as far as the texts of the files have been seen. No text is kept."""

    words: str = ""
    found: dict[Version, tuple[Hit, ...]] = field(default_factory=dict)
    lines: int = 0
    """How many were found."""

    def begin(self, words: str, document: Document) -> None:
        """Searches for other words, in what is there. Where some of them are in no line, all are in none."""
        longer = bool(self.words) and self.words in words
        self.found = {each: () for each, found in self.found.items() if longer and not found}
        self.words = words
        self.renew(document)

    def renew(self, document: Document) -> None:
        """The diff is another one now. What is the same is not searched again."""
        there = {version(file) for file in document.files}
        self.found = {each: found for each, found in self.found.items() if each in there}
        self.lines = sum(map(len, self.found.values()))
        for file in document.files if self.words else ():
            if (text := document.text(file)) is not None:
                self.see(file, text)

    def see(self, file: ChangedFile, text: FileText) -> None:
        """A file's text has come."""
        if self.words and version(file) not in self.found:
            found = self.found[version(file)] = hits(text.patch, self.words, MOST_HITS - self.lines)
            self.lines += len(found)

    def unseen(self, document: Document, most: int) -> list[ChangedFile]:
        """Some of the files that are still to be searched."""
        return list(islice(self._unseen(document), most))

    def _unseen(self, document: Document) -> Iterator[ChangedFile]:
        if self.words and self.lines < MOST_HITS:
            yield from (
                file for file in document.files if version(file) not in self.found and not file.too_large
            )

    def rows(self, document: Document, number: int) -> Sequence[int]:
        """The rows of that file in which a match is; its head where its lines are not shown."""
        found = self.found.get(version(document.files[number]))
        if not found:
            return ()
        layout = document.index.layout(number)
        rows = [
            layout.row_of_line(hit.hunk, hit.at) if layout.loaded and not layout.folded else None
            for hit in found
        ]
        return sorted({0 if row is None else row for row in rows})

    def hidden(self, document: Document, spot: Spot, way: int) -> Place | None:
        """The match that is meant by a file's head, where the lines of the file are not shown."""
        file, layout = document.files[spot.file], document.index.layout(spot.file)
        found = self.found.get(version(file))
        if spot.row or not found or (layout.loaded and not layout.folded):
            return None
        hit = found[0 if way > 0 else -1]
        return Place(file.path, hit.side, hit.line)

    def said(self, document: Document) -> str:
        """How often it was found; empty where nothing is searched for."""
        if not self.words:
            return ""
        more = ", searching…" if self.unseen(document, 1) else ""
        more = more or (" and more" if self.lines >= MOST_HITS else "")
        return f"“{self.words}”: {count(self.lines, 'line')}{more}"
