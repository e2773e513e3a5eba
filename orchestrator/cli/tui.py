"""`orch tui`: the board."""

import sys

import click

from orchestrator.cli.connection import hub
from orchestrator.cli.group import verb
from orchestrator.client import Refused


@verb("tui")
def tui() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Refused(
            "the board needs a terminal", "this is a pipe or a file", "List the cards with: orch ls"
        )
    home = hub().home
    from widgets.app import run  # half a second, which no other verb pays

    click.get_current_context().exit(run(home))
