"""`orch finish`: land branches, or keep or discard them."""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from typing import cast

import click

from orchestrator.cli.cards.chosen import chosen, several_cards
from orchestrator.cli.cards.verbs import each, report, state_in_words
from orchestrator.cli.changes.changes import told
from orchestrator.cli.connection import hub
from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.failures import exit_code, tell
from orchestrator.cli.group import verb
from orchestrator.cli.machine.trust import with_trust
from orchestrator.cli.options import json_option
from orchestrator.cli.text import fit, pad, plain
from orchestrator.client import Client, OrchError
from orchestrator.core.board.views import CardView
from orchestrator.core.errors import Refused
from orchestrator.core.filter.language import Filter
from orchestrator.core.forge.changes.view import stays_open
from orchestrator.core.landing.methods import MEANS, METHODS
from orchestrator.core.landing.several import after
from orchestrator.core.landing.survey import Survey
from orchestrator.core.landing.text import Fact, counted, facts, lines_of, said_of
from orchestrator.core.requests.cards import (
    AwaitFinish,
    CancelLanding,
    Ending,
    Finish,
    Send,
    SurveyLanding,
)
from orchestrator.core.requests.changes import Publish
from orchestrator.core.requests.overlaps import ListOverlaps

_COLOURS = {"good": "green", "warn": "yellow", "bad": "red"}
_MOST = 20
"""Commits and files that are listed."""


@verb("finish")
@several_cards
@click.option("--merge", "ways", flag_value="merge", multiple=True, help="Land by a merge commit.")
@click.option("--squash", "ways", flag_value="squash", multiple=True, help="Land as one commit.")
@click.option(
    "--rebase",
    "ways",
    flag_value="rebase",
    multiple=True,
    help="Land the branch's commits on top of the base.",
)
@click.option(
    "--pr",
    "ways",
    flag_value="pr",
    multiple=True,
    help="Push the branch, and open or update its pull request. The card is done once that is merged.",
)
@click.option("--draft", is_flag=True, help="With --pr: open it as a draft.")
@click.option("--keep", "ways", flag_value="keep", multiple=True, help="Keep branch and worktree.")
@click.option("--discard", "ways", flag_value="discard", multiple=True, help="Remove branch and worktree.")
@click.option("--dry-run", "ways", flag_value="show", multiple=True, help="Show what landing would do.")
@click.option(
    "--cancel",
    "ways",
    flag_value="cancel",
    multiple=True,
    help="Cancel the landing of the cards, queued or with its check running.",
)
@click.option(
    "--resolve",
    "ways",
    flag_value="resolve",
    multiple=True,
    help="Prompt the session to rebase and resolve the conflicts.",
)
@click.option("--rescue", is_flag=True, help="Save work that would be lost under a rescue ref.")
@click.option("--into", default="", metavar="BRANCH", help="Land on this branch instead of the base.")
@click.option("--no-wait", is_flag=True, help="Return once the cards are queued.")
@json_option("Print each card as a JSON line.")
def finish(
    *,
    cards: tuple[str, ...],
    where: Filter | None,
    ways: tuple[str, ...],
    rescue: bool,
    into: str,
    no_wait: bool,
    draft: bool,
    as_json: bool,
) -> None:
    picked = set(ways)
    method = next(iter(picked & {*METHODS}), "") if len(picked) == 2 and "show" in picked else ""
    if len(picked) != 1 and not method:
        raise click.UsageError(_choose(cards, ways))
    way = "show" if method else ways[0]
    if into and way not in (*METHODS, "show", "resolve"):
        raise click.UsageError("--into requires --merge, --squash or --rebase.")
    if draft and way != "pr":
        raise click.UsageError("--draft requires --pr.")
    cards = chosen(cards, where)
    if way == "pr":
        each(cards, lambda name: Publish(name, draft or None, wait=not no_wait), as_json, told)
    elif way in METHODS:
        _land(cards, partial(Finish, how=cast("Ending", way), rescue=rescue, into=into), no_wait, as_json)
    elif way == "show":
        _dry_run(cards, into, method, as_json)
    elif way == "resolve":
        _each_survey(cards, into, lambda client, found: _resolve(client, found, as_json))
    elif way == "cancel":
        each(cards, CancelLanding, as_json, _cancelled)
    else:
        each(cards, lambda name: Finish(name, cast("Ending", way), rescue=rescue), as_json, _ended)


def _ended(card: CardView) -> str:
    """With its pull request, if that is left open."""
    stays = stays_open(card.change) if card.change and card.finished else ""
    return "; ".join(filter(None, (state_in_words(card), stays)))


def _cancelled(card: CardView) -> str:
    said = state_in_words(card)
    return said if card.state == "error" else f"taken out of the queue; {said}"


def _choose(cards: tuple[str, ...], ways: tuple[str, ...]) -> str:
    """What to choose from, where none was chosen, or several."""
    if ways:
        chosen = sorted({f"--{'dry-run' if way == 'show' else way}" for way in ways})
        return f"{' and '.join(chosen)} cannot be combined. Choose one."
    meant = next((name for name in cards if name in (*METHODS, "pr", "keep", "discard")), "")
    return (
        "it is not said how to finish. Choose --merge, --squash or --rebase to land the branch on its base, "
        "--pr to open a pull request, --keep to keep branch and worktree, or --discard to remove both. "
        + (f"Did you mean --{meant}?" if meant else "To see what landing would do: --dry-run.")
    )


def _land(cards: tuple[str, ...], request: partial[Finish], no_wait: bool, as_json: bool) -> None:
    """Puts all in the queue first, so that they land though this process ends; then tells what came of
    each."""
    client, first, queued = hub(), ExitCode.DONE, []
    for name in cards:
        try:
            view = with_trust(client, partial(client.submit, request(name, wait=False)))
            queued.append(view)
            if no_wait:
                report(view, as_json)
        except OrchError as error:
            tell(error, plain(name) if len(cards) > 1 else "")
            first = first or exit_code(error)
    for card in queued if not no_wait else ():
        try:
            report(client.submit(AwaitFinish(card.id)), as_json, _ended)
        except OrchError as error:
            tell(error, f"{card.id} {plain(card.slug)}" if len(cards) > 1 else "")
            first = first or exit_code(error)
    click.get_current_context().exit(first)


def _each_survey(cards: tuple[str, ...], into: str, use: Callable[[Client, Survey], None]) -> None:
    client, first = hub(), ExitCode.DONE
    for name in cards:
        try:
            use(client, client.submit(SurveyLanding(name, into)))
        except OrchError as error:
            tell(error, plain(name) if len(cards) > 1 else "")
            first = first or exit_code(error)
    click.get_current_context().exit(first)


def _dry_run(cards: tuple[str, ...], into: str, method: str, as_json: bool) -> None:
    """Shows each card as it would land after those named before it."""
    before: list[str] = []

    def use(client: Client, survey: Survey) -> None:
        if before or survey.ahead:
            overlaps = [each for repo in client.submit(ListOverlaps()) for each in repo.overlaps]
            survey = after(survey, before, overlaps)
        before.append(survey.card)
        if method:
            survey = replace(survey, refused=tuple(no for no in survey.refused if no[0] == method))
        _show(survey, method, as_json)

    _each_survey(cards, into, use)


def _resolve(client: Client, survey: Survey, as_json: bool) -> None:
    if not survey.prompt:
        raise Refused(
            f"{survey.card} has no conflicts with {survey.git.into}",
            hint=f"Land it: orch finish {survey.card} --merge",
        )
    report(client.submit(Send(survey.card, survey.prompt, queue=True)), as_json)


def _show(survey: Survey, method: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(survey)))
        return
    width = shutil.get_terminal_size().columns
    click.echo(click.style(survey.card, bold=True))
    means = [Fact("method", f"{method}: {MEANS[method].format(base=survey.git.into)}")] if method else []
    for fact in (*facts(survey), *means):
        said = fit(plain(fact.said), max(20, width - 12))
        click.echo(f"  {pad(fact.name, 9)} {click.style(said, fg=_COLOURS.get(fact.weight))}")
    for commit in survey.git.commits[:_MOST]:
        click.echo(f"    {fit(plain(commit), max(20, width - 4))}")
    if survey.git.count > _MOST:
        click.echo(f"    and {counted(survey.git.count - _MOST, 'more commit')}")
    for file in survey.git.files[:_MOST]:
        click.echo(f"    {pad(lines_of(file), 12)} {plain(file.path)}")
    if len(survey.git.files) > _MOST:
        click.echo(f"    and {counted(len(survey.git.files) - _MOST, 'more file')}")
    for why, no in {no.why: no for _, no in reversed(survey.refused)}.items():
        methods = ", ".join(method for method, each_ in survey.refused if each_.why == why)
        said = f"  no {methods}: {plain(said_of(no))}. {plain(no.hint)}"
        click.echo(click.style(said, fg="red"))
