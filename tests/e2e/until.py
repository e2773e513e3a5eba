"""Waiting for what another process does."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(seen: Callable[[], T], what: str, seconds: float = 40.0, told: Callable[[], str] = str) -> T:
    """The first true value that `seen` returns. Fails the test after so many seconds, naming `what`
    was waited for and what `told` says then."""
    deadline = time.monotonic() + seconds
    while not (value := seen()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s for {what}\n{told()}")
        time.sleep(0.03)
    return value
