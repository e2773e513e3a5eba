"""`orch issues show`: one issue with its text and comments."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from orchestrator.cli.connection import hub
from orchestrator.cli.group import verb
from orchestrator.cli.options import json_option
from orchestrator.cli.text import plain
from orchestrator.core.forge.views import IssueDetail
from orchestrator.core.requests.issues import ShowIssue
from orchestrator.core.text.clean import clean


@verb("issues.show")
@click.argument("number", type=click.IntRange(1, 10**9 - 1))
@click.option("--repo", default=".", metavar="PATH", help="Any path in the repository.")
@click.option("--comments", is_flag=True, help="Show the comments too.")
@json_option("Print the issue as JSON, with its comments.")
def show(*, number: int, repo: str, comments: bool, as_json: bool) -> None:
    found = hub().submit(ShowIssue(str(Path(repo).absolute()), number))
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2))
        return
    click.echo("\n".join(_lines(found, comments=comments)))


def _lines(found: IssueDetail, *, comments: bool) -> Iterator[str]:
    issue = found.issue
    yield click.style(f"#{issue.number} {plain(issue.title)}", bold=True)
    facts = {
        "state": f"{issue.state}{', locked' if issue.locked else ''}",
        "card": issue.card,
        "author": issue.author,
        "labels": ", ".join(issue.labels),
        "milestone": issue.milestone,
        "assignees": ", ".join(issue.assignees),
        "url": issue.url,
    }
    for name, value in facts.items():
        if value:
            yield f"{name:<10} {plain(value)}"
    yield from _text(found.body)
    if not comments:
        if found.comments:
            count = len(found.comments) + found.omitted
            yield f"\n{count} {'comment' if count == 1 else 'comments'}; show with --comments."
        return
    if found.omitted:
        yield f"\n{found.omitted} earlier comments omitted."
    for each in found.comments:
        yield f"\n{click.style(plain(each.author), bold=True)}, {plain(each.created_at)}"
        yield from _text(each.body)


def _text(text: str) -> Iterator[str]:
    """Indented, so that no line of it looks like orch's own."""
    lines = clean(text).strip().splitlines()
    yield from ("", *(f"  {line}".rstrip() for line in lines)) if lines else ()
