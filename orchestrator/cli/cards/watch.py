"""`orch watch`: changes on the board, as they happen."""

import json
import time
from dataclasses import asdict

import click

from orchestrator.cli.cards.watch_lines import Change, Watcher, in_words
from orchestrator.cli.connection import hub
from orchestrator.cli.group import verb
from orchestrator.cli.options import json_option
from orchestrator.client import HubAway

_TRIES_EVERY = 0.5
"""Seconds between two attempts to reach an absent hub."""


@verb("watch")
@json_option("Print each change as a JSON line.")
def watch(as_json: bool) -> None:
    client, watcher, away = hub(), Watcher(), False
    while True:
        try:
            for update in client.watch():
                if away:
                    away = False
                    _print(Change(time.time(), "hub_back"), as_json)
                for change in watcher.changes(update, time.time()):
                    _print(change, as_json)
        except HubAway:
            if not away:
                away = True
                _print(Change(time.time(), "hub_away"), as_json)
            time.sleep(_TRIES_EVERY)


def _print(change: Change, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(change)))
    else:
        click.echo(f"{time.strftime('%H:%M:%S', time.localtime(change.at))}  {in_words(change)}")
