"""The hub's process: `python -m orchestrator.hub`. It is started in its tmux window by `hub.boot`.

With `--headless` it has no windows and needs no tmux; it is a client's child then, and ends when its
standard input does, so that it never outlives that client.
"""

import asyncio
import fcntl
import logging
import os
import signal
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from orchestrator import config
from orchestrator.hub.hub import run
from orchestrator.hub.server.listen import PortTakenError
from orchestrator.paths import Home
from orchestrator.store.schema import JournalError

REFUSED = 3
"""Exit code of a hub that would only fail again: the window does not start it anew."""
TAKEN = 4
"""Exit code of a hub without windows where another one serves the state directory; that of a window ends
with 0, and its window goes."""


def main() -> int:
    home = Home.from_environment()
    headless = "--headless" in sys.argv[1:]
    home.make()
    os.umask(0o077)
    lock = _lock(home)
    if lock is None:
        return TAKEN if headless else 0
    _log_to(home.log)
    home.last_words.unlink(missing_ok=True)
    try:
        settings = config.load()
        asyncio.run(_until_signal(home, settings, headless=headless))
    except (config.ConfigError, PortTakenError, JournalError) as error:
        home.last_words.write_text(f"{error}\n")
        logging.error("the hub can't run: %s", error)
        return REFUSED
    except Exception:
        logging.exception("the hub has died")
        raise
    return 0


async def _until_signal(home: Home, settings: config.Config, *, headless: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    if headless:
        await _until_orphaned(stop)
    await run(home, settings, stop, headless=headless)


async def _until_orphaned(stop: asyncio.Event) -> None:
    """Sets `stop` when whoever holds the other end of standard input is gone."""

    class Watch(asyncio.Protocol):
        def connection_lost(self, _: Exception | None) -> None:
            stop.set()

    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(Watch, sys.stdin)


def _lock(home: Home) -> TextIO | None:
    """Held until the process ends, however it ends, and says whose it is. Without it nothing in the state
    directory is changed."""
    file = home.lock.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def _log_to(file: Path) -> None:
    handler = RotatingFileHandler(file, maxBytes=2_000_000, backupCount=2)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    logging.basicConfig(
        level=logging.INFO,
        handlers=[handler],
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
    )


if __name__ == "__main__":
    sys.exit(main())
