"""What is reviewed: the diff, the text of its files as far as it has come, comments, marks, and what is
folded. Knows no screen."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from orchestrator.core.diff.files import ChangedFile, Diff
from orchestrator.core.diff.patch import FilePatch
from orchestrator.core.overlaps.text import CONFLICT, OVERLAP
from orchestrator.core.review.comments import Review
from widgets.kit.format import Span
from widgets.review.layout.file import Arrangement, FileLayout, Pin, pending_height
from widgets.review.layout.index import DiffIndex, Spot
from widgets.review.layout.place import Place, file_of, find, place
from widgets.review.layout.remark import Remark
from widgets.review.layout.rows import LineRow
from widgets.review.model.file_text import FileText, Version, version
from widgets.review.source.scope import Scope
from widgets.review.text.display import cells_of, display
from widgets.review.text.facts import facts, overlap_facts

LARGE = 2000
"""Changed lines above which a file is folded until it is opened."""
_MANY_UNTRACKED = 50
MOST_KEPT = 48_000_000
"""Bytes of texts that are kept. What is farthest from the cursor goes first, and is read again when it is
seen."""


@dataclass
class Document:
    """`heights` says how many rows a comment takes; whoever changes how it is drawn calls `arrange`."""

    diff: Diff
    scope: Scope = field(default_factory=Scope)
    review: Review = field(default_factory=lambda: Review(""))
    texts: dict[Version, FileText] = field(default_factory=dict)
    remarks: Mapping[str, Sequence[Remark]] = field(default_factory=dict)
    reviewed: frozenset[tuple[str, str]] = frozenset()
    """Path and content of each file that is marked."""
    touched: Mapping[str, Span] = field(default_factory=dict)
    """By path, what there is to say of other cards that change a file, too."""
    folds: dict[str, bool] = field(default_factory=dict)
    """What the user folded or opened, by path."""
    folded_hunks: dict[str, set[int]] = field(default_factory=dict)
    words: str = ""
    """What the paths of all shown files contain."""
    arrangement: Arrangement = field(default_factory=Arrangement)
    heights: Mapping[str, int] = field(default_factory=dict)
    """The rows of each remark, by its id."""

    def __post_init__(self) -> None:
        self.files: tuple[ChangedFile, ...] = ()
        self.index = DiffIndex((), self._layout)
        self._of_path: dict[str, int] = {}
        self.added = self.removed = self.reviewed_files = 0
        """Lines of all files, and how many files are marked as they are now."""
        self._count()
        self.arrange()

    def _count(self) -> None:
        self.added, self.removed = self.diff.added, self.diff.removed
        self.reviewed_files = sum(self.is_reviewed(file) for file in self.diff.files) if self.reviewed else 0

    # --- what stands where -----------------------------------------------------------------------

    def arrange(self) -> None:
        """Everything is laid out again. Rows that stood somewhere are found by their `Place`."""
        self._stale = False
        words = self.words.casefold().split()
        found = (*self.diff.files, *self._unchanged())
        self.files = tuple(file for file in found if all(word in file.path.casefold() for word in words))
        self._of_path = {file.path: number for number, file in enumerate(self.files)}
        self._untracked = sum(file.untracked for file in self.files)
        self.index = DiffIndex([self._guess(file) for file in self.files], self._layout)

    def arrange_for(self, arrangement: Arrangement, heights: Mapping[str, int]) -> None:
        """The same, where anything stands elsewhere then: for thousands of files it takes a frame."""
        if self._stale or (arrangement, heights) != (self.arrangement, self.heights):
            self.arrangement, self.heights = arrangement, heights
            self.arrange()

    def _unchanged(self) -> list[ChangedFile]:
        """Files that differ no longer, and on which there are comments."""
        if self.scope.kind != "all":
            return []
        there = {file.path for file in self.diff.files}
        gone = [
            ChangedFile(path, "modified", added=0, removed=0) for path in self.remarks if path not in there
        ]
        for file in gone:
            self.texts[version(file)] = FileText(FilePatch(file.path, None, "modified"))
        return gone

    def _guess(self, file: ChangedFile) -> int:
        if self.folded(file):
            return 1
        text = self.text(file)
        said = len(self.facts(file))
        pins = sum(self.heights.get(each.id, 0) for each in self.remarks.get(file.path, ()))
        rows = self._pending(file) if text is None else sum(1 + len(hunk.lines) for hunk in text.patch.hunks)
        return 2 + said + pins + rows

    def _pending(self, file: ChangedFile) -> int:
        return 0 if file.too_large else pending_height(file)

    def _layout(self, number: int) -> FileLayout:
        file = self.files[number]
        text = self.text(file)
        pins = [
            Pin(each.id, each.side, max(each.line, each.end_line), self.heights.get(each.id, 1))
            for each in self.remarks.get(file.path, ())
        ]
        return FileLayout(
            text.patch if text else None,
            replace(self.arrangement, split=self.split(file)),
            facts=len(self.facts(file)),
            pins=pins,
            folded=self.folded(file),
            folded_hunks=self.folded_hunks.get(file.path, ()),
            pending=self._pending(file),
        )

    def split(self, file: ChangedFile) -> bool:
        """Whether the sides of the file stand beside each other; not those of one that is new or gone."""
        return self.arrangement.split and file.status not in ("added", "deleted")

    def facts(self, file: ChangedFile) -> tuple[Span, ...]:
        """What is said of the file below its head."""
        said = self._touched(file)
        return (*([said] if said else []), *facts(file, self.text(file)))

    def _touched(self, file: ChangedFile) -> Span | None:
        """What there is to say of other cards that change the file, too."""
        return self.touched.get(file.path) or self.touched.get(file.old_path or "")

    def number(self, path: str) -> int | None:
        """The number of a shown file."""
        return self._of_path.get(path)

    def text(self, file: ChangedFile) -> FileText | None:
        return self.texts.get(version(file))

    def widest(self, y: int, rows: int) -> int:
        """How wide the longest line in those rows is, in cells."""
        return max(
            (self._cells(spot) for spot in {self.index.at(at) for at in range(y, y + rows)}), default=0
        )

    def _cells(self, spot: Spot) -> int:
        text, row = self.text(self.files[spot.file]), self.index.row(spot)
        if text is None or not isinstance(row, LineRow):
            return 0
        lines = text.patch.hunks[row.hunk].lines
        return max(cells_of(display(lines[at].text)) for at in (row.old, row.new) if at is not None)

    # --- places ----------------------------------------------------------------------------------

    def place(self, spot: Spot) -> Place | None:
        """What stands there, to be found again; `None` where there is no file."""
        if not self.files:
            return None
        file = self.files[spot.file]
        text = self.text(file)
        return place(file.path, text.patch if text else None, self.index.layout(spot.file), spot.row)

    def find(self, wanted: Place | None) -> Spot:
        """Where that stands now, or what is nearest to it."""
        if wanted is None or not self.files:
            return Spot(0, 0)
        number = file_of(wanted.path, [file.path for file in self.files])
        file = self.files[number]
        if file.path != wanted.path:
            return Spot(number, 0)
        text = self.text(file)
        row = find(wanted, text.patch if text else None, self.index.layout(number))
        return Spot(number, row)

    # --- texts -----------------------------------------------------------------------------------

    def wanted(self, y: int, rows: int, most: int) -> list[ChangedFile]:
        """The files in those rows whose text has not come, up to `most` changed lines of them."""
        found: list[ChangedFile] = []
        if not self.files:
            return found
        number, lines = self.index.spot(y).file, 0
        while number < len(self.files) and self.index.y(Spot(number, 0)) < y + rows and lines < most:
            file = self.files[number]
            if self.text(file) is None and not self.folded(file) and not file.too_large:
                found.append(file)
                lines += (file.added or 0) + (file.removed or 0)
            number += 1
        return found

    def put(self, texts: Iterable[tuple[ChangedFile, FileText]]) -> None:
        """The texts have come."""
        for file, text in texts:
            self.texts[version(file)] = text
            number = self.number(file.path)
            if number is not None and version(self.files[number]) == version(file):
                self.index.renew(number)

    def forget(self, near: int) -> None:
        """Lets texts go that are far from the file of that number, where there are too many."""
        kept = sum(text.weight for text in self.texts.values())
        if kept <= MOST_KEPT:
            return
        far = sorted(
            self.texts, key=lambda each: -abs(self._of_path.get(each[0], len(self.files) * 2) - near)
        )
        for each in far[:-1]:
            if kept <= MOST_KEPT // 2:
                break
            kept -= self.texts.pop(each).weight
        self.arrange()

    def let_go(self) -> None:
        """Nothing of it is shown any more. Whoever still refers to it keeps no text."""
        self.texts = {}
        self.files = ()
        self.index = DiffIndex((), self._layout)

    def sight(self, files: Collection[int]) -> frozenset[Version]:
        """Those of these files whose text is there."""
        return frozenset(
            version(self.files[number]) for number in files if self.text(self.files[number]) is not None
        )

    def renew(self, diff: Diff, texts: Iterable[tuple[ChangedFile, FileText]] = ()) -> None:
        """The diff is another one now, with some of its texts; what is the same is not read again."""
        self.diff = diff
        there = {version(file) for file in diff.files}
        self.texts = {each: text for each, text in self.texts.items() if each in there}
        self.texts |= {version(file): text for file, text in texts}
        changed = {path for path, *_ in there} - {path for path, *_ in self.texts}
        self.folded_hunks = {path: hunks for path, hunks in self.folded_hunks.items() if path not in changed}
        self._count()
        self.arrange()

    # --- comments, marks and folds ---------------------------------------------------------------

    def take_review(self, review: Review, remarks: Iterable[Remark]) -> None:
        """Comments, notes and marks as they are now. Whoever calls it calls `arrange_for` then."""
        before = self.reviewed, self.remarks, self.touched
        self.review = review
        self.touched = overlap_facts(review)
        self.reviewed = frozenset((mark.path, mark.content) for mark in review.marks)
        by_path: dict[str, list[Remark]] = {}
        for remark in remarks:
            by_path.setdefault(remark.path, []).append(remark)
        self.remarks = by_path
        self._stale = self._stale or (self.reviewed, self.remarks, self.touched) != before
        self._count()

    @property
    def drafts(self) -> int:
        """How many comments are not sent yet."""
        return sum(each.state in ("draft", "outdated") for each in self.review.comments)

    def marks(self, file: ChangedFile) -> tuple[Span, ...]:
        """What stands beside a file: with conflict markers, touched by another card, with comments and notes,
        reviewed."""
        remarks = self.remarks.get(file.path, ())
        comments = [each for each in remarks if each.state != "note"]
        found: list[Span] = []
        if file.path in self.diff.unmerged:
            found.append(("!", "bad"))
        if said := self._touched(file):
            found.append((CONFLICT if said[1] == "bad" else OVERLAP, said[1]))
        if notes := len(remarks) - len(comments):
            found.append((f"◇{notes}", "busy"))
        if comments:
            drafts = any(each.state == "draft" for each in comments)
            found.append((f"●{len(comments)}", "needs" if drafts else "cursor"))
        if self.is_reviewed(file):
            found.append(("✓", "calm"))
        return tuple(
            part for number, span in enumerate(found) for part in ([(" ", "")] if number else []) + [span]
        )

    def is_reviewed(self, file: ChangedFile) -> bool:
        """Whether this very content is marked."""
        return (file.path, file.new_id) in self.reviewed

    def folded(self, file: ChangedFile) -> bool:
        """Unless the user has said, what is reviewed is folded, and what is too much to be read at once."""
        if file.path in self.folds:
            return self.folds[file.path]
        large = (file.added or 0) + (file.removed or 0) > LARGE
        return large or self.is_reviewed(file) or (file.untracked and self._untracked > _MANY_UNTRACKED)

    def fold(self, file: ChangedFile, folded: bool) -> None:
        self.folds[file.path] = folded
        if (number := self.number(file.path)) is not None:
            self.index.renew(number)

    def fold_hunk(self, number: int, hunk: int) -> None:
        """Folds a hunk of a file, or opens it."""
        self.folded_hunks.setdefault(self.files[number].path, set()).symmetric_difference_update({hunk})
        self.index.renew(number)
