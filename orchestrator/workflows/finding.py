"""Finds workflow files: at any path, by name in the repository's `.orch/workflows`, or as the `kandev.yml` in
its root."""

import re
from pathlib import Path

from orchestrator import regular_file
from orchestrator.core.text.clean import one_line
from orchestrator.repository import root_above
from orchestrator.workflows.problems import Problem, WorkflowError, WorkflowMissing, nearest
from orchestrator.workflows.reading import LARGEST

FOLDER = Path(".orch") / "workflows"
"""Below a repository's root."""
ROOT_FILES = ("kandev.yml", "kandev.yaml")
"""In a repository's root."""
_SUFFIXES = (".yml", ".yaml")


def root(folder: Path) -> Path:
    """The repository that contains a folder: the nearest with a `.git`; else the folder itself."""
    folder = folder.resolve()
    return root_above(folder) or folder


def files(folder: Path) -> tuple[Path, ...]:
    """The workflow files of the repository that contains the folder: that of its root, then by name."""
    top = root(folder)
    try:
        found = list((top / FOLDER).iterdir())
    except OSError:
        found = []
    beside = sorted(each for each in found if each.suffix in _SUFFIXES and _is_file(each))
    return (*(top / name for name in ROOT_FILES if _is_file(top / name)), *beside)


def find(ref: str, folder: Path) -> Path:
    """The file for a path, relative to the folder, or for a name in `.orch/workflows` of the repository that
    contains the folder. Raises `WorkflowMissing`."""
    known = files(folder)
    named = [each for each in known if ref in (each.stem, each.name)]
    is_path = "/" in ref or ref.endswith(_SUFFIXES)
    if len(named) == 1 and not (is_path and _is_file(folder / ref)):
        return named[0]
    if ref and _is_file(folder / ref):
        return folder / ref
    shown = one_line(ref, 80)
    if len(named) > 1:
        names = " and ".join(str(each.relative_to(root(folder))) for each in named)
        raise WorkflowMissing(f'"{shown}" is ambiguous', names, "Use its path")
    if is_path:
        if _exists(folder / ref):
            kind = "a folder" if (folder / ref).is_dir() else "not a regular file"
            raise WorkflowMissing(f'"{shown}" is {kind}', "a workflow is a YAML file", "Name the file itself")
        near = nearest(ref, [*(each.name for each in known), *_beside(folder / ref, ref)])
        why = "no such file"
    else:
        near = nearest(ref, [each.stem for each in known])
        why = f"no file with that name in {root(folder) / FOLDER}"
    names = ", ".join(each.stem for each in known[:8])
    hint = f"Did you mean {near}?" if near else f"Available: {names}" if names else ""
    raise WorkflowMissing(f'no workflow named "{shown}"', why, hint or "`orch workflow init` creates one")


def fits_a_file(name: str) -> bool:
    """Whether a workflow's file may have this name, without its suffix."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}", name) is not None


def read(path: Path) -> str:
    """The text of a workflow file. Raises `WorkflowMissing` if it cannot be read, `WorkflowError` if it is
    too large or not text."""
    inside = root(path.parent) if _named_by_the_repository(path) else None
    try:
        data = regular_file.read(path, LARGEST, inside=inside)
    except regular_file.TooLarge:
        problem = Problem(1, 1, "the file is too large", "a workflow has at most 1 MB")
        raise WorkflowError([problem], str(path)) from None
    except regular_file.UnfitFile as error:
        raise WorkflowMissing(
            f"{one_line(str(path))} {error.strerror}", "a workflow is a YAML file"
        ) from error
    except OSError as error:
        raise WorkflowMissing(f"cannot read {one_line(str(path))}", error.strerror or str(error)) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise WorkflowError([Problem(line, column, "the file is not UTF-8")], str(path)) from None


def _named_by_the_repository(path: Path) -> bool:
    return path.parent.parts[-2:] == FOLDER.parts or path.name in ROOT_FILES


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _beside(path: Path, ref: str) -> list[str]:
    """The workflow-like files in the folder of a missing path, written as the path was."""
    try:
        found = [each.name for each in path.parent.iterdir() if each.suffix in _SUFFIXES and each.is_file()]
    except (OSError, ValueError):
        return []
    before = ref[: len(ref) - len(path.name)] if ref.endswith(path.name) else ""
    return [f"{before}{each}" for each in found]
