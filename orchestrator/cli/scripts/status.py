"""The verb `orch status`, for its help; the program answers it without loading this where it can."""

from dataclasses import fields

import click

from orchestrator.cli.group import verb
from orchestrator.cli.options import json_option
from orchestrator.cli.scripts.quick_status import FORMAT, told
from orchestrator.core.board.counts import Counts

_NAMES = ", ".join(f"{{{each.name}}}" for each in fields(Counts))


@verb("status")
@click.option(
    "--format", "form", default=FORMAT, metavar="TEXT", help=f"The line, with {_NAMES}. Default: {FORMAT!r}."
)
@json_option("Print all counts as a JSON object.")
def status(form: str, as_json: bool) -> None:
    click.get_current_context().exit(told(form, as_json=as_json))


status.epilog = "Prints nothing and exits with 6 if no hub is running; never starts one."
