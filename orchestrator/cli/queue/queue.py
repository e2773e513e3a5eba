"""`orch queue` and `orch answer`: what needs a person, and the answer to it."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict

import click
from click.shell_completion import CompletionItem

from orchestrator.cli.cards.verbs import report, state_in_words
from orchestrator.cli.cards.views import terminal_width
from orchestrator.cli.connection import hub, running_hub
from orchestrator.cli.gates.gate import at_a_terminal
from orchestrator.cli.group import verb
from orchestrator.cli.options import from_stdin, json_option
from orchestrator.cli.queue.choice import UnclearError, chosen
from orchestrator.cli.queue.text import table, whole
from orchestrator.cli.text import plain
from orchestrator.client import Client, Missing, OrchError, Refused
from orchestrator.core.board.views import Need, NeedDetail
from orchestrator.core.needs.ranking import RANKS
from orchestrator.core.requests.cards import ShowBoard
from orchestrator.core.requests.needs import Answer, ShowNeed, Verdict

_ELSEWHERE = ("gate", "stage", "run", "run_done", "mail")
"""Kinds of needs that have verbs of their own."""
_DONE = {"allow": "allowed", "always": "allowed from now on", "deny": "denied"}


@verb("queue")
@json_option("Print a list of objects as JSON, with all details.")
@click.option("--kind", type=click.Choice(list(RANKS)), metavar="KIND", help="Only entries of this kind.")
@click.option("--full", is_flag=True, help="Show each request in full, with its options and suggestions.")
def queue(as_json: bool, kind: str | None, full: bool) -> None:
    client = hub()
    needs = [need for need in client.submit(ShowBoard()).needs if kind in (None, need.kind)]
    if as_json:
        click.echo(json.dumps([_flat(found) for found in _details(client, needs)], indent=2))
    elif not needs:
        click.echo("The queue is empty.", err=True)
    elif full:
        now = time.time()
        click.echo("\n\n".join("\n".join(whole(found, now)) for found in _details(client, needs)))
    else:
        click.echo("\n".join(table(needs, time.time(), terminal_width())))


queue.epilog = "\b\nKinds, most urgent first:\n" + "\n".join(
    f"  {kind:<13} {rank.what}" for kind, rank in RANKS.items()
)


def _details(client: Client, needs: Sequence[Need]) -> Iterator[NeedDetail]:
    """Each of them in full; without those that were answered meanwhile."""
    for need in needs:
        with suppress(Missing, Refused):
            yield client.submit(ShowNeed(need.id))


def _flat(found: NeedDetail) -> dict[str, object]:
    said = asdict(found)
    return {**said.pop("need"), **said}


def _complete(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    try:
        needs = running_hub().submit(ShowBoard()).needs
    except OrchError:
        return []
    return [
        CompletionItem(need.id, help=plain(need.summary))
        for need in needs
        if need.answerable and need.kind not in _ELSEWHERE and need.id.startswith(incomplete)
    ]


@verb("answer")
@click.argument("request", metavar="REQUEST", shell_complete=_complete)
@click.argument("verdict", type=click.Choice(list(_DONE)))
@click.option(
    "--message", default="", help="With deny: the reason for the agent; - reads it from standard input."
)
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="LABEL",
    help="With allow: the answer to a question, a label or your own words. Once per question, in order; "
    "several times if several are allowed. For a dialog: the option whose keys are pressed.",
)
@click.option(
    "--always",
    "suggestion",
    type=click.IntRange(min=0),
    help="With always: the number of the suggestion to use (see queue --full).",
)
@click.option(
    "--seen",
    default="",
    metavar="VERSION",
    help="The version of the dialog you have read (see queue --full); refused if it has changed.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option("Print the card as a JSON line.")
def answer(
    *,
    request: str,
    verdict: Verdict,
    message: str,
    options: tuple[str, ...],
    suggestion: int | None,
    seen: str,
    yes: bool,
    as_json: bool,
) -> None:
    for given, name, goes_with in (
        (message, "--message", "deny"),
        (options, "--option", "allow"),
        (suggestion is not None, "--always", "always"),
    ):
        if given and verdict != goes_with:
            raise click.UsageError(f"{name} requires {goes_with}, not {verdict}.")
    message = from_stdin() if message == "-" else message
    client = hub()
    found = client.submit(ShowNeed(request))
    if found.need.kind in _ELSEWHERE:
        raise _decided_elsewhere(found.need)
    if found.need.unusual and verdict != "deny" and found.need.answerable:
        _warn(found, ask=not yes and not as_json and at_a_terminal())
    number = _suggestion(found, suggestion) if verdict == "always" else 0
    granted = found.always[number] if verdict == "always" and found.always else ""
    if granted and not (yes or as_json) and at_a_terminal():
        click.echo(f"From now on: {plain(granted)}")
        click.confirm("Allow it always?", abort=True)
    card = client.submit(
        Answer(
            request,
            verdict,
            message=message,
            options=_answers(found, options) if verdict == "allow" else (),
            always=number,
            seen=seen or found.version,
        )
    )
    done = "answered" if found.need.kind == "dialog" else _DONE[verdict]
    report(card, as_json, lambda after: f"{done}; now {state_in_words(after)}")


def _warn(found: NeedDetail, *, ask: bool) -> None:
    """Says what is unusual in the request; on a terminal shows it in full and asks for confirmation."""
    if ask:
        click.echo("\n".join(whole(found, time.time())), err=True)
        click.confirm("Allow?", abort=True, err=True)
    else:
        click.echo(f"orch: {found.need.id} has {found.need.unusual}", err=True)


def _decided_elsewhere(need: Need) -> Refused:
    if need.kind == "gate":
        ways = f"orch gate approve {need.id} (or deny), once you have read: orch gate show {need.id}"
        return Refused(f"{need.id} is a gate, not a request", hint=f"Decide with: {ways}")
    if need.kind == "mail":
        ways = f'orch mail read {need.id}; orch mail send --reply-to {need.id} "..."'
        return Refused(f"{need.id} is a message, not a request", hint=f"Read and answer it: {ways}")
    ways = f"orch run done {need.run} {need.stage} (or fail, retry, skip); see: orch run show {need.run}"
    return Refused(f"{need.id} is a blocked stage, not a request", hint=f"Decide with: {ways}")


def _answers(found: NeedDetail, options: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    if not found.need.answerable:
        return tuple((each,) for each in options)
    if options and not found.questions:
        raise click.UsageError(f"{found.need.id} is not a question: it has no options.")
    try:
        return chosen(found.questions, options)
    except UnclearError as error:
        raise click.UsageError(f"{plain(str(error))} See: orch queue --full") from None


def _suggestion(found: NeedDetail, number: int | None) -> int:
    count = len(found.always) if found.need.answerable else 0
    if not count:
        return number or 0
    if number is None and count > 1:
        listed = "\n".join(f"  --always {at}  {plain(said)}" for at, said in enumerate(found.always))
        raise click.UsageError(f"choose which of these applies from now on:\n{listed}")
    if number is not None and number >= count:
        raise click.UsageError(f"--always {number} is not one of the {count} suggestions, numbered from 0.")
    return number or 0
