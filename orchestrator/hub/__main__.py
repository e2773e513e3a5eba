"""The hub's process: `python -m orchestrator.hub`. `hub.boot` starts it in its tmux window.

With `--headless` it has no windows and needs no tmux; it is then a child of a client, and ends when its
standard input does, so that it never outlives that client.
"""

import asyncio
import json
import logging
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from orchestrator import config
from orchestrator.core.trust.secrets import passwords_in
from orchestrator.hub.doors.listen import PortTakenError
from orchestrator.hub.guard.connections import raise_file_limit
from orchestrator.hub.guard.lock import Lock, LockLostError, take
from orchestrator.hub.guard.log import keep_out, log_to
from orchestrator.hub.hub import run
from orchestrator.paths import Home
from orchestrator.store.schema import JournalError

REFUSED = 3
"""Exit code of a hub that would only fail again: the window does not restart it."""
TAKEN = 4
"""Exit code of a hub without windows if another one serves the state directory; one in a window ends with 0,
and its window closes."""


def main() -> int:
    """Serves until it is told to end. Returns the exit code: 0, `REFUSED` or `TAKEN`."""
    home = Home.from_environment()
    headless = "--headless" in sys.argv[1:]
    try:
        home.make()
    except OSError as error:
        print(error, file=sys.stderr)  # noqa: T201 (there is no log yet)
        return REFUSED
    os.umask(0o077)
    raise_file_limit()
    lock = take(home)
    if lock is None:
        return TAKEN if headless else 0
    log_to(home.log)
    home.last_words.unlink(missing_ok=True)
    try:
        config.take_environment(_given_settings())
        settings = config.load()
        keep_out(passwords_in(settings.mail.store))
        asyncio.run(_until_signal(home, settings, lock, headless=headless))
    except (config.ConfigError, PortTakenError, JournalError, LockLostError, _NoSettings) as error:
        with suppress(OSError):
            home.last_words.write_text(f"{error}\n")
        logging.error("the hub cannot run: %s", error)
        return REFUSED
    except Exception:
        logging.exception("the hub has crashed")
        raise
    return 0


def _given_settings() -> dict[str, str] | None:
    """The settings in the file after `--settings`, which `hub.boot` wrote; `None` if there is none."""
    if "--settings" not in sys.argv:
        return None
    file = Path(sys.argv[sys.argv.index("--settings") + 1])
    try:
        return {str(name): str(value) for name, value in json.loads(file.read_bytes()).items()}
    except (OSError, ValueError, AttributeError) as error:
        raise _NoSettings(
            f"cannot read the hub's settings from {file}: {error}. Start it again: orch hub start"
        ) from error


class _NoSettings(Exception):
    """The file with the settings of the environment was removed or is broken."""


async def _until_signal(home: Home, settings: config.Config, lock: Lock, *, headless: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    if headless:
        await _until_orphaned(stop)
    await run(home, settings, stop, lock, headless=headless)


async def _until_orphaned(stop: asyncio.Event) -> None:
    """Sets `stop` when the other end of standard input is closed."""

    class Watch(asyncio.Protocol):
        def connection_lost(self, _: Exception | None) -> None:
            stop.set()

    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(Watch, sys.stdin)


if __name__ == "__main__":
    sys.exit(main())
