"""Whether the terminal still exists. A terminal can disappear without SIGHUP; reading from it then returns at
once, forever, and a board that nobody sees would keep a core busy."""

import errno
import sys
import termios

LOOK_EVERY = 3.0
"""Seconds."""


def hung_up(fd: int | None = None) -> bool:
    """True once the terminal of the standard input is gone; False for anything that is not a terminal."""
    try:
        termios.tcgetattr(sys.__stdin__.fileno() if fd is None and sys.__stdin__ else fd or 0)
    except termios.error as error:
        return bool(error.args) and error.args[0] == errno.EIO
    except (OSError, ValueError):
        return False
    return False
