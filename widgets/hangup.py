"""Whether the terminal is still there. A terminal can vanish without SIGHUP; reading from it then ends at
once, for ever, and a board that nobody sees would keep a core busy."""

import errno
import sys
import termios

LOOK_EVERY = 3.0
"""Seconds."""


def hung_up(fd: int | None = None) -> bool:
    """True once the terminal behind the standard input has gone; False for what is no terminal."""
    try:
        termios.tcgetattr(sys.__stdin__.fileno() if fd is None and sys.__stdin__ else fd or 0)
    except termios.error as error:
        return bool(error.args) and error.args[0] == errno.EIO
    except (OSError, ValueError):
        return False
    return False
