"""`orch demo`: all for real, but for the agents, which are scripted, and the place, which is thrown away."""

import shutil
import signal
import subprocess
import sys
import termios
import threading
import time
from contextlib import suppress
from types import FrameType
from typing import Any

import click

from orchestrator.cli.card_text import table
from orchestrator.cli.demo_stage import Stage, build, step_onto, strike
from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.group import verb
from orchestrator.cli.programs import require
from orchestrator.cli.run_text import table as run_table
from orchestrator.client import Client, OrchError, Refused, start_hub
from orchestrator.core.views import CardView
from orchestrator.core.workflow.views import RunView

_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SETTLES_WITHIN = 60.0
_LEAVES_WITHIN = 5.0
_TUI = (sys.executable, "-c", "from orchestrator.cli import main; main()", "tui")
# What a board that was ended leaves on goes off: alternate screen, mouse, bracketed paste, kitty's keys.
_SCREEN_AS_IT_WAS = "\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[<u\x1b[?25h"


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
    stage = build(sys.executable)
    try:
        step_onto(stage)
        start_hub(stage.home)
        if no_tui:
            _print_board(stage)
        else:
            _show_board(stage)
    finally:
        _hear_no_more()
        strike(stage)


def _end(number: int, _frame: FrameType | None) -> None:
    _hear_no_more()  # a closed terminal sends several, and the second would cut the clearing-up short
    raise SystemExit(128 + number)


def _hear_no_more() -> None:
    for number in _ENDINGS:
        signal.signal(number, signal.SIG_IGN)


def _cast(stage: Stage, client: Client) -> None:
    """Makes the cards, one after another, begins a run, and finishes what is to stand in Done."""
    for card in stage.cards:
        client.new(
            card["title"],
            repo=str(stage.repo),
            prompt=card["prompt"],
            name=card["name"],
            permission_mode=card.get("permission_mode", ""),
            backlog=card.get("backlog", False),
        )
    client.start_run(stage.workflow, repo=str(stage.repo), inputs={})
    for card in stage.cards:
        if how := card.get("finish"):
            _wait_for(client, card["name"], "idle")
            client.finish(card["name"], how)


def _wait_for(client: Client, name: str, state: str) -> None:
    deadline = time.monotonic() + _SETTLES_WITHIN
    while client.show(name).card.state != state and time.monotonic() < deadline:
        time.sleep(0.2)


# --- without a board -----------------------------------------------------------------------------


def _print_board(stage: Stage) -> None:
    client = Client(stage.home)
    _cast(stage, client)
    wanted = {card["name"]: card["settles"] for card in stage.cards}
    deadline = time.monotonic() + _SETTLES_WITHIN
    while unsettled := [*_unsettled(client.cards(), wanted), *_before_their_gate(client.runs())]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.3)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    click.echo("\n".join(table(client.cards(), time.time(), width)))
    click.echo("\n" + "\n".join(run_table(client.runs(), time.time(), width)))
    if unsettled:
        click.echo(f"orch: not settled within {_SETTLES_WITHIN:.0f} s: {', '.join(unsettled)}", err=True)
        click.get_current_context().exit(ExitCode.FAILED)


def _unsettled(cards: tuple[CardView, ...], wanted: dict[str, list[str]]) -> list[str]:
    return [card.slug for card in cards if not card.run and card.state not in wanted[card.slug]]


def _before_their_gate(runs: tuple[RunView, ...]) -> list[str]:
    return [run.name for run in runs if run.state != "gate-blocked"]


# --- with the board ------------------------------------------------------------------------------


def _show_board(stage: Stage) -> None:
    failed: list[OrchError] = []
    threading.Thread(target=_cast_aside, args=(stage, failed), daemon=True).start()
    before = termios.tcgetattr(sys.stdin)
    board = subprocess.Popen(_TUI)
    try:
        code = board.wait()
    except BaseException:
        _end_board(board, before)
        raise
    if failed:
        raise failed[0]
    click.get_current_context().exit(code)


def _cast_aside(stage: Stage, failed: list[OrchError]) -> None:
    try:
        _cast(stage, Client(stage.home))
    except OrchError as error:
        failed.append(error)


def _end_board(board: subprocess.Popen[bytes], before: list[Any]) -> None:
    """Ends the board's process and gives the terminal back as it was."""
    board.terminate()
    try:
        board.wait(_LEAVES_WITHIN)
    except subprocess.TimeoutExpired:
        board.kill()
        board.wait()
    with suppress(OSError, termios.error):  # the terminal may be why we end
        sys.stdout.write(_SCREEN_AS_IT_WAS)
        sys.stdout.flush()
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
