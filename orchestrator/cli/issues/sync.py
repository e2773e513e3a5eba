"""`orch issues sync`: asks the forge now."""

import json
import re
import time
from dataclasses import asdict
from pathlib import Path

import click

from orchestrator.cli.connection import hub
from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.group import verb
from orchestrator.cli.machine.trust import with_trust
from orchestrator.cli.options import json_option
from orchestrator.cli.text import plain
from orchestrator.core.forge.fresh import as_of
from orchestrator.core.forge.issues.issue_text import mark
from orchestrator.core.forge.views import SyncedIssue
from orchestrator.core.requests.issues import SyncIssues

_CARD = re.compile(r"c\d+")


@verb("issues.sync")
@click.argument("what", metavar="[REPO|CARD]", default="")
@json_option("Print the issues, and what was imported, as JSON.")
def sync(*, what: str, as_json: bool) -> None:
    is_card = bool(_CARD.fullmatch(what)) or (bool(what) and not Path(what).exists())
    request = (
        SyncIssues(card=what) if is_card else SyncIssues(repo=str(Path(what).absolute()) if what else "")
    )
    client = hub()
    found = with_trust(client, lambda: client.submit(request))
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2))
    for each in () if as_json else found.issues:
        click.echo(_line(each))
    for made in () if as_json else found.imported:
        click.echo(f"{made.card} {plain(made.slug)}: #{made.number} {plain(made.title)}; imported by rule")
    if not as_json and not found.issues and not found.imported:
        click.echo("No issues of cards, and none to import.", err=True)
    stale = [each.issue.stale for each in found.issues if each.issue.stale]
    if stale:
        click.echo(f"Not asked: {plain(stale[0])}.", err=True)
        click.get_current_context().exit(ExitCode.FAILED)


def _line(each: SyncedIssue) -> str:
    issue = each.issue
    parts = [issue.state, f"gone: {issue.gone}" if issue.gone else "", *issue.unsent, *issue.failed]
    said = ", ".join(plain(part) for part in parts if part)
    named = f"{each.card} {plain(each.slug)}: {mark(issue)} {plain(issue.title)}"
    return f"{named}; {said}; {as_of(issue.as_of, time.time())}"
