"""The records in a process's folder: small JSON files, each written atomically.

`began` is the runner's and is there once, `command` the command's, `ended` its result.
"""

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

BEGAN, COMMAND, ENDED = "began", "command", "ended"


def read(folder: Path, name: str) -> dict[str, Any] | None:
    """The content of one; `None` if it does not exist, nothing if it is broken."""
    try:
        said = json.loads((folder / name).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def write(folder: Path, name: str, said: Mapping[str, Any]) -> None:
    """Writes one durably: it survives a power failure."""
    _written(folder, name, said).replace(folder / name)
    _settle(folder)


def take(folder: Path, name: str, said: Mapping[str, Any]) -> bool:
    """Writes one unless it exists. Of several writers, one gets `True`."""
    new = _written(folder, name, said)
    try:
        os.link(new, folder / name)
    except FileExistsError:
        return False
    finally:
        new.unlink()
    _settle(folder)
    return True


def _written(folder: Path, name: str, said: Mapping[str, Any]) -> Path:
    new = folder / f"{name}.{os.getpid()}"
    with contextlib.suppress(FileNotFoundError):
        new.unlink()
    file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, json.dumps(said).encode())
        os.fsync(file)
    finally:
        os.close(file)
    return new


def _settle(folder: Path) -> None:
    """Syncs the folder."""
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
