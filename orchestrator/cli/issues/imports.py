"""`orch issues import`: creates cards from issues."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click

from orchestrator.cli.connection import hub
from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.group import verb
from orchestrator.cli.machine.trust import with_trust
from orchestrator.cli.options import json_option
from orchestrator.cli.text import plain
from orchestrator.core.forge.views import Imported
from orchestrator.core.requests.issues import ImportIssues


@verb("issues.import")
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@click.option("--repo", default=".", metavar="PATH", help="Any path in the repository.")
@click.option("--comments", is_flag=True, help="Add the issue's comments to the prompt.")
@click.option("--start", is_flag=True, help="Start the cards.")
@json_option("Print each issue as a JSON line, with its card.")
def import_(*, numbers: tuple[str, ...], repo: str, comments: bool, start: bool, as_json: bool) -> None:
    where, client = str(Path(repo).absolute()), hub()
    request = ImportIssues(where, tuple(_numbers(numbers)), comments, start)
    found = with_trust(client, lambda: client.submit(request))
    for each in found:
        if as_json:
            click.echo(json.dumps(asdict(each)))
        elif each.card:
            click.echo(f"{each.card} {plain(each.slug)}: #{each.number} {plain(each.title)}{_rest(each)}")
        if each.refused:
            click.echo(f"#{each.number}: {plain(each.refused)}", err=True)
    if any(each.refused for each in found):
        click.get_current_context().exit(ExitCode.REFUSED)


def _rest(made: Imported) -> str:
    said = filter(None, ("started" if made.started else "", plain(made.pending)))
    return "".join(f"; {each}" for each in said)


def _numbers(given: Iterable[str]) -> Iterable[int]:
    for each in given:
        number = each.removeprefix("#")
        if not number.isascii() or not number.isdecimal() or len(number) > 9 or not int(number):
            raise click.UsageError(f"{each!r} is not the number of an issue.")
        yield int(number)
