"""Reads a file that someone else may have put there: only a regular one of limited size."""

import os
import stat
from pathlib import Path

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class UnfitFile(OSError):
    """It exists and cannot be used; `strerror` says why, worded to follow the file's name."""

    def __init__(self, why: str) -> None:
        super().__init__(0, why)


class TooLarge(UnfitFile):
    def __init__(self, most: int) -> None:
        super().__init__(f"is too large: at most {most // 1000:,} kB are read")


def read(path: Path, most: int, *, inside: Path | None = None) -> bytes:
    """The file's bytes, at most `most`.

    A symlink is followed; with `inside` only within that folder. Only a regular file is read, and none is
    waited for. Raises `UnfitFile`, or another `OSError` such as `FileNotFoundError`.
    """
    try:
        if inside is not None and not path.resolve().is_relative_to(inside.resolve()):
            raise UnfitFile(f"is a symlink that leads out of {inside}")
        _check(path.stat(), most)  # opening some devices has side effects
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except (ValueError, RuntimeError) as error:  # a NUL in the path, or a symlink loop
        raise UnfitFile(f"is not a valid path: {error}") from error
    with os.fdopen(descriptor, "rb") as file:
        _check(os.fstat(descriptor), most)
        data = file.read(most + 1)
    if data is None:
        raise UnfitFile("has nothing to read, and would block")
    if len(data) > most:
        raise TooLarge(most)
    return data


def _check(seen: os.stat_result, most: int) -> None:
    if not stat.S_ISREG(seen.st_mode):
        kind = next((name for fits, name in _KINDS if fits(seen.st_mode)), "something else")
        raise UnfitFile(f"is {kind}, not a regular file")
    if seen.st_size > most:
        raise TooLarge(most)
