"""`orch windows`: sessions of another journal on this tmux server: list, adopt, end."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click

from orchestrator.cli.cards.verbs import report
from orchestrator.cli.connection import hub
from orchestrator.cli.gates.gate import at_a_terminal
from orchestrator.cli.group import VerbGroup, verb
from orchestrator.cli.options import json_option
from orchestrator.cli.text import age, pad, plain, widths
from orchestrator.client import Client
from orchestrator.core.board.views import CardView
from orchestrator.core.board.windows import WindowView
from orchestrator.core.requests.windows import AdoptWindow, EndWindow, ListWindows

_HERE = "orchestrator.cli.cards.windows"

windows = VerbGroup(
    name="windows",
    help="List, adopt and end sessions of another journal.",
    prefix="windows.",
    bare=True,
    itself=f"{_HERE}:list_",
    verbs={"adopt": f"{_HERE}:adopt", "end": f"{_HERE}:end"},
)


@verb("windows")
@json_option("Print a list of windows as JSON.")
def list_(*, as_json: bool) -> None:
    found = hub().submit(ListWindows())
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
    elif found:
        click.echo("\n".join(_table(found, time.time())))
    else:
        click.echo("No windows of another journal.", err=True)


def _table(found: Sequence[WindowView], now: float) -> Iterator[str]:
    rows = [("WINDOW", "PANE", "PROCESS", "JOURNAL", "CARD", "STATE", "AGE", "FOLDER")]
    for each in found:
        card = f"{plain(each.card)} {plain(each.slug)}".strip()
        state = " ".join(filter(None, (each.state, plain(each.program), plain(each.doing))))
        rows.append(
            (each.window, each.pane, str(each.pid), plain(each.journal) or "-", card, state,
             age(now - each.since), plain(each.folder) + (f" (adopted: {each.adopted})" * bool(each.adopted)))
        )  # fmt: skip
    sizes = widths([row[:-1] for row in rows])
    for row in rows:
        cells = [pad(text, size) for text, size in zip(row, sizes, strict=False)]
        yield "  ".join([*cells, row[-1]]).rstrip()


@verb("windows.adopt")
@click.argument("window", metavar="WINDOW")
@click.option(
    "--restart", is_flag=True, help="End its process, and resume its conversation in the card's window."
)
@click.option("--name", default="", metavar="NAME", help="The card's title and short name.")
@click.option("--yes", is_flag=True, help="Do not ask, even on a terminal.")
@json_option("Print the card as a JSON line.")
def adopt(*, window: str, restart: bool, name: str, yes: bool, as_json: bool) -> None:
    client = hub()
    if not (yes or as_json) and at_a_terminal() and (found := _running(client, window)):
        said = f"End process {found.pid} in {found.window} and resume its conversation in the card's window?"
        if restart:
            click.confirm(said, abort=True)
        else:
            restart = click.confirm(said)
    card = client.submit(AdoptWindow(window, name=name, restart=restart))
    left = None if restart else _running(client, window)

    def in_words(card: CardView) -> str:
        if left is None:
            return f"adopted from {window}" + ("; it starts" if restart else f"; orch start {card.slug}")
        return f"adopted; its session is still running in {window}: orch windows adopt {window} --restart"

    report(card, as_json, in_words)


@verb("windows.end")
@click.argument("window", metavar="WINDOW")
@click.option("--yes", is_flag=True, help="Do not ask, even on a terminal.")
@json_option("Print the window as a JSON line.")
def end(*, window: str, yes: bool, as_json: bool) -> None:
    client = hub()
    if not (yes or as_json) and at_a_terminal() and (found := _running(client, window)):
        click.confirm(f"End process {found.pid} in {found.window}? Its worktree stays.", abort=True)
    ended = client.submit(EndWindow(window))
    stays = f"; its worktree stays: {plain(ended.folder)}" if ended.folder else ""
    click.echo(json.dumps(asdict(ended)) if as_json else f"{ended.window}: ended{stays}")


def _running(client: Client, window: str) -> WindowView | None:
    names = (window, f"@{window}")
    found = (each for each in client.submit(ListWindows()) if each.window in names or each.pane in names)
    return next((each for each in found if each.state == "running"), None)
