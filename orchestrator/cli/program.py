"""All verbs. Importing this loads click and little else; each verb loads what it needs."""

import os
from typing import Any

import click

from orchestrator import __version__
from orchestrator.cli.failures import said_as_data, told_to_the_user
from orchestrator.cli.group import LazyGroup
from orchestrator.cli.verb_table import SECTIONS, VERBS


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
    sections=SECTIONS,
    help="One terminal screen for many Claude Code sessions. `orch tui` opens it.",
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        "color": False if os.environ.get("NO_COLOR") else None,
    },
)
click.version_option(__version__, prog_name="orch")(root)
