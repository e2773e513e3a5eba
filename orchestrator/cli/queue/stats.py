"""`orch stats`: how long sessions waited for a person."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby

import click

from orchestrator.cli.connection import hub
from orchestrator.cli.group import verb
from orchestrator.cli.options import json_option
from orchestrator.cli.text import pad, plain, widths
from orchestrator.core.board.views import Waited
from orchestrator.core.requests.needs import ListWaits

_HEADS = ("DAY", "CARD", "WAITED", "TIMES", "ANSWERED BY", "TITLE")


@verb("stats")
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    default=7,
    show_default=True,
    help="Number of days, including today.",
)
@json_option("Print a list of objects, one per day and card, as JSON.")
def stats(days: int, as_json: bool) -> None:
    found = hub().submit(ListWaits(days))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
    elif found:
        click.echo("\n".join(table(found)))
    else:
        click.echo("No waiting times.", err=True)


def table(found: Sequence[Waited]) -> list[str]:
    """A line for each day and card, a subtotal below each day with several cards, and a total."""
    rows: list[tuple[str, ...]] = [_HEADS]
    for day, same_day in groupby(found, key=lambda each: each.day):
        those = list(same_day)
        rows += [_row(each.day, each.card, [each], each.title) for each in those]
        if len(those) > 1:
            rows.append(_row(day, "all", those))
    if len({each.day for each in found}) > 1:
        rows.append(_row("all", "all", found))
    sizes = widths([row[:-1] for row in rows])
    return [
        "  ".join([*(pad(text, size) for text, size in zip(row, sizes, strict=False)), row[-1]]).rstrip()
        for row in rows
    ]


def _row(day: str, card: str, those: Sequence[Waited], title: str = "") -> tuple[str, ...]:
    by: Counter[str] = Counter()
    for each in those:
        by.update(each.by)
    seconds = sum(each.seconds for each in those)
    return (day, card, span(seconds), str(sum(each.times for each in those)), _by(by), plain(title))


def _by(by: Mapping[str, int]) -> str:
    return ", ".join(f"{plain(who)} {times}" for who, times in sorted(by.items(), key=lambda pair: -pair[1]))


def span(seconds: float) -> str:
    """`45s`, `12m`, `3h 05m`."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole}s"
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}h {minutes:02}m" if hours else f"{minutes}m"
