"""`orch demo`: everything is real except the agents, which are scripted; the place is temporary."""

import shutil
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

import click

from orchestrator.cli.cards.text import table
from orchestrator.cli.demo.cards import SETTLES_WITHIN, cast, unsettled
from orchestrator.cli.demo.guard import guarded
from orchestrator.cli.demo.sandbox import Stage, build, step_onto
from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.group import verb
from orchestrator.cli.machine.programs import require
from orchestrator.cli.mail import tables
from orchestrator.cli.runs.text import table as run_table
from orchestrator.client import Client, OrchError, Refused, start_hub
from orchestrator.core.requests.cards import ShowBoard
from orchestrator.core.requests.mail import ListDead, ListThreads, ShowMail
from orchestrator.core.requests.runs import ListRuns

_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_TUI = (sys.executable, "-c", "from orchestrator.cli import main; main()", "tui")


@verb("demo")
@click.option("--no-tui", is_flag=True, help="Print the board once it has settled, instead of opening it.")
def demo(no_tui: bool) -> None:
    if not no_tui and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Refused(
            "the board needs a terminal", "this is a pipe or a file", "Print it with: orch demo --no-tui"
        )
    require("tmux", "git")
    for number in _ENDINGS:
        signal.signal(number, _end)
    stage = Stage.new()
    with guarded(stage):
        try:
            step_onto(stage)
            build(stage, sys.executable)
            start_hub(stage.home)
            if no_tui:
                _print_board(stage)
            else:
                _show_board(stage)
        finally:
            _hear_no_more()


def _end(number: int, _frame: FrameType | None) -> None:
    _hear_no_more()  # a closed terminal sends several, and the second would interrupt the cleanup
    raise SystemExit(128 + number)


def _hear_no_more() -> None:
    for number in _ENDINGS:
        signal.signal(number, signal.SIG_IGN)


def _print_board(stage: Stage) -> None:
    client = Client(stage.home)
    cast(stage, client)
    deadline = time.monotonic() + SETTLES_WITHIN
    while (late := unsettled(client)) and time.monotonic() < deadline:
        time.sleep(0.3)
    now, width = time.time(), shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    mail = client.submit(ShowMail())
    parts = (
        table(client.submit(ShowBoard()).cards, now, width),
        run_table(client.submit(ListRuns()), now, width),
        tables.gathers(mail.gathers, now, width),
        tables.threads(client.submit(ListThreads()), now, width),
        tables.dead(client.submit(ListDead()), now, width),
    )
    click.echo("\n\n".join("\n".join(lines) for lines in parts))
    if late:
        click.echo(f"orch: not settled within {SETTLES_WITHIN:.0f} s: {', '.join(late)}", err=True)
        click.get_current_context().exit(ExitCode.FAILED)


def _show_board(stage: Stage) -> None:
    failed: list[OrchError] = []
    threading.Thread(target=_cast_aside, args=(stage, failed), daemon=True).start()
    code = subprocess.Popen(_TUI).wait()
    if failed:
        raise failed[0]
    click.get_current_context().exit(code)


def _cast_aside(stage: Stage, failed: list[OrchError]) -> None:
    try:
        cast(stage, Client(stage.home))
    except OrchError as error:
        failed.append(error)
