"""`orch rescue`: work saved before its worktree was removed."""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from orchestrator.cli.connection import hub
from orchestrator.cli.group import LazyGroup, verb
from orchestrator.cli.options import json_option
from orchestrator.cli.text import plain
from orchestrator.cli.verb_table import GROUPS
from orchestrator.client.patch_file import write_patch
from orchestrator.core.requests.rescues import DropRescue, ExportRescue, ListRescues, Restore, ShowRescue

_HERE = "orchestrator.cli.cards.rescue"
rescue = LazyGroup(
    name="rescue",
    prefix="rescue.",
    verbs={name: f"{_HERE}:{name}_" for name in ("list", "show", "restore", "drop")},
    help=GROUPS["rescue"],
)

_repo = click.option(
    "--repo", default=".", metavar="PATH", help="Any path in the repository to look in first."
)


@verb("rescue.list")
@_repo
@json_option("Print each rescue as a JSON line.")
def list_(repo: str, as_json: bool) -> None:
    found = hub().submit(ListRescues(str(Path(repo).absolute())))
    if not found and not as_json:
        click.echo("No rescues.")
    for each in found:
        if as_json:
            click.echo(json.dumps(asdict(each)))
        else:
            at = datetime.fromtimestamp(each.at).astimezone().strftime("%Y-%m-%d %H:%M")
            click.echo(f"{at}  {plain(each.ref)}  {plain(each.said)}")


@verb("rescue.show")
@click.argument("ref")
@click.option("--patch", is_flag=True, help="Print its uncommitted files as a patch to read, cut if long.")
@_repo
@json_option("Print it as JSON.")
def show_(ref: str, patch: bool, repo: str, as_json: bool) -> None:
    found = hub().submit(ShowRescue(ref, str(Path(repo).absolute()), patch=patch))
    if as_json:
        click.echo(json.dumps(asdict(found)))
        return
    click.echo(f"{plain(found.ref)}\n{plain(found.said)}\n")
    if patch:
        click.echo("\n".join(plain(line) for line in found.patch.split("\n")))
        return
    for kind, name in found.files:
        click.echo(f"{kind}  {plain(name)}")


@verb("rescue.restore")
@click.argument("ref")
@click.option("--branch", default="", metavar="NAME", help="The new branch; default: rescue/….")
@click.option("--to", default="", metavar="PATH", help="The new worktree's path.")
@click.option("--branch-only", is_flag=True, help="Create only the branch, with the files committed.")
@click.option(
    "--patch", is_flag=True, help="Print all it holds, commits too, for git apply, or write it to --to."
)
@click.option(
    "--base", default="", metavar="BASE", help="With --patch: what it applies to; default: the base."
)
@_repo
@json_option("Print it as JSON.")
def restore_(
    ref: str,
    *,
    branch: str,
    to: str,
    branch_only: bool,
    patch: bool,
    base: str,
    repo: str,
    as_json: bool,
) -> None:
    if to and branch_only:
        raise click.UsageError("--to and --branch-only cannot be combined.")
    if patch:
        if branch or branch_only:
            raise click.UsageError("--patch cannot be combined with --branch and --branch-only.")
        _patch(ExportRescue(ref, str(Path(repo).absolute()), base), to, as_json)
        return
    if base:
        raise click.UsageError("--base requires --patch.")
    place = str(Path(to).absolute()) if to else ""
    done = hub().submit(
        Restore(ref, str(Path(repo).absolute()), branch=branch, to=place, branch_only=branch_only)
    )
    if as_json:
        click.echo(json.dumps(asdict(done)))
    else:
        where = f"to {plain(done.path)} on" if done.path else "as the branch"
        click.echo(f"restored {where} {plain(done.branch)}; the rescue is kept")


def _patch(request: ExportRescue, to: str, as_json: bool) -> None:
    if to:
        written = write_patch(hub(), request, Path(to).absolute())
        said = {"ref": request.ref, "path": str(written)}
        click.echo(json.dumps(said) if as_json else f"wrote {plain(str(written))}; the rescue is kept")
        return
    if as_json:
        raise click.UsageError("--json with --patch requires --to.")
    for part in hub().submit(request):
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()


@verb("rescue.drop")
@click.argument("ref")
@_repo
@json_option("Print it as JSON.")
def drop_(ref: str, repo: str, as_json: bool) -> None:
    done = hub().submit(DropRescue(ref, str(Path(repo).absolute())))
    if as_json:
        click.echo(json.dumps(asdict(done)))
    else:
        click.echo(f"dropped {plain(done.ref)}; its commit was {done.commit}")
