"""Diffs and comments for a terminal."""

from collections.abc import Iterable, Iterator

import click

from orchestrator.cli.text import cells, fit, pad, plain
from orchestrator.core.diff.files import LETTERS, ChangedFile, Diff
from orchestrator.core.diff.paths import visible
from orchestrator.core.review.comments import Comment, Note, Review
from orchestrator.core.text.clean import shown

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}
_HEADERS = (
    *("diff --git ", "index ", "--- ", "+++ ", "new file mode ", "deleted file mode ", "old mode "),
    *("new mode ", "similarity index ", "dissimilarity index ", "rename ", "copy ", "Binary files "),
)
_BAR = 40


def patch_lines(patch: str) -> Iterator[str]:
    """A patch in git's colours. What would steer the terminal is made visible."""
    lines = patch.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    in_hunk = False
    for line in lines:
        if line.startswith("diff --git "):
            in_hunk = False
        elif line.startswith("@@ "):
            in_hunk = True
        text = line if line.isascii() and line.replace("\t", "").isprintable() else shown(line)
        if not in_hunk and line.startswith(_HEADERS):
            yield click.style(text, bold=True)
        elif in_hunk and line[:1] in _COLOURS:
            yield click.style(text, fg=_COLOURS[line[:1]])
        else:
            yield text


def stat_lines(diff: Diff, width: int) -> Iterator[str]:
    """Each file with its lines and a bar, and the sums, as `git diff --stat` prints them."""
    names = [_name(each) for each in diff.files]
    room = max(20, width - _BAR - 12)
    column = min(room, max(map(cells, names), default=0))
    most = max(((each.added or 0) + (each.removed or 0) for each in diff.files), default=0)
    for each, name in zip(diff.files, names, strict=True):
        yield f" {pad(fit(name, column), column)} | {_amount(each, most)}"
    yield _sums(diff)


def note_lines(diff: Diff) -> Iterator[str]:
    """What the reader must know besides."""
    for each in diff.unmerged:
        yield f"{plain(each)} has conflicts"
    yield from map(plain, diff.notes)


def review_lines(review: Review) -> Iterator[str]:
    """Comments and notes by file and line."""
    remarks: list[Comment | Note] = sorted(
        (*review.comments, *review.notes), key=lambda each: (each.path, each.line, int(each.id))
    )
    for each in remarks:
        lines = f"{each.line}-{each.end_line}" if each.end_line > each.line else f"{each.line}"
        side = " (old)" if each.side == "old" else ""
        yield f"{each.id}  {visible(each.path)}:{lines}{side}  {_state(each)}"
        yield f"    > {fit(plain(each.line_text), 100)}"
        yield from (f"    {plain(line)}" for line in each.text.split("\n"))


def _state(remark: Comment | Note) -> str:
    state = remark.state if isinstance(remark, Comment) else "note"
    return f"{state}, changed since" if remark.changed_since and state != "outdated" else state


def _name(file: ChangedFile) -> str:
    name = visible(file.path)
    return (
        f"{LETTERS[file.status]} {visible(file.old_path)} => {name}"
        if file.old_path
        else f"{LETTERS[file.status]} {name}"
    )


def _amount(file: ChangedFile, most: int) -> str:
    if file.too_large:
        return f"not read, {file.new_size or 0:,} bytes"
    if file.added is None or file.removed is None:
        return f"Bin {file.old_size or 0:,} -> {file.new_size or 0:,} bytes"
    total = file.added + file.removed
    scale = min(1.0, _BAR / most) if most else 0.0
    plus = max(bool(file.added), round(file.added * scale))
    minus = max(bool(file.removed), round(file.removed * scale))
    bar = click.style("+" * plus, fg="green") + click.style("-" * minus, fg="red")
    return f"{total:>5} {bar}".rstrip()


def _sums(diff: Diff) -> str:
    parts = [_counted(len(diff.files), "file", " changed")]
    parts += [_counted(diff.added, "insertion", "(+)")] if diff.added else []
    parts += [_counted(diff.removed, "deletion", "(-)")] if diff.removed else []
    return f" {', '.join(parts)}"


def _counted(number: int, noun: str, after: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}{after}"


def names(files: Iterable[ChangedFile]) -> Iterator[str]:
    """The paths alone."""
    return (visible(each.path) for each in files)
