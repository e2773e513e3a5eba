"""`orch attach`: attaches this terminal to the session."""

import os
import sys

from orchestrator.cli.connection import hub
from orchestrator.cli.group import verb
from orchestrator.cli.options import card_argument
from orchestrator.client import Refused
from orchestrator.core.requests.cards import Attach


@verb("attach")
@card_argument()
def attach(card: str) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Refused("attaching needs a terminal", "this is a pipe or a file", "Use: orch show CARD")
    way = hub().submit(Attach(card, tmux=os.environ.get("TMUX", "")))
    environment = {name: value for name, value in os.environ.items() if way.inside or name != "TMUX"}
    sys.stdout.flush()
    os.execvpe(way.argv[0], way.argv, environment)  # noqa: S606 (the argument list is the hub's own)
