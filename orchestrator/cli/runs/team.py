"""`orch team FILE`: a coordinator and its workers, started together."""

import re
from pathlib import Path

import click

from orchestrator import regular_file
from orchestrator.cli.cards.verbs import report
from orchestrator.cli.connection import hub
from orchestrator.cli.group import verb
from orchestrator.cli.machine.trust import with_trust
from orchestrator.cli.options import json_option
from orchestrator.cli.runs.start import unusable
from orchestrator.cli.text import plain
from orchestrator.client import Refused, Untrusted
from orchestrator.core.requests.cards import ShowBoard
from orchestrator.core.requests.mail import StartTeam

_BASE = re.compile(r"""(["']?)base\1\s*:""")


@verb("team")
@click.argument(
    "file", metavar="[FILE]", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="Any path in the repository; default: the current directory.",
)
@click.option("--init", is_flag=True, help="Print a commented example; start nothing.")
@json_option("Print each card as a JSON line, the coordinator's first.")
def team(*, file: Path | None, repo: Path, init: bool, as_json: bool) -> None:
    from orchestrator import teams  # costs a third of a second
    from orchestrator.workflows.reading import LARGEST  # likewise

    if init:
        click.echo(teams.example(), nl=False)
        return
    if file is None:
        raise click.UsageError("name the team FILE; see: orch team --init")
    try:
        text = regular_file.read(file, LARGEST).decode("utf-8-sig")
        found = teams.load(text, file=str(file))
    except UnicodeDecodeError:
        raise click.UsageError(f"{file} is not UTF-8 text.") from None
    except OSError as error:
        raise click.UsageError(f"cannot read {file}: {error.strerror or error}") from None
    except teams.TeamError as error:
        raise unusable(f"cannot use {plain(str(file))}.\n{error}") from None
    client = hub()
    try:
        ids = with_trust(
            client,
            lambda: client.submit(StartTeam(text, repo=str(repo.resolve()), file=str(file.absolute()))),
        )
    except Untrusted:
        raise
    except Refused as error:
        raise Refused(
            error.what, error.why, error.hint.replace("--base REF", _base_in(file, text))
        ) from error
    cards = {card.id: card for card in client.submit(ShowBoard()).cards}
    for each in ids:
        if each in cards:
            report(cards[each], as_json)
    if not as_json:
        click.echo(f"Started {plain(found.name)}. Progress: orch mail gather", err=True)


def _base_in(file: Path, text: str) -> str:
    """Where the file names the base of its branches, or could."""
    lines = (number for number, line in enumerate(text.splitlines(), 1) if _BASE.match(line))
    line = next(lines, None)
    return f"base: in {plain(str(file))}" if line is None else f"base: in {plain(str(file))}:{line}"
