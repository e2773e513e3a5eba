"""`orch hub …`: the process that watches the sessions."""

import json
import os
import time
from collections import deque
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

import click

from orchestrator import process
from orchestrator.cli.connection import hub as started_hub
from orchestrator.cli.connection import running_hub
from orchestrator.cli.group import LazyGroup, verb
from orchestrator.cli.options import json_option
from orchestrator.cli.text import age, plain
from orchestrator.cli.verb_table import GROUPS
from orchestrator.client import Client, Failed, HubAway, OrchError, OtherVersion
from orchestrator.core.board.views import HubView
from orchestrator.core.forge.away import away_words
from orchestrator.core.requests.hub import ShowHub, StopHub
from orchestrator.paths import Home

_HERE = "orchestrator.cli.machine.hub"
_AWAY_WITHIN = 10.0
_LOOKS_EVERY = 0.2

hub = LazyGroup(
    name="hub",
    help=GROUPS["hub"],
    prefix="hub.",
    verbs={name: f"{_HERE}:{name}" for name in ("status", "start", "stop", "restart", "logs")},
)


@verb("hub.status")
@json_option("Print it as JSON.")
def status(as_json: bool) -> None:
    _print(running_hub().submit(ShowHub()), as_json)


@verb("hub.start")
@json_option("Print the hub's status as JSON.")
def start(as_json: bool) -> None:
    _print(started_hub().submit(ShowHub()), as_json)


@verb("hub.stop")
def stop() -> None:
    home = Home.from_environment()
    with suppress(FileNotFoundError):  # no hub has run with it
        home.stopped.touch()
    try:
        _stop(home)
    except OrchError:
        home.stopped.unlink(missing_ok=True)
        raise
    click.echo("The hub has stopped. Sessions keep running; boards stay disconnected until it is started.")


@verb("hub.restart")
@json_option("Print the new hub's status as JSON.")
def restart(as_json: bool) -> None:
    with suppress(HubAway):
        _stop(Home.from_environment())
    _print(started_hub().submit(ShowHub()), as_json)


@verb("hub.logs")
@click.option(
    "-n", "--lines", type=click.IntRange(min=0), default=50, show_default=True, help="Number of lines."
)
@click.option("-f", "--follow", is_flag=True, help="Follow the log.")
def logs(lines: int, follow: bool) -> None:
    path = Home.from_environment().log
    try:
        file = path.open(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise HubAway("no log", f"no hub has run with {path.parent}") from None
    for line in deque(file, maxlen=lines):
        click.echo(_visible(line))
    with closing(_Tail(path, file)) as tail:
        while follow:
            click.echo(_visible(tail.next_line()))


class _Tail:
    """The lines written to a file from now on, also after it was rotated."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self._path, self._file = path, file

    def next_line(self) -> str:
        """Blocks until there is a complete line."""
        line = ""
        while not line.endswith("\n"):
            if more := self._file.readline():
                line += more
                continue
            time.sleep(_LOOKS_EVERY)
            with suppress(FileNotFoundError):
                if self._path.stat().st_ino != os.fstat(self._file.fileno()).st_ino:
                    self._file.close()
                    self._file = self._path.open(encoding="utf-8", errors="replace")
        return line

    def close(self) -> None:
        self._file.close()


def _visible(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))] + plain(line)


def _stop(home: Home) -> None:
    """Ends the hub and returns once its process is gone."""
    client = Client(home)
    try:
        pid = client.submit(ShowHub()).pid
        client.submit(StopHub())
    except OtherVersion:
        pid = home.holder()
        client.stop_older_hub()
    deadline = time.monotonic() + _AWAY_WITHIN
    while process.runs(pid):
        if time.monotonic() > deadline:
            raise Failed(
                "the hub was told to stop and is still running", f"its process is {pid}", "See: orch hub logs"
            )
        time.sleep(0.03)


def _print(found: HubView, as_json: bool) -> None:
    uptime = max(0.0, time.time() - found.started_at)
    if as_json:
        click.echo(json.dumps({**asdict(found), "uptime_s": round(uptime, 3)}, indent=2))
        return
    click.echo(f"hub {found.version}, process {found.pid}, port {found.port}, up for {age(uptime)}")
    queued = f", {found.queued} waiting to start ({plain(found.queue_reason)})" if found.queued else ""
    click.echo(
        f"{found.sessions} of {found.max_sessions} sessions{queued}, {found.waiting} "
        f"need{'s' if found.waiting == 1 else ''} you"
    )
    for away in found.forges_away:
        click.echo(plain(away_words(away, time.time())))
    if found.trouble:
        click.echo(f"trouble: {plain(found.trouble)}")
