"""A run in progress: its views from the hub's stream, and a line for each change."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict

import click

from orchestrator.cli.ci import github
from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.runs.run_lines import ENDED, RunLine, RunWatcher, aligned
from orchestrator.cli.text import cells, plain
from orchestrator.client import Board, Client, HubAway, Missing, NeedsChanged, RunChanged, RunGone
from orchestrator.core.board.views import Need
from orchestrator.core.workflow.views import RunView

_TRIES_EVERY = 0.5
"""Seconds between two attempts to reach an absent hub."""


def views(
    client: Client, run: str, asked: Callable[[tuple[Need, ...]], None] | None = None
) -> Iterator[RunView]:
    """The run as it is now, then after each change; blocks in between. `asked` is called with the needs, at
    first and after each change.

    Raises `HubAway` as `Client.watch` does, and `Missing` if the run no longer exists.
    """
    for update in client.watch():
        match update:
            case Board(runs=runs, needs=needs):
                if asked:
                    asked(needs)
                found = next((each for each in runs if each.id == run), None)
                if found is None:
                    raise Missing(f"no run named {run}", hint="See: orch run list --all")
                yield found
            case RunChanged(run=found) if found.id == run:
                yield found
            case NeedsChanged(needs=needs) if asked:
                asked(needs)
            case RunGone(id=gone) if gone == run:
                raise Missing(f"{run} has been removed by retention", "it ended long ago")


def exit_code_of(run: RunView) -> ExitCode:
    """The exit code for a run that has ended, or waits at a gate."""
    match run.state:
        case "done":
            return ExitCode.DONE
        case "denied":
            return ExitCode.REFUSED
        case "gate-blocked":
            return ExitCode.WAITING
        case _:
            return ExitCode.FAILED


class RunOutput:
    """Prints the changes of one run: as aligned text, or as lines of JSON."""

    def __init__(self, run: RunView, as_json: bool) -> None:
        self._as_json = as_json
        self._on_github = github.runs_here()
        self._width = max(cells(name) for name in (run.id, *(plain(each.name) for each in run.stages)))

    def line(self, line: RunLine) -> None:
        """Prints it at once; the time is local in text, and seconds since the epoch in JSON."""
        if self._as_json:
            self._print(json.dumps(asdict(line)))
        else:
            at = time.strftime("%H:%M:%S", time.localtime(line.at))
            self._print(f"{at}  {aligned(line, self._width)}")

    def section(self, title: str, lines: list[str]) -> None:
        """Further text, not with JSON; folded on GitHub."""
        if self._as_json:
            return
        if self._on_github:
            lines = [github.group(title), *map(github.harmless, lines), github.END_OF_GROUP]
            click.echo("\n".join(lines))
        else:
            click.echo("\n".join([f"{title}:", *lines]))
        sys.stdout.flush()

    def annotate(self, kind: str, title: str, said: str) -> None:
        """An `error`, `warning` or `notice` on GitHub's page of the job; elsewhere nothing. It goes to
        standard error if standard output is for a program."""
        if self._on_github:
            click.echo(github.annotation(kind, title, said), err=self._as_json)

    def _print(self, text: str) -> None:
        click.echo(github.harmless(text, as_json=self._as_json) if self._on_github else text)
        sys.stdout.flush()


def follow(client: Client, run: RunView, as_json: bool, *, shown: bool = False) -> RunView:
    """Prints a line for each change until the run has ended, also after the hub was away; returns its end.
    The first lines are its present state, unless that has been `shown`."""
    watcher, teller, away = RunWatcher(), RunOutput(run, as_json), False
    if shown:
        watcher.take(run)
    newest = run

    def tell() -> bool:
        for line in watcher.changes(newest, time.time()):
            teller.line(line)
        return newest.state in ENDED

    if tell():
        return newest
    while True:
        try:
            for newest in views(client, run.id):
                away = False
                if tell():
                    return newest
        except HubAway:
            if not away:
                away = True
                click.echo("orch: the hub is unreachable; the run continues when it is back", err=True)
            time.sleep(_TRIES_EVERY)
