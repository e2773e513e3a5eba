"""The command line. Importing this loads click and little else; each verb brings what it needs."""

import os
from typing import Any

import click

from orchestrator import __version__
from orchestrator.actions import PLAIN
from orchestrator.cli.failures import said_as_data, told_to_the_user
from orchestrator.cli.group import LazyGroup

_HERE = "orchestrator.cli"
VERBS = {
    "tui": f"{_HERE}.tui:tui",
    "new": f"{_HERE}.cards.new:new",
    "ls": f"{_HERE}.cards.views:ls",
    "show": f"{_HERE}.cards.views:show",
    "queue": f"{_HERE}.queue.queue:queue",
    "answer": f"{_HERE}.queue.queue:answer",
    "grants": f"{_HERE}.queue.grants:grants",
    "windows": f"{_HERE}.cards.windows:windows",
    "watch": f"{_HERE}.cards.watch:watch",
    "attach": f"{_HERE}.cards.attach:attach",
    "send": f"{_HERE}.cards.verbs:send",
    "start": f"{_HERE}.cards.verbs:start",
    "stop": f"{_HERE}.cards.verbs:stop",
    "resume": f"{_HERE}.cards.verbs:resume",
    "restart": f"{_HERE}.cards.verbs:restart",
    "nudge": f"{_HERE}.cards.verbs:nudge",
    "hold": f"{_HERE}.cards.verbs:hold",
    **{each: f"{_HERE}.cards.plain:{each}" for each in PLAIN},
    "shelve": f"{_HERE}.cards.verbs:shelve",
    "finish": f"{_HERE}.cards.verbs:finish",
    "rm": f"{_HERE}.cards.verbs:rm",
    "rescue": f"{_HERE}.cards.rescue:rescue",
    "run": f"{_HERE}.runs.run:run",
    "gate": f"{_HERE}.gates.gate:gate",
    "workflow": f"{_HERE}.runs.workflow:workflow",
    "mail": f"{_HERE}.mail.mail:mail",
    "team": f"{_HERE}.runs.team:team",
    "stats": f"{_HERE}.queue.stats:stats",
    "trust": f"{_HERE}.machine.trust:trust",
    "rules": f"{_HERE}.queue.rules:rules",
    "hub": f"{_HERE}.machine.hub:hub",
    "config": f"{_HERE}.machine.config:config",
    "doctor": f"{_HERE}.machine.doctor:doctor",
    "demo": f"{_HERE}.demo.demo:demo",
}


class _Root(LazyGroup):
    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with said_as_data():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with said_as_data(), told_to_the_user(ctx):
            return super().invoke(ctx)


root = _Root(
    name="orch",
    verbs=VERBS,
    help="One terminal screen for many Claude Code sessions. `orch tui` opens it.",
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        "color": False if os.environ.get("NO_COLOR") else None,
    },
)
click.version_option(__version__, prog_name="orch")(root)


def main() -> None:
    """The program `orch`. Ends the process with one of the codes of `exit_codes`."""
    root(prog_name="orch")
