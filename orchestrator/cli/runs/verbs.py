"""`orch run list`, `show`, and the verbs that act on a run and its stages."""

import getpass
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import click
from click.shell_completion import CompletionItem

from orchestrator.cli.cards.views import terminal_width
from orchestrator.cli.connection import hub, running_hub
from orchestrator.cli.gates.gate import at_a_terminal
from orchestrator.cli.group import verb
from orchestrator.cli.options import from_stdin, json_option
from orchestrator.cli.runs.output import exit_code_of, follow
from orchestrator.cli.runs.run_lines import ENDED, words
from orchestrator.cli.runs.text import table, whole
from orchestrator.cli.text import plain
from orchestrator.client import OrchError
from orchestrator.core.requests.runs import (
    AcknowledgeRun,
    CancelRun,
    ListRuns,
    Mark,
    PauseRun,
    ResumeRun,
    RetryStage,
    ShowRun,
    SkipStage,
)
from orchestrator.core.workflow.views import RunView

_json = json_option("Print the run as a JSON line.")


def _complete_run(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    try:
        runs = running_hub().submit(ListRuns())
    except OrchError:
        return []
    return [CompletionItem(run.id, help=plain(run.name)) for run in runs if run.id.startswith(incomplete)]


def _complete_stage(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    try:
        run = running_hub().submit(ShowRun(ctx.params.get("run") or ""))
    except OrchError:
        return []
    return [
        CompletionItem(stage.name, help=stage.state)
        for stage in run.stages
        if stage.name.startswith(incomplete)
    ]


def _run_argument() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.argument("run", metavar="RUN", shell_complete=_complete_run)


def _about_a_stage(act: Callable[..., Any]) -> Callable[..., Any]:
    """The arguments and options of the verbs that act on one stage."""
    for each in (
        _json,
        click.option(
            "--note", default="", help="A reason, or a note for its session; - reads it from standard input."
        ),
        click.argument("stage", metavar="STAGE", shell_complete=_complete_stage),
        _run_argument(),
    ):
        act = each(act)
    return act


def report(run: RunView, as_json: bool) -> None:
    """The resulting run: a line of text, or a line of JSON."""
    if as_json:
        click.echo(json.dumps(asdict(run)))
    else:
        why = f" ({said})" if (said := plain(run.reason)) else ""
        click.echo(f"{run.id} {plain(run.name)}: {run.state}{why}")


def _report_stage(run: RunView, name: str, as_json: bool) -> None:
    stage = next((each for each in run.stages if each.name == name), None)
    if as_json or stage is None:
        report(run, as_json)
    else:
        why = f" ({said})" if (said := words(stage)) else ""
        click.echo(f"{run.id} {plain(stage.name)}: {stage.state}{why}")


@verb("run.list")
@json_option("Print a list of runs as JSON.")
@click.option("--all", "every", is_flag=True, help="Include ended runs.")
def list_(*, as_json: bool, every: bool) -> None:
    runs = [run for run in hub().submit(ListRuns()) if every or as_json or run.state not in ENDED]
    if as_json:
        click.echo(json.dumps([asdict(run) for run in runs], indent=2))
    elif runs:
        click.echo("\n".join(table(runs, time.time(), terminal_width())))
    else:
        none = "No runs." if every else "No active runs; orch run list --all shows ended ones."
        click.echo(f"{none} Start a run: orch run FILE", err=True)


@verb("run.show")
@_run_argument()
@click.option("--follow", "-f", "follows", is_flag=True, help="Print a line per change until it ends.")
@json_option("Print everything as a JSON line; with --follow, one line per change.")
def show(*, run: str, follows: bool, as_json: bool) -> None:
    client = hub()
    found = client.submit(ShowRun(run))
    if not (follows and as_json):
        shown = (
            json.dumps(asdict(found)) if as_json else "\n".join(whole(found, time.time(), terminal_width()))
        )
        click.echo(shown)
    if follows:
        click.get_current_context().exit(exit_code_of(follow(client, found, as_json, shown=not as_json)))


@verb("run.pause")
@_run_argument()
@_json
def pause(run: str, as_json: bool) -> None:
    report(hub().submit(PauseRun(run)), as_json)


@verb("run.resume")
@_run_argument()
@_json
def resume(run: str, as_json: bool) -> None:
    report(hub().submit(ResumeRun(run)), as_json)


@verb("run.cancel")
@_run_argument()
@click.option("--yes", is_flag=True, help="Do not ask, even on a terminal.")
@_json
def cancel(run: str, yes: bool, as_json: bool) -> None:
    client = hub()
    if not (yes or as_json) and at_a_terminal():
        found = client.submit(ShowRun(run))
        busy = [plain(stage.name) for stage in found.stages if stage.state == "running"]
        ends = f" This ends {', '.join(busy)}; worktrees are kept." if busy else ""
        click.confirm(f"Cancel {found.id} {plain(found.name)}?{ends}", abort=True)
    report(client.submit(CancelRun(run)), as_json)


@verb("run.acknowledge")
@_run_argument()
@_json
def acknowledge(run: str, as_json: bool) -> None:
    report(hub().submit(AcknowledgeRun(run)), as_json)


@verb("run.retry")
@_about_a_stage
def retry(*, run: str, stage: str, note: str, as_json: bool) -> None:
    _report_stage(hub().submit(RetryStage(run, stage, note=_text(note))), stage, as_json)


@verb("run.skip")
@_about_a_stage
def skip(*, run: str, stage: str, note: str, as_json: bool) -> None:
    _report_stage(hub().submit(SkipStage(run, stage, note=_text(note))), stage, as_json)


@verb("run.done")
@_about_a_stage
def done(*, run: str, stage: str, note: str, as_json: bool) -> None:
    _report_stage(hub().submit(Mark(run, stage, "done", _text(note), getpass.getuser())), stage, as_json)


@verb("run.fail")
@_about_a_stage
def fail(*, run: str, stage: str, note: str, as_json: bool) -> None:
    _report_stage(hub().submit(Mark(run, stage, "failed", _text(note), getpass.getuser())), stage, as_json)


def _text(note: str) -> str:
    return from_stdin() if note == "-" else note
