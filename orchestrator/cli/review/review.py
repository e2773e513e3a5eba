"""`orch review`: comments on the lines of a card's diff."""

import json
import re
from dataclasses import asdict

import click

from orchestrator.cli.cards.verbs import report
from orchestrator.cli.connection import hub
from orchestrator.cli.group import LazyGroup, verb
from orchestrator.cli.options import card_argument, from_stdin, json_option, utf8
from orchestrator.cli.review.text import review_lines
from orchestrator.cli.text import plain
from orchestrator.cli.verb_table import GROUPS
from orchestrator.client import Missing
from orchestrator.core.board.views import CardView
from orchestrator.core.requests.review import (
    AddComment,
    DeleteComment,
    EditComment,
    MarkReviewed,
    ReadDiff,
    ReadReview,
    SendComments,
)

_HERE = "orchestrator.cli.review.review"
review = LazyGroup(
    name="review",
    prefix="review.",
    verbs={name: f"{_HERE}:{name}_" for name in ("list", "add", "update", "delete", "send", "mark")},
    help=GROUPS["review"],
)

_card = json_option("Print the card as a JSON line.")
_PLACE = re.compile(r"(.+):(\d+)(?:-(\d+))?", re.DOTALL)


@verb("review.list")
@card_argument()
@json_option("Print comments, notes and marks as JSON.")
def list_(card: str, as_json: bool) -> None:
    found = hub().submit(ReadReview(card))
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2))
        return
    if found.trouble:
        click.echo(f"note: lines are shown as they were: {plain(found.trouble)}", err=True)
    for line in review_lines(found):
        click.echo(line)
    if not found.comments and not found.notes:
        click.echo("No comments.", err=True)


@verb("review.add")
@card_argument()
@click.argument("place", metavar="FILE:LINE[-LINE]")
@click.argument("text", required=False)
@click.option("--old", is_flag=True, help="The line as it was before the changes.")
@json_option("Print the comment as a JSON line.")
def add_(card: str, place: str, text: str | None, old: bool, as_json: bool) -> None:
    found = _PLACE.fullmatch(utf8(place, "FILE"))
    if found is None:
        raise click.UsageError(f"{plain(place)!r} is not FILE:LINE or FILE:LINE-LINE.")
    path, first, last = found[1], int(found[2]), int(found[3] or 0)
    said = from_stdin() if text in (None, "-") else utf8(text or "", "TEXT")
    made = hub().submit(AddComment(card, path, first, said, last, "old" if old else "new"))
    if as_json:
        click.echo(json.dumps(asdict(made)))
    else:
        click.echo(
            f"comment {made.id} on {plain(made.path)}:{made.line}; send it: orch review send {plain(card)}"
        )


@verb("review.update")
@card_argument()
@click.argument("comment")
@click.argument("text", required=False)
@_card
def update_(card: str, comment: str, text: str | None, as_json: bool) -> None:
    said = from_stdin() if text in (None, "-") else utf8(text or "", "TEXT")
    report(hub().submit(EditComment(card, comment, said)), as_json, lambda _: f"comment {comment} changed")


@verb("review.delete")
@card_argument()
@click.argument("comment")
@_card
def delete_(card: str, comment: str, as_json: bool) -> None:
    report(hub().submit(DeleteComment(card, comment)), as_json, lambda _: f"comment {comment} deleted")


@verb("review.send")
@card_argument()
@click.argument("comments", metavar="[COMMENT...]", nargs=-1)
@click.option("--note", default="", metavar="TEXT", help="Text before the comments.")
@_card
def send_(card: str, comments: tuple[str, ...], note: str, as_json: bool) -> None:
    report(hub().submit(SendComments(card, comments, utf8(note, "--note"))), as_json, _sent)


@verb("review.mark")
@card_argument()
@click.argument("file")
@click.option("--undo", is_flag=True, help="Remove the mark.")
@_card
def mark_(card: str, file: str, undo: bool, as_json: bool) -> None:
    client = hub()
    there = next((each for each in client.submit(ReadDiff(card)).files if each.path == file), None)
    if there is None:
        hint = f"List the files: orch diff {plain(card)} --name-only"
        raise Missing(f"{plain(file)} is not in the diff of {plain(card)}", hint=hint)
    done = client.submit(MarkReviewed(card, file, there.new_id, on=not undo))
    report(done, as_json, lambda _: f"{plain(file)} {'not ' if undo else ''}reviewed")


def _sent(card: CardView) -> str:
    return "the comments are waiting until it is idle" if card.queued_prompts else "comments sent"
