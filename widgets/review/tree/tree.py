"""The changed files as a tree: folders with one folder in them are one row. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from orchestrator.core.diff.files import ChangedFile


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A folder, or the file of that number. `path` is unique in the tree; a folder's ends in a slash."""

    path: str
    label: str
    depth: int
    file: int | None = None
    files: int = 0
    """Of a folder: how many files are in it."""
    folded: bool = False


@dataclass
class _Folder:
    folders: dict[str, "_Folder"] = field(default_factory=dict)
    items: list["tuple[str, _Folder | int]"] = field(default_factory=list)
    """Folders and files in the order of their paths."""
    files: int = 0

    def folder(self, name: str) -> "_Folder":
        if name not in self.folders:
            self.folders[name] = _Folder()
            self.items.append((name, self.folders[name]))
        return self.folders[name]


def rows(files: Sequence[ChangedFile], folded: Collection[str] = ()) -> list[TreeRow]:
    """The rows from the top. The files stand in the order in which they are given."""
    root = _Folder()
    for number, file in enumerate(files):
        *parents, name = file.path.split("/")
        at = root
        at.files += 1
        for parent in parents:
            at = at.folder(parent)
            at.files += 1
        at.items.append((name, number))
    return list(_rows(root, "", 0, folded))


def _rows(folder: _Folder, path: str, depth: int, folded: Collection[str]) -> Iterator[TreeRow]:
    for name, item in folder.items:
        if isinstance(item, int):
            yield TreeRow(f"{path}{name}", name, depth, file=item)
            continue
        label, inner = f"{name}/", item
        while len(inner.items) == 1 and isinstance(inner.items[0][1], _Folder):
            label += f"{inner.items[0][0]}/"
            inner = inner.items[0][1]
        shut = f"{path}{label}" in folded
        yield TreeRow(f"{path}{label}", label, depth, files=inner.files, folded=shut)
        if not shut:
            yield from _rows(inner, f"{path}{label}", depth + 1, folded)


def row_of(found: Sequence[TreeRow], path: str) -> int:
    """The row of a file, or of the folder that is folded over it; 0 where there is neither."""
    best = 0
    for number, row in enumerate(found):
        if row.path == path:
            return number
        if row.folded and path.startswith(row.path):
            best = number
    return best
