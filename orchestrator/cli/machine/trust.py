"""`orch trust`: shows what a repository would run here, and allows it."""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

import click

from orchestrator.cli.connection import hub
from orchestrator.cli.group import verb
from orchestrator.cli.options import json_option
from orchestrator.cli.text import plain
from orchestrator.client import Client, Refused, Untrusted
from orchestrator.core.requests.trust import Distrust, ListTrust, ShowTrust, Trust
from orchestrator.core.text.clean import shown
from orchestrator.core.trust.repositories import TrustView, lines_of, state_of

_T = TypeVar("_T")


@verb("trust")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--show", is_flag=True, help="Show what would run; allow nothing.")
@click.option("--list", "list_", is_flag=True, help="List what is allowed, in all repositories.")
@click.option("--revoke", is_flag=True, help="Revoke what was allowed for PATH.")
@click.option("--yes", "-y", is_flag=True, help="Allow without asking, as in CI.")
@json_option("Print each part as a JSON line.")
def trust(*, path: Path, show: bool, list_: bool, revoke: bool, yes: bool, as_json: bool) -> None:
    if sum((show, list_, revoke, yes)) > 1:
        raise click.UsageError("choose one of --show, --list, --revoke and --yes.")
    client, where = hub(), str(path.expanduser().absolute())
    if list_ or revoke:
        _listed(
            client.submit(Distrust(where)) if revoke else client.submit(ListTrust()), as_json, gone=revoke
        )
        return
    found = client.submit(ShowTrust(where))
    new = [each for each in found if not each.trusted]
    if as_json and not yes:
        _listed(found, as_json)
        return
    if not found:
        click.echo(f"Nothing in {plain(where)} runs automatically.")
        return
    if not as_json:
        _show(found if show else new)
    if show:
        return
    if new and not yes and not _confirmed():
        raise Refused("nothing was allowed", hint=f"Allow it without being asked: orch trust --yes {where}")
    allowed = client.submit(Trust(where, tuple(each.digest for each in new)))
    if as_json:
        _listed(allowed, as_json)
    else:
        click.echo("Allowed." if new else "Already allowed.")


def with_trust(client: Client, act: Callable[[], _T], *, yes: bool = False) -> _T:
    """The result of `act`. If it is refused because something is not trusted, that is shown and asked for on
    a terminal, and allowed with `yes`."""
    while True:
        try:
            return act()
        except Untrusted as no:
            new = [each for each in client.submit(ShowTrust(no.path)) if not each.trusted]
            if not new or not (yes or sys.stdin.isatty()):
                raise
            if not yes:
                _show(new, err=True)
                if not _confirmed():
                    raise
            client.submit(Trust(no.path, tuple(each.digest for each in new)))


def _confirmed() -> bool:
    return sys.stdin.isatty() and click.confirm("Allow exactly this to run on this machine?", err=True)


def _listed(views: Iterable[TrustView], as_json: bool, *, gone: bool = False) -> None:
    views = tuple(views)
    if not (views or as_json):
        click.echo("Nothing was allowed." if gone else "Nothing is allowed in any repository.", err=True)
    for each in views:
        if as_json:
            click.echo(json.dumps(asdict(each)))
        else:
            state = "no longer allowed" if gone else "allowed" if each.trusted else "not allowed"
            click.echo(f"{plain(each.repo)}  {plain(each.name)}  {each.digest[:12]}  {state}")


def _show(views: Iterable[TrustView], *, err: bool = False) -> None:
    for each in views:
        click.echo(f"{plain(each.repo)}/{plain(each.name)} ({state_of(each)}):", err=err)
        for line in lines_of(each):
            click.echo(f"    {shown(line)}", err=err)
