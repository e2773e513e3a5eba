"""`orch diff`: what a card changed, uncommitted and untracked files included."""

import json
import shutil
import sys
from dataclasses import asdict

import click

from orchestrator.cli.connection import hub
from orchestrator.cli.group import verb
from orchestrator.cli.options import card_argument, json_option
from orchestrator.cli.review.pager import page
from orchestrator.cli.review.text import names, note_lines, patch_lines, stat_lines
from orchestrator.cli.text import plain
from orchestrator.core.requests.review import DiffScope, ExportPatch, ReadDiff, ReadPatch

_MOST_SHOWN = 50_000_000
"""Bytes that a pager is given; a pipe gets everything."""


@verb("diff")
@card_argument()
@click.option("--stat", is_flag=True, help="Print the files with their numbers of lines.")
@click.option("--name-only", is_flag=True, help="Print the paths of the files.")
@click.option("--uncommitted", is_flag=True, help="Only what is not committed.")
@click.option("--unseen", is_flag=True, help="Only changes since you last reviewed the card.")
@click.option("--commit", default="", metavar="COMMIT", help="Only this commit.")
@click.option("--base", default="", metavar="BASE", help="Compare with this branch or commit.")
@click.option(
    "-w", "--ignore-all-space", is_flag=True, help="Ignore whitespace changes; the patch may not apply."
)
@json_option("Print the files, commits and trees as JSON.")
def diff(
    card: str,
    *,
    stat: bool,
    name_only: bool,
    uncommitted: bool,
    unseen: bool,
    commit: str,
    base: str,
    ignore_all_space: bool,
    as_json: bool,
) -> None:
    if uncommitted + unseen + bool(commit) > 1:
        raise click.UsageError("use only one of --uncommitted, --unseen and --commit.")
    if stat + name_only + as_json > 1:
        raise click.UsageError("use only one of --stat, --name-only and --json.")
    scope: DiffScope = "uncommitted" if uncommitted else "unseen" if unseen else "commit" if commit else "all"
    client = hub()
    found = client.submit(ReadDiff(card, scope, commit, base, ignore_all_space))
    if as_json:
        click.echo(json.dumps({**asdict(found), "added": found.added, "removed": found.removed}, indent=2))
        return
    for note in note_lines(found):
        click.echo(f"note: {note}", err=True)
    if not found.files:
        click.echo(f"No changes compared with {plain(found.base)}.", err=True)
    elif stat:
        page(stat_lines(found, shutil.get_terminal_size().columns))
    elif name_only:
        page(names(found.files))
    elif sys.stdout.isatty() or ignore_all_space:
        shown = client.submit(
            ReadPatch(
                found.card,
                found.old_tree,
                found.new_tree,
                ignore_space=ignore_all_space,
                max_bytes=_MOST_SHOWN,
            )
        )
        page(patch_lines(shown.text))
        if shown.cut:
            click.echo("note: the rest is too long to be shown; pipe it to a file.", err=True)
    else:
        for part in client.submit(ExportPatch(found.card, found.old_tree, found.new_tree)):
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
