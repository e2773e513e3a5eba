"""How the diff is shown, and which; and the ways out of it."""

from widgets.review.acts.editor import edit
from widgets.review.acts.view import Acts
from widgets.review.layout.rows import HunkRow, LineRow
from widgets.review.source.scope import Scope, choices


class Looks(Acts):
    """What changes nothing but the view."""

    def review_fold(self) -> None:
        screen, view, document = self._screen, self._view, self._document
        if screen.in_files:
            screen.files.enter()
            return
        spot = view.cursor
        row = document.index.row(spot)
        file = document.files[spot.file]
        if isinstance(row, HunkRow):
            view.keep(lambda: document.fold_hunk(spot.file, row.hunk))
        else:
            folded = document.folded(file)
            view.keep(lambda: document.fold(file, folded=not folded))
        self._reading.fetch()
        screen.draw()

    def review_columns(self) -> None:
        view = self._view
        view.layout_chosen = not view.split
        self._lay_out()

    def review_wrap(self) -> None:
        view = self._view
        view.wrap = not view.wrap
        self._lay_out()

    def _lay_out(self) -> None:
        self._view.keep(lambda: None)
        self._reading.fetch()
        self._screen.draw()

    def review_space(self) -> None:
        self._show(self._reading.scope.with_space(not self._reading.scope.ignore_space))

    def _show(self, scope: Scope) -> None:
        """Other changes; those that are shown stay until the others are there."""
        self._reading.scope = scope
        self._screen.read()
        self._screen.draw()

    def review_scope(self) -> None:
        from widgets.dialogs.choose import Choose

        screen = self._screen
        offered = choices(self._reading.scope, self._reading.branch)

        def chosen(number: int | None) -> None:
            if number is not None:
                self._show(offered[number][2])

        options = [(name, means) for name, means, _ in offered]
        screen.app.push_screen(Choose("Changes", "Choose what is shown.", options), chosen)

    def review_base(self) -> None:
        from widgets.review.dialogs.base import ChangeBase

        screen = self._screen

        def entered(base: str | None) -> None:
            if base is not None:
                self._show(Scope("all", base=base, ignore_space=self._reading.scope.ignore_space))

        screen.app.push_screen(ChangeBase(self._reading.scope.base), entered)

    def review_reload(self) -> None:
        self._screen.read()

    def review_edit(self) -> None:
        screen = self._screen
        if edit(screen.app, self._document.diff.path, self._file.path, self._new_line()):
            screen.read()

    def _new_line(self) -> int:
        """The line of the new file at which the cursor is, or the next one; 0 where there is none."""
        text, spot = self._document.text(self._file), self._view.cursor
        if text is None or self._screen.in_files:
            return 0
        patch = text.patch
        layout = self._document.index.layout(spot.file)
        row, line = layout.row(spot.row), layout.line_at(spot.row)
        if isinstance(row, HunkRow):
            lines = patch.hunks[row.hunk].lines
            return next(
                (each.new for each in lines if each.kind == "+" and each.new), patch.hunks[row.hunk].new_start
            )
        if not isinstance(line, LineRow):
            return patch.hunks[0].new_start if patch.hunks else 0
        hunk = patch.hunks[line.hunk]
        at = line.new if line.new is not None else line.old
        assert at is not None
        return next((each.new for each in hunk.lines[at:] if each.new), hunk.new_start)

    def review_copy(self) -> None:
        target = self._screen.target()
        where = target.where if target else self._file.path
        self._screen.app.copy_to_clipboard(where)
        self._screen.app.tell(f"Copied {where}")
