"""`orch pr problems`, `fix` and `autofix`: what a change request lacks, and sending it to the session."""

import json
from collections.abc import Iterator
from dataclasses import asdict

import click

from orchestrator.cli.cards.verbs import report, state_in_words
from orchestrator.cli.connection import hub
from orchestrator.cli.group import verb
from orchestrator.cli.options import card_argument, json_option
from orchestrator.cli.text import plain
from orchestrator.core.board.views import CardView
from orchestrator.core.forge.autofix.views import ProblemView, autofix_words, problem_text
from orchestrator.core.requests.fixes import Fix, ListProblems, SetAutofix
from orchestrator.core.text.clean import clean

_LINES = 8
"""Of a log or comment that are shown."""


@verb("pr.problems")
@card_argument()
@json_option("Print a list of problems as JSON, with their whole texts.")
def problems(*, card: str, as_json: bool) -> None:
    found = hub().submit(ListProblems(card))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found.problems], indent=2))
    elif found.problems:
        click.echo("\n\n".join("\n".join(_shown(each)) for each in found.problems))
    else:
        click.echo(f"Nothing to fix in #{found.number}.", err=True)


@verb("pr.fix")
@card_argument()
@click.argument("keys", metavar="[PROBLEM]...", nargs=-1)
@click.option("--note", default="", metavar="TEXT", help="Your own words, before the problems.")
@json_option("Print the card as a JSON line.")
def fix(*, card: str, keys: tuple[str, ...], note: str, as_json: bool) -> None:
    sent = hub().submit(Fix(card, keys, note))
    if as_json:
        report(sent.card, as_json)
    else:
        click.echo(f"sent to {sent.card.id}: {plain(sent.words)}")


fix.epilog = "PROBLEM is a key as orch pr problems lists it, a check's name, a comment's id, or conflict."


@verb("pr.autofix")
@card_argument()
@click.argument("state", type=click.Choice(["on", "off"]))
@json_option("Print the card as a JSON line.")
def autofix(*, card: str, state: str, as_json: bool) -> None:
    report(hub().submit(SetAutofix(card, state == "on")), as_json, _autofix)


def _autofix(card: CardView) -> str:
    return f"{autofix_words(card.autofix)}; {state_in_words(card)}" if card.autofix else "autofix off"


def _shown(problem: ProblemView) -> Iterator[str]:
    sent = "  (sent)" if problem.sent else ""
    yield f"{plain(problem.key)}  {plain(problem_text(problem))}{sent}"
    if problem.url:
        yield f"  {plain(problem.url)}"
    lines = clean(problem.text).strip().splitlines()
    shown = lines[-_LINES:] if problem.kind == "check" else lines[:_LINES]
    yield from (f"  | {line}" for line in shown)
    if len(lines) > len(shown):
        yield f"  | ({len(lines) - len(shown)} more lines: --json)"
