"""`orch issues`: the issues of the forge on which the repository is."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from orchestrator.cli.cards.views import terminal_width
from orchestrator.cli.connection import hub
from orchestrator.cli.group import LazyGroup, verb
from orchestrator.cli.options import json_option
from orchestrator.cli.text import cells, fit, pad, plain, widths
from orchestrator.cli.verb_table import GROUPS
from orchestrator.client import Client
from orchestrator.core.forge.views import IssuesView, IssueView
from orchestrator.core.requests.issues import MOST_ISSUES, ListIssues

_HERE = "orchestrator.cli.issues"

issues = LazyGroup(
    name="issues",
    prefix="issues.",
    verbs={
        "list": f"{_HERE}.issues:list_",
        "show": f"{_HERE}.show:show",
        "import": f"{_HERE}.imports:import_",
        "sync": f"{_HERE}.sync:sync",
        "create": f"{_HERE}.links:create",
        "link": f"{_HERE}.links:link",
        "unlink": f"{_HERE}.links:unlink",
        "open": f"{_HERE}.links:open_",
    },
    help=GROUPS["issues"],
)
_HEADS = ("ISSUE", "CARD", "ASSIGNEES", "LABELS", "TITLE")
_WIDEST = 30
"""Of the assignees and labels."""


@verb("issues.list")
@click.option("--repo", default=".", metavar="PATH", help="Any path in the repository.")
@click.option("--state", type=click.Choice(["open", "closed", "all"]), default="open", help="Default: open.")
@click.option("--label", "labels", multiple=True, metavar="NAME", help="Only with this label; repeatable.")
@click.option(
    "--assignee", default="", metavar="LOGIN", help="Only of this account; @me is yours, none is nobody."
)
@click.option("--milestone", default="", metavar="TITLE", help="Only of this milestone.")
@click.option(
    "--search", default="", metavar="WORDS", help="Only with these words in title, labels or names."
)
@click.option(
    "--limit", "most", type=int, default=MOST_ISSUES, metavar="N", help=f"At most N; default: {MOST_ISSUES}."
)
@json_option("Print a list of issues as JSON.")
def list_(*, repo: str, most: int, as_json: bool, **wanted: Any) -> None:
    request = ListIssues(str(Path(repo).absolute()), most=most, **wanted)
    found = whole_list(hub(), request)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found.issues], indent=2))
    elif found.issues:
        click.echo("\n".join(table(found.issues, terminal_width())))
    else:
        click.echo(f"No issues in {plain(found.repository)}.", err=True)
    if not found.whole:
        click.echo(f"Only the latest {len(found.issues)}; list more with --limit.", err=True)


def whole_list(client: Client, request: ListIssues) -> IssuesView:
    """The issues up to the request's limit, by as many requests as that takes."""
    answer = client.submit(request)
    found = {each.number: each for each in answer.issues}
    while answer.next and len(found) < request.most:
        answer = client.submit(replace(request, page=answer.next))
        found |= {each.number: each for each in answer.issues if each.number not in found}
    issues = tuple(found.values())
    return replace(
        answer, issues=issues[: request.most], whole=not answer.next and len(issues) <= request.most
    )


def table(found: Sequence[IssueView], width: int | None) -> list[str]:
    """A line for each issue below a header line. The title is shortened if `width` is too small."""
    rows = [_HEADS, *(_row(each) for each in found)]
    fixed = widths([row[:-1] for row in rows])
    room = None if width is None else max(8, width - sum(fixed) - 2 * len(fixed))
    return [
        "  ".join([*(pad(cell, size) for cell, size in zip(row, fixed, strict=False)), _last(row[-1], room)])
        for row in rows
    ]


def _row(issue: IssueView) -> tuple[str, ...]:
    names = (fit(plain(", ".join(each)), _WIDEST) for each in (issue.assignees, issue.labels))
    return (f"#{issue.number}", issue.card, *names, plain(issue.title))


def _last(text: str, room: int | None) -> str:
    return text if room is None or cells(text) <= room else fit(text, room)
