"""Passing the terminal to another program until it ends."""

import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from widgets.hub_app import HubApp


def pass_terminal(
    app: HubApp,
    argv: Sequence[str],
    *,
    folder: str | None = None,
    env: Mapping[str, str] | None = None,
    keep_errors: bool = False,
) -> "subprocess.CompletedProcess[str]":
    """Runs the program on this terminal. With `keep_errors` its standard error is kept, not shown.

    The keys that interrupt or suspend it are its own. Raises `OSError` where it cannot be started, and
    `SuspendNotSupported`. The screen is back then, too: Textual brings it back only at the regular end of
    the block.
    """
    failed: OSError | None = None
    done = subprocess.CompletedProcess[str](argv, 0)
    with app.suspend(), _keys_are_its_own():
        try:
            done = subprocess.run(
                argv,
                cwd=folder,
                env=env,
                stderr=subprocess.PIPE if keep_errors else None,
                text=True,
                errors="replace",
                check=False,
            )
        except OSError as error:
            failed = error
    if failed is not None:
        raise failed
    return done


@contextmanager
def _keys_are_its_own() -> Iterator[None]:
    """The terminal sends their signals to this process, too. A handler is reset in the program that is
    started; what is ignored would be ignored there."""
    before = {each: signal.signal(each, lambda *_: None) for each in (signal.SIGINT, signal.SIGQUIT)}
    before[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
