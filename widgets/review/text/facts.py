"""What is said of a file below its head: what its text does not show, and why there is none. Pure."""

from collections.abc import Iterator

from orchestrator.core.diff.files import NO_MODE, ChangedFile
from orchestrator.core.diff.patch import FilePatch
from widgets.kit.format import Span, count

_MODES = {
    "100644": "a regular file",
    "100755": "executable",
    "120000": "a symbolic link",
    "160000": "a submodule",
}


def facts(file: ChangedFile, patch: FilePatch | None, *, cut: bool = False) -> tuple[Span, ...]:
    """One sentence each, with its role. `cut`: not all of its text was read."""
    return tuple(_facts(file, patch, cut))


def _facts(file: ChangedFile, patch: FilePatch | None, cut: bool) -> Iterator[Span]:
    if file.status in ("renamed", "copied") and file.old_path:
        alike = f", {patch.similarity}% the same" if patch and patch.similarity is not None else ""
        yield f"{file.status} from {file.old_path}{alike}", "busy"
    if file.mode_changed:
        yield f"{_mode(file.old_mode)} → {_mode(file.new_mode)}", "trouble"
    elif NO_MODE in (file.old_mode, file.new_mode):
        mode = file.new_mode if file.old_mode == NO_MODE else file.old_mode
        if mode not in ("100644", NO_MODE):
            yield _mode(mode), "muted"
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
    if patch is not None and crlf(patch):
        yield "lines end in CR LF", "muted"
    if cut:
        yield "too long to be shown whole: the rest is in the worktree", "trouble"


def crlf(patch: FilePatch) -> bool:
    """Whether all lines that are shown end in CR LF, so that their CR is not worth a mark."""
    lines = [line for hunk in patch.hunks for line in hunk.lines if line.kind != "\\"]
    return bool(lines) and all(line.text.endswith("\r") for line in lines)


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
