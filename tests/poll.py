"""Waiting for what other threads and processes do: no test sleeps for a time that it guesses."""

import os
import time
from collections.abc import Callable
from typing import Literal, TypeVar

T = TypeVar("T")

PATIENCE = float(os.environ.get("ORCH_TEST_PATIENCE", "60"))
"""Seconds that anything may take on a busy machine before a test gives up."""


def poll(
    ask: Callable[[], T | Literal[False] | None],
    what: str = "this",
    *,
    told: Callable[[], str] = str,
    within: float = PATIENCE,
) -> T:
    """The first true answer. Fails when none comes in time, with what was waited for, the last answer
    and what `told` says then.

    The longer it takes, the less often it asks: what is waited for needs the processor more.
    """
    deadline = time.monotonic() + within
    pause = 0.02
    while True:
        asked = time.monotonic()
        if answer := ask():
            return answer
        now = time.monotonic()
        assert now < deadline, f"timed out waiting for {what}; last: {answer!r}\n{told()}"
        time.sleep(max(pause, 2 * (now - asked)))
        pause = min(1.3 * pause, 0.25)
