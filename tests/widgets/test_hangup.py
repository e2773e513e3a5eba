"""A board whose terminal has gone does not stay behind."""

import os
import pty

from widgets.hangup import hung_up


def test_a_terminal_that_has_vanished_is_noticed_and_one_that_is_there_is_not() -> None:
    master, slave = pty.openpty()
    try:
        assert not hung_up(slave)
        os.close(master)
        assert hung_up(slave)
    finally:
        os.close(slave)


def test_what_is_no_terminal_has_not_hung_up() -> None:
    read, write = os.pipe()
    try:
        assert not hung_up(read)
    finally:
        os.close(read)
        os.close(write)
