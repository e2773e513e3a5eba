"""`orch config …`: settings and their sources."""

import json
import os
from pathlib import Path

import click

from orchestrator.cli.connection import persons_only
from orchestrator.cli.group import LazyGroup, verb
from orchestrator.cli.options import json_option
from orchestrator.cli.text import pad, plain, widths
from orchestrator.cli.verb_table import GROUPS
from orchestrator.client import Failed, Refused
from orchestrator.paths import user_config
from orchestrator.repository import root_above

_HERE = "orchestrator.cli.machine.config"
_WIDEST = 60
"""Cells of a column: a longer value shifts the rest of its own line only."""

config = LazyGroup(
    name="config",
    help=GROUPS["config"],
    prefix="config.",
    verbs={name: f"{_HERE}:{name}" for name in ("show", "path", "schema", "init")},
)


@verb("config.show")
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="As in this repository; default: the one around the current directory.",
)
@json_option("Print a list of objects with key, value, origin and where as JSON.")
def show(repo: Path, as_json: bool) -> None:
    from orchestrator.cli.settings import settings_of  # these two cost a fifth of a second
    from orchestrator.config import rows, shown, written

    found = settings_of(_root(repo.resolve()))
    values = [shown(each.key, each.value) for each in found]
    if as_json:
        listed = [
            {"key": each.key, "value": value, "origin": each.origin, "where": each.where}
            for each, value in zip(found, values, strict=True)
        ]
        click.echo(json.dumps(listed, indent=2))
        return
    lines = [
        (key, plain(written(key, said)), f"{each.origin} {each.where}".strip())
        for each, value in zip(found, values, strict=True)
        for key, said in rows(each.key, value)
    ]
    sizes = [min(size, _WIDEST) for size in widths(lines)]
    for line in lines:
        click.echo("  ".join(pad(text, size) for text, size in zip(line, sizes, strict=True)).rstrip())


@verb("config.path")
def path() -> None:
    click.echo(user_config())


@verb("config.schema")
def schema() -> None:
    from orchestrator.config import schema as json_schema

    click.echo(json.dumps(json_schema(), indent=2))


@verb("config.init")
def init() -> None:
    from orchestrator.config import example

    persons_only("orch config init")
    file = user_config()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(
            os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as new:
            new.write(example())
    except FileExistsError:
        raise Refused(f"{file} already exists", "it is not overwritten", "Edit it, or move it away") from None
    except OSError as error:
        raise Failed(f"cannot write {file}", error.strerror or str(error)) from error
    click.echo(file)


def _root(folder: Path) -> Path:
    """The repository around a folder: the nearest that has a `.git`; else the folder itself."""
    return root_above(folder) or folder
