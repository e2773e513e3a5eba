"""`orch notify …`: lists notifications, and tests the channels."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click

from orchestrator.cli.connection import hub
from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.group import LazyGroup, verb
from orchestrator.cli.options import json_option
from orchestrator.cli.text import pad, plain, widths
from orchestrator.cli.verb_table import GROUPS
from orchestrator.core.notifications.views import NotificationView
from orchestrator.core.requests.notifications import ListNotifications, SendTestNotification
from orchestrator.core.text.clean import one_line

_HERE = "orchestrator.cli.queue.notify"

notify = LazyGroup(
    name="notify",
    help=GROUPS["notify"],
    prefix="notify.",
    verbs={"list": f"{_HERE}:list_", "test": f"{_HERE}:test"},
)


@verb("notify.list")
@click.option(
    "--most", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many, newest first."
)
@click.option("--all", "every", is_flag=True, help="Include those that a channel had nobody to tell.")
@json_option("Print a list of notifications as JSON.")
def list_(*, most: int, every: bool, as_json: bool) -> None:
    found = hub().submit(ListNotifications(most, every))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
    elif found:
        click.echo("\n".join(_table(found)))
    else:
        click.echo("No notifications.", err=True)


@verb("notify.test")
@click.argument("channel", metavar="[CHANNEL]", default="")
@json_option("Print a list of what became of each as JSON.")
def test(*, channel: str, as_json: bool) -> None:
    found = hub().submit(SendTestNotification(channel))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
    else:
        sizes = widths([(each.channel,) for each in found])
        for each in found:
            click.echo(f"{pad(plain(each.channel), sizes[0])}  {_became(each)}")
    if any(each.state == "failed" for each in found):
        raise click.exceptions.Exit(ExitCode.FAILED)


def _table(found: Sequence[NotificationView]) -> Iterator[str]:
    rows = [("TIME", "BY", "ABOUT", "STATE", "TEXT")]
    for each in found:
        at = time.strftime("%m-%d %H:%M:%S", time.localtime(each.at))
        about = " ".join(each.needs[:2]) + (f" +{len(each.needs) - 2}" if len(each.needs) > 2 else "")
        text = one_line(each.text.replace("\n", " · "), 120)
        rows.append((at, plain(each.channel), plain(about or "-"), _became(each), plain(text)))
    sizes = widths([row[:-1] for row in rows])
    for row in rows:
        yield "  ".join(
            [*(pad(text, size) for text, size in zip(row, sizes, strict=False)), row[-1]]
        ).rstrip()


def _became(each: NotificationView) -> str:
    return f"{each.state}: {plain(each.why)}" if each.why else each.state
