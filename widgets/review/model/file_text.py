"""The text of a changed file as it was read, and the contents that it belongs to. Pure."""

from dataclasses import dataclass
from functools import cached_property

from orchestrator.core.diff.files import ChangedFile
from orchestrator.core.diff.patch import FilePatch

_LINE = 250
"""Bytes that a line takes besides its characters."""

Version = tuple[str, str, str]
"""A file's path and the contents before and after: what a text belongs to."""


def version(file: ChangedFile) -> Version:
    return file.path, file.old_id, file.new_id


@dataclass(frozen=True)
class FileText:
    """`cut`: not all of it was read."""

    patch: FilePatch
    cut: bool = False

    @cached_property
    def weight(self) -> int:
        """About how many bytes of memory it takes."""
        body = self.patch.body
        return len(body) + _LINE * body.count("\n")

    @cached_property
    def crlf(self) -> bool:
        """Whether all lines end in CR LF, so that their CR is not worth a mark."""
        ends = (
            line.text.endswith("\r") for hunk in self.patch.hunks for line in hunk.lines if line.kind != "\\"
        )
        return next(ends, False) and all(ends)
