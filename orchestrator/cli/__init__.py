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
    "new": f"{_HERE}.new:new",
    "ls": f"{_HERE}.reading:ls",
    "show": f"{_HERE}.reading:show",
    "queue": f"{_HERE}.queue:queue",
    "answer": f"{_HERE}.queue:answer",
    "grants": f"{_HERE}.grants:grants",
    "windows": f"{_HERE}.windows:windows",
    "watch": f"{_HERE}.watch:watch",
    "attach": f"{_HERE}.attach:attach",
    "send": f"{_HERE}.cards:send",
    "start": f"{_HERE}.cards:start",
    "stop": f"{_HERE}.cards:stop",
    "resume": f"{_HERE}.cards:resume",
    "restart": f"{_HERE}.cards:restart",
    "nudge": f"{_HERE}.cards:nudge",
    "hold": f"{_HERE}.cards:hold",
    **{each: f"{_HERE}.plain:{each}" for each in PLAIN},
    "shelve": f"{_HERE}.cards:shelve",
    "finish": f"{_HERE}.cards:finish",
    "rm": f"{_HERE}.cards:rm",
    "rescue": f"{_HERE}.rescue:rescue",
    "run": f"{_HERE}.run:run",
    "gate": f"{_HERE}.gate:gate",
    "workflow": f"{_HERE}.workflow:workflow",
    "mail": f"{_HERE}.mail:mail",
    "team": f"{_HERE}.team:team",
    "stats": f"{_HERE}.stats:stats",
    "trust": f"{_HERE}.trust:trust",
    "rules": f"{_HERE}.rules:rules",
    "hub": f"{_HERE}.hub:hub",
    "config": f"{_HERE}.config:config",
    "doctor": f"{_HERE}.doctor:doctor",
    "demo": f"{_HERE}.demo:demo",
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
