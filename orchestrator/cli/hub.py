"""`orch hub …`: the process that watches the sessions."""

import json
import os
import time
from collections import deque
from contextlib import suppress
from dataclasses import asdict
from io import SEEK_END
from pathlib import Path
from typing import TextIO

import click

from orchestrator.cli.connection import hub as started_hub
from orchestrator.cli.connection import running_hub
from orchestrator.cli.group import LazyGroup, verb
from orchestrator.cli.options import json_option
from orchestrator.cli.text import age, plain
from orchestrator.client import Client, Failed, HubAway
from orchestrator.core.model import HubView
from orchestrator.paths import Home

_HERE = "orchestrator.cli.hub"
_AWAY_WITHIN = 10.0

hub = LazyGroup(
    name="hub",
    help="The process that watches the sessions. It may be stopped at any time: they go on.",
    prefix="hub.",
    verbs={name: f"{_HERE}:{name}" for name in ("status", "start", "stop", "restart", "logs")},
)


@verb("hub.status")
@json_option("it")
def status(as_json: bool) -> None:
    _print(running_hub().hub(), as_json)


@verb("hub.start")
@json_option("the hub's status")
def start(as_json: bool) -> None:
    _print(started_hub().hub(), as_json)


@verb("hub.stop")
def stop() -> None:
    _stop(running_hub())
    click.echo("The hub has ended. The sessions go on.")


@verb("hub.restart")
@json_option("the new hub's status")
def restart(as_json: bool) -> None:
    with suppress(HubAway):
        _stop(running_hub())
    _print(started_hub().hub(), as_json)


@verb("hub.logs")
@click.option(
    "-n", "--lines", type=click.IntRange(min=0), default=50, show_default=True, help="How many lines."
)
@click.option("-f", "--follow", is_flag=True, help="Go on with what is written from now on.")
def logs(lines: int, follow: bool) -> None:
    path = Home.from_environment().log
    try:
        file = path.open(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise HubAway("there is no log", f"no hub has run with {path.parent}") from None
    with file:
        for line in deque(file, maxlen=lines):
            click.echo(_visible(line))
        while follow:
            _follow(file, path)


def _follow(file: TextIO, path: Path) -> None:
    if line := file.readline():
        click.echo(_visible(line))
        return
    time.sleep(0.2)
    if path.stat().st_size < file.tell():  # begun anew
        file.seek(0, SEEK_END)


def _visible(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))] + plain(line)


def _stop(client: Client) -> None:
    """Ends the hub and returns when its process has gone."""
    pid = client.hub().pid
    client.stop_hub()
    deadline = time.monotonic() + _AWAY_WITHIN
    while _is_there(pid):
        if time.monotonic() > deadline:
            raise Failed(
                "the hub was told to end and still runs", f"its process is {pid}", "See: orch hub logs"
            )
        time.sleep(0.03)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie holds neither socket nor lock.
    with suppress(OSError):
        return b"\nState:\tZ" not in Path(f"/proc/{pid}/status").read_bytes()
    return True


def _print(found: HubView, as_json: bool) -> None:
    uptime = max(0.0, time.time() - found.started_at)
    if as_json:
        click.echo(json.dumps({**asdict(found), "uptime_s": round(uptime, 3)}, indent=2))
        return
    click.echo(f"hub {found.version}, process {found.pid}, port {found.port}, up for {age(uptime)}")
    queued = f", {found.queued} queued ({plain(found.queue_reason)})" if found.queued else ""
    click.echo(f"{found.sessions} of {found.max_sessions} sessions{queued}, {found.waiting} wait for you")
    if found.trouble:
        click.echo(f"trouble: {plain(found.trouble)}")
