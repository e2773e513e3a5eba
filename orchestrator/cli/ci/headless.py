"""`orch run FILE --headless`: a run in the foreground, without a terminal and without tmux."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

from orchestrator.cli.ci.headless_hub import HeadlessHub, home_for
from orchestrator.cli.ci.headless_run import HeadlessOptions, HeadlessRun
from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.gates.orders import unknown_gate
from orchestrator.cli.machine.programs import require
from orchestrator.cli.runs.start import start, unusable, warn
from orchestrator.client import Client, Failed, HubAway, Missing, Refused
from orchestrator.core.requests.runs import CancelRun, ResumeRun, RetryStage, ShowRun
from orchestrator.core.workflow.views import RunView
from orchestrator.paths import Home

_ENDINGS = (signal.SIGTERM, signal.SIGHUP)


def run_headless(order: HeadlessOptions) -> ExitCode:
    """Runs it until it ends or waits for people; its hub is ended with it."""
    require("git")
    from orchestrator.cli.settings import load_config  # costs a fifth of a second

    load_config(order.repo)
    began_at = time.time()
    home = home_for(order.repo, order.state)
    if order.resume and not home.journal.exists():
        raise _not_there(order.resume, home)
    hub = HeadlessHub(home)
    with _signals(), hub as client:
        journey = HeadlessRun(client, order, _begin(client, order, home), state=home.root, began_at=began_at)
        try:
            return journey.to_the_end()
        except HubAway as away:
            raise Failed("the hub ended during the run", hub.last_words(), journey.resume()) from away
        except (KeyboardInterrupt, SystemExit):
            journey.halt()
            click.echo(f"orch: interrupted. {journey.resume()}", err=True)
            raise
        finally:
            journey.write_for_github()


def _begin(client: Client, order: HeadlessOptions, home: Home) -> RunView:
    if order.resume:
        return _resumed(client, order, home)
    run = start(client, order.file, order.repo, order.inputs, headless=True, yes=order.yes)
    if said := unknown_gate(order.gates, run):
        client.submit(CancelRun(run.id))
        raise unusable(said)
    warn(run)
    return run


def _resumed(client: Client, order: HeadlessOptions, home: Home) -> RunView:
    """The run in progress. An error of the command leaves a paused run paused."""
    try:
        run = client.submit(ShowRun(order.resume))
    except Missing:
        raise _not_there(order.resume, home) from None
    if said := unknown_gate(order.gates, run):
        raise unusable(said)
    try:
        for stage in order.retry:
            run = client.submit(RetryStage(run.id, stage, note=order.note))
        if run.state == "paused":
            run = client.submit(ResumeRun(run.id))
    except Refused as refused:  # its hint names commands for a long-lived hub
        raise unusable(f"{refused.what}: {refused.why}" if refused.why else refused.what) from refused
    return run


def _not_there(run: str, home: Home) -> Missing:
    return Missing(
        f"no run named {run!r} in the state directory {home.root}",
        hint="Choose its state directory with --state.",
    )


@contextmanager
def _signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end the command like an exception; after the first, further ones are ignored."""
    before = {number: signal.signal(number, _end) for number in _ENDINGS}
    interrupt = signal.signal(signal.SIGINT, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.signal(signal.SIGINT, interrupt)


def _end(number: int, _frame: FrameType | None) -> None:
    _hear_no_more()
    raise SystemExit(128 + number)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    _hear_no_more()
    raise KeyboardInterrupt


def _hear_no_more() -> None:
    for number in (*_ENDINGS, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
