"""The rows that were painted lately, and those of them that are to be painted again."""

from collections.abc import Callable, Mapping, Sequence

from textual.strip import Strip
from textual.theme import Theme

from orchestrator.core.diff.files import ChangedFile
from widgets.kit.format import Span
from widgets.review.layout.file import FileLayout
from widgets.review.layout.index import Spot
from widgets.review.layout.remark import Remark
from widgets.review.layout.rows import FileRow
from widgets.review.model.document import Document
from widgets.review.text.syntax import Highlighter
from widgets.review.view.lines import LinePainter
from widgets.review.view.painter import Look, Painter
from widgets.review.view.palette import palette

_MOST = 1000


class Strips:
    """Paints a row when it is first asked for. `marks` stand at the end of a file's head; `ready` is called
    in another thread when colours have come, after which `colour` has to be."""

    def __init__(
        self,
        marks: Callable[[ChangedFile], Sequence[Span]],
        clock: Callable[[], float],
        ready: Callable[[], object],
    ) -> None:
        self._marks, self._clock = marks, clock
        self.highlighter = Highlighter(ready)
        self._painted: dict[tuple[FileLayout, Spot, bool, bool, bool], Strip] = {}
        """By the layout of its file as well, which is made again when its rows look different."""
        self._painter: Painter | None = None
        self._lines: LinePainter | None = None

    def clear(self) -> None:
        """Everything looks different from now on."""
        self._painted.clear()
        self._painter = None

    def look(self, look: Look) -> None:
        """Cursor or selection are elsewhere, and nothing else has changed."""
        if self._painter is not None:
            self._painter.look = look

    def colour(self) -> None:
        """Colours have come: rows that were painted without are painted again."""
        if self._lines is not None:
            bare = self._lines.colourless
            self._painted = {key: strip for key, strip in self._painted.items() if key[1] not in bare}
            bare.clear()

    @property
    def ready(self) -> bool:
        """It is known what to paint."""
        return self._painter is not None

    def begin(self, document: Document, look: Look, remarks: Mapping[str, Remark], theme: Theme) -> None:
        """Paints that from now on, until `clear`."""
        colours = palette(theme)
        if self._lines is None or self._lines.palette is not colours:
            self._lines = LinePainter(colours, self.highlighter)
        self._painter = Painter(
            document, look, self._lines, marks=self._marks, remarks=remarks, now=self._clock()
        )

    def strip(self, document: Document, spot: Spot, *, top: bool) -> Strip:
        """The row at that spot. At the `top` of the screen it is the head of the file whose lines follow."""
        painter = self._painter
        assert painter is not None
        sticks = top and not isinstance(document.index.row(spot), FileRow)
        layout = document.index.layout(spot.file)
        key = (layout, spot, sticks, painter.here(spot), painter.chosen(spot))
        if (known := self._painted.get(key)) is not None:
            return known
        if len(self._painted) > _MOST:
            self._painted.clear()
        made = self._painted[key] = painter.head(spot.file) if sticks else painter.row(spot)
        return made
