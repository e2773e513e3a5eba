"""The lines of a patch, as `git diff` prints it.

Hunks are read by the counts in their headers, so that no line of a file is taken for a header.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple

from orchestrator.core.diff.files import NO_MODE, SUBMODULE, SYMLINK, FileStatus
from orchestrator.core.diff.paths import both_sides, unquoted

LineKind = Literal[" ", "+", "-", "\\"]
"""Unchanged, added, removed; and git's remark that the line before has no newline at its end."""

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)", re.DOTALL)
_HEADERS = (
    *("index ", "--- ", "+++ ", "new file mode ", "deleted file mode ", "old mode ", "new mode "),
    *("similarity index ", "dissimilarity index ", "rename from ", "rename to ", "copy from ", "copy to "),
)
_MOVES: tuple[tuple[FileStatus, str, str], ...] = (
    ("renamed", "rename from ", "rename to "),
    ("copied", "copy from ", "copy to "),
)
_START = "diff --git "
_BINARY = ("Binary files ", "GIT binary patch")


class Line(NamedTuple):
    """`text` is without its kind and its newline; a carriage return before that is kept."""

    kind: LineKind
    text: str
    old: int | None
    """Its number in the old file, from 1."""
    new: int | None


@dataclass(frozen=True, slots=True)
class Hunk:
    old_start: int
    old_count: int
    new_start: int
    new_count: int
    heading: str
    """The function or section that git found above it; often empty."""
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class FilePatch:
    """One file. Its hunks are read when they are asked for first: a large patch is mostly not looked at."""

    path: str
    old_path: str | None
    """The name before, of a file that was renamed or copied."""
    status: FileStatus
    binary: bool = False
    old_mode: str = ""
    new_mode: str = ""
    """`NO_MODE` where there is no file, and empty where the patch doesn't tell."""
    similarity: int | None = None
    """In percent, of a file that was renamed or copied."""
    body: str = field(default="", repr=False)
    """What follows the headers."""

    @cached_property
    def hunks(self) -> tuple[Hunk, ...]:
        return () if self.binary else tuple(_hunks(self.body))

    @property
    def submodule(self) -> bool:
        return SUBMODULE in (self.old_mode, self.new_mode)

    @property
    def symlink(self) -> bool:
        return SYMLINK in (self.old_mode, self.new_mode)


def parse(patch: str) -> tuple[FilePatch, ...]:
    """The files of a patch, in its order; of one that was cut short, what there is.

    A file that became a link or a submodule is one entry, though git prints it as two.
    """
    starts = list(_starts(patch))
    found: list[FilePatch] = []
    for start, end in pairwise((*starts, len(patch))):
        file = _file(patch[start:end])
        if found and _one_file(found[-1], file):
            before = found.pop()
            body, binary = before.body + file.body, before.binary or file.binary
            file = replace(file, status="type changed", old_mode=before.old_mode, binary=binary, body=body)
        found.append(file)
    return tuple(found)


def _starts(patch: str) -> Iterator[int]:
    """Where each file begins: every line of a hunk has its kind in front, so that none begins like this."""
    if patch.startswith(_START):
        yield 0
    at = patch.find(f"\n{_START}")
    while at >= 0:
        yield at + 1
        at = patch.find(f"\n{_START}", at + 1)


def _one_file(before: FilePatch, file: FilePatch) -> bool:
    return before.path == file.path and before.status == "deleted" and file.status == "added"


def _file(text: str) -> FilePatch:
    """The file whose part of a patch this is."""
    first, _, body = text.partition("\n")
    said: dict[str, str] = {}
    while body:
        line, _, rest = body.partition("\n")
        header = next((each for each in _HEADERS if line.startswith(each)), None)
        if header is None:
            break
        said[header] = line[len(header) :]
        body = rest
    old, new = map(_without_prefix, both_sides(first.removeprefix("diff --git ")))
    old, new = _side(said.get("--- ")) or old, _side(said.get("+++ ")) or new
    status: FileStatus = "modified"
    _, _, mode = said.get("index ", "").partition(" ")
    old_mode, new_mode = said.get("old mode ", mode), said.get("new mode ", mode)
    if (made := said.get("new file mode ")) is not None:
        status, old_mode, new_mode = "added", NO_MODE, made
    elif (gone := said.get("deleted file mode ")) is not None:
        status, old_mode, new_mode, new = "deleted", gone, NO_MODE, old
    before: str | None = None
    for moved, origin, target in _MOVES:
        if origin in said and target in said:
            status, before, new = moved, unquoted(said[origin]), unquoted(said[target])
    percent = said.get("similarity index ", "").rstrip("%")
    similarity = int(percent) if percent.isdecimal() else None
    binary = body.startswith(_BINARY)
    return FilePatch(new, before, status, binary, old_mode, new_mode, similarity, body)


def _hunks(body: str) -> Iterator[Hunk]:
    lines = body.split("\n")
    if not lines[-1]:
        lines.pop()
    at = 0
    while at < len(lines):
        head = _HUNK.fullmatch(lines[at])
        at += 1
        if head:
            old, new = (int(head[1]), int(head[2] or 1)), (int(head[3]), int(head[4] or 1))
            found = _lines(lines, at, old, new)
            at += len(found)
            yield Hunk(*old, *new, head[5], tuple(found))


def _lines(lines: list[str], at: int, old_side: tuple[int, int], new_side: tuple[int, int]) -> list[Line]:
    """The lines of the hunk that begins at `at`; of both sides its first line and how many there are."""
    old, new = old_side[0], new_side[0]
    old_end, new_end = sum(old_side), sum(new_side)
    found: list[Line] = []
    for number in range(at, len(lines)):
        text = lines[number]
        kind = text[:1]
        if kind == "\\":
            found.append(Line("\\", text[1:], None, None))
        elif old >= old_end and new >= new_end:
            break
        elif kind == "+":
            found.append(Line("+", text[1:], None, new))
            new += 1
        elif kind == "-":
            found.append(Line("-", text[1:], old, None))
            old += 1
        else:  # git leaves out the space of an empty line if it is told to
            found.append(Line(" ", text[1:], old, new))
            old += 1
            new += 1
    return found


def _side(said: str | None) -> str | None:
    """The name in a line `--- a/x`; `None` of `/dev/null`."""
    if said is None or said == "/dev/null":
        return None
    if not said.startswith('"'):
        said = said.removesuffix("\t")  # which git adds to a name with spaces
    return _without_prefix(unquoted(said))


def _without_prefix(name: str) -> str:
    return name[2:] if name[:2] in ("a/", "b/") else name
