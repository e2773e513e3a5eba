"""What is said of a file below its head: what its text does not show, and why there is none. Pure."""

from collections.abc import Iterator

from orchestrator.core.diff.files import NO_MODE, SYMLINK, ChangedFile
from orchestrator.core.diff.patch import FilePatch
from orchestrator.core.diff.paths import visible
from orchestrator.core.overlaps.text import said_of_files
from orchestrator.core.review.comments import Review
from orchestrator.core.text.clean import shown_line
from widgets.kit.format import Span, count
from widgets.review.model.file_text import FileText

_MODES = {
    "100644": "a regular file",
    "100755": "executable",
    "120000": "a symbolic link",
    "160000": "a submodule",
}


def facts(file: ChangedFile, text: FileText | None) -> tuple[Span, ...]:
    """One sentence each, with its role; `text` as far as it has been read."""
    return tuple(_facts(file, text))


def overlap_facts(review: Review) -> dict[str, Span]:
    """By path, which other cards change the file, and whether that conflicts."""
    said = said_of_files(review.overlaps, review.card)
    return {path: (text, weight or "muted") for path, (text, weight) in said.items()}


def _facts(file: ChangedFile, text: FileText | None) -> Iterator[Span]:
    patch = text.patch if text else None
    if file.status in ("renamed", "copied") and file.old_path:
        alike = f", {patch.similarity}% the same" if patch and patch.similarity is not None else ""
        yield f"{file.status} from {visible(file.old_path)}{alike}", "busy"
    if file.mode_changed:
        yield f"{_mode(file.old_mode)} → {_mode(file.new_mode)}", "trouble"
    elif NO_MODE in (file.old_mode, file.new_mode):
        mode = file.new_mode if file.old_mode == NO_MODE else file.old_mode
        if mode not in ("100644", NO_MODE):
            yield _mode(mode), "muted"
    if file.new_mode == SYMLINK and patch is not None and (target := _target(patch)):
        yield f"symlink → {shown_line(target, 200)}", "muted"
    if file.untracked:
        yield "untracked: not added to git yet", "muted"
    if file.too_large:
        yield f"not read: {_sizes(file)} is above the limit", "trouble"
    elif file.submodule:
        yield "a submodule: only its commit is compared", "muted"
    elif file.binary or (patch is not None and patch.binary):
        yield f"binary, {_sizes(file)}", "muted"
    elif patch is not None and not patch.hunks:
        yield _without_lines(file), "muted"
    if text is not None and text.crlf:
        yield "lines end in CR LF", "muted"
    if text is not None and text.cut:
        yield "too long to be shown whole: the rest is in the worktree", "trouble"


def _target(patch: FilePatch) -> str:
    """Where a link leads now; empty where the patch does not show it."""
    return next((line.text for hunk in patch.hunks for line in hunk.lines if line.kind in "+ "), "")


def size(number: int) -> str:
    """Bytes, in words."""
    if number < 1000:
        return count(number, "byte")
    for unit in ("kB", "MB", "GB"):
        number_of = number / 1000
        if number_of < 1000 or unit == "GB":
            return f"{number_of:.1f} {unit}" if number_of < 10 else f"{number_of:.0f} {unit}"
        number //= 1000
    raise AssertionError


def _mode(mode: str) -> str:
    return _MODES.get(mode, f"mode {mode}")


def _without_lines(file: ChangedFile) -> str:
    if not file.old_id and not file.new_id:
        return "no longer differs from the base"
    return "empty" if file.status in ("added", "deleted") else "no line has changed"


def _sizes(file: ChangedFile) -> str:
    sizes = [size(each) for each in (file.old_size, file.new_size) if each is not None]
    return " → ".join(sizes) or "size unknown"
