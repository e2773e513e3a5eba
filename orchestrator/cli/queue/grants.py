"""`orch grants`: lists and revokes what was always allowed."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click

from orchestrator.cli.connection import hub
from orchestrator.cli.gates.gate import at_a_terminal
from orchestrator.cli.group import VerbGroup, verb
from orchestrator.cli.options import json_option
from orchestrator.cli.text import pad, plain, widths
from orchestrator.core.needs.grants import GrantView
from orchestrator.core.requests.needs import ListGrants, RevokeGrant

_HERE = "orchestrator.cli.queue.grants"


grants = VerbGroup(
    name="grants",
    help="List and revoke what answers have always allowed.",
    prefix="grants.",
    bare=True,
    itself=f"{_HERE}:list_",
    verbs={"revoke": f"{_HERE}:revoke"},
)


@verb("grants")
@click.option("--all", "every", is_flag=True, help="Include revoked and expired grants.")
@json_option("Print a list of grants as JSON.")
def list_(*, every: bool, as_json: bool) -> None:
    found = [each for each in hub().submit(ListGrants()) if every or each.state != "gone"]
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
    elif found:
        click.echo("\n".join(_table(found)))
    else:
        click.echo("No grants.", err=True)


def _table(found: Sequence[GrantView]) -> Iterator[str]:
    rows = [("GRANT", "CARD", "SINCE", "BY", "STATE", "ALLOWS")]
    for each in found:
        by = f"{each.by} ({each.user})" if each.user else each.by
        since = time.strftime("%m-%d %H:%M", time.localtime(each.at))
        rows.append((each.id, plain(each.slug), since, plain(by), each.state, plain(each.words)))
    sizes = widths([row[:-1] for row in rows])
    for row in rows:
        yield "  ".join(
            [*(pad(text, size) for text, size in zip(row, sizes, strict=False)), row[-1]]
        ).rstrip()
    for each in found:
        if each.revoke:
            yield f"{each.id}: to revoke it, {plain(each.revoke)}"


@verb("grants.revoke")
@click.argument("grant", metavar="GRANT")
@click.option("--yes", is_flag=True, help="Do not ask, even on a terminal.")
@json_option("Print the grant as a JSON line.")
def revoke(*, grant: str, yes: bool, as_json: bool) -> None:
    client = hub()
    if not (yes or as_json) and at_a_terminal():
        found = next((each for each in client.submit(ListGrants()) if each.id == grant), None)
        if found and found.place == "session" and found.state == "holds":
            click.confirm(f"{plain(found.words)}: restart {plain(found.slug)} to revoke it?", abort=True)
    after = client.submit(RevokeGrant(grant))
    click.echo(
        json.dumps(asdict(after)) if as_json else f"{after.id}: revoked; {plain(after.slug)} is restarting"
    )
