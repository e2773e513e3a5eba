"""The board with sample cards and no hub: `python -m widgets.gallery`, with `mail` for a team.

Tests take their sample data from here: cards and totals, whole boards, and the client of a fake hub.
"""

import sys
import time
from dataclasses import replace

from orchestrator.client import Board, Refused
from orchestrator.core.board.views import Preview
from widgets.gallery import mail, runs
from widgets.gallery.cards import card, cards, hub
from widgets.gallery.client import GalleryClient
from widgets.gallery.needs import details

__all__ = ["GalleryClient", "board", "card", "cards", "hub", "stage", "stage_mail", "stage_runs"]


def board(now: float) -> Board:
    """The first update of a hub with these cards."""
    sums = hub(
        sessions=14, queued=1, waiting=8, cost_today_usd=21.4, five_hour_percent=62.0, seven_day_percent=18.0
    )
    shown = cards(now)
    return Board(sums, shown, tuple(each.need for each in details({each.id: each for each in shown}, now)))


def stage(now: float) -> GalleryClient:
    """A client with needs of nearly every kind."""
    client = GalleryClient(board(now))
    client.details = {each.need.id: each for each in details({each.id: each for each in cards(now)}, now)}
    return client


def stage_runs(now: float) -> GalleryClient:
    """The same with runs of workflows, some of which also need a person."""
    told = board(now)
    of_runs = runs.wholes(now, {each.id: each for each in told.cards})
    stages = {stage.card: (run.id, stage) for run in runs.runs(now) for stage in run.stages if stage.card}
    shown = tuple(
        replace(each, run=stages[each.id][0], stage=stages[each.id][1].name) if each.id in stages else each
        for each in told.cards
    )
    headless = card(40, "audit-api", "in_progress", "working", since=now - 480.0, reason="Grep TODO",
                    run="r7", stage="audit-api", where="headless", window=None, pane=None)  # fmt: skip
    needs = (*(each.need for each in of_runs), *told.needs)
    sums = replace(told.hub, waiting=11)
    client = GalleryClient(Board(sums, (*shown, headless), needs, runs.runs(now)))
    client.details = stage(now).details | {each.need.id: each for each in of_runs}
    client.gates_by_id = runs.gates(now)
    return client


def stage_mail(now: float) -> GalleryClient:
    """The board with a team that exchanges mail, also with the human."""
    told = board(now)
    minute = 60.0
    team = (
        card(21, "Coordinate the spec", "in_progress", "working", since=now - 3 * minute, slug="coordinator",
             reason="waiting in mail_gather", unread_mail=1, bell="waiting in mail_gather"),
        card(22, "Parser", "review", "idle", since=now - 19 * minute, slug="worker-1", lead="coordinator",
             reason="The parser is done", bell="notified by typed line when idle"),
        card(23, "Printer", "in_progress", "working", since=now - 4 * minute, slug="worker-2",
             lead="coordinator", reason="Edit src/printer.py", bell="at its next tool call"),
        card(24, "Command line", "blocked", "permission", since=now - 8 * minute, slug="worker-3",
             attention=1, lead="coordinator", reason="Bash sudo make install", unread_mail=2,
             bell="not responding: notified 4 times by typed line"),
        card(25, "Write the man page", "blocked", "new", since=now - 200.0, slug="worker-4", attention=1,
             lead="coordinator", reason="requested by coordinator; needs your approval"),
    )  # fmt: skip
    shown = {each.id: each for each in (*told.cards, *team)}
    wholes = mail.wholes(now, shown)
    needs = sorted(
        (*told.needs, *(each.need for each in wholes)), key=lambda need: (need.urgency, need.since, need.id)
    )
    client = GalleryClient(Board(told.hub, tuple(shown.values()), tuple(needs), (), mail.mail(now, shown)))
    client.details = stage(now).details | {each.need.id: each for each in wholes}
    client.letters = list(mail.messages(now))
    client.dead, client.flows = mail.dead(now), mail.flows(now)
    return client


def main() -> None:
    """Shows the runs, or with the argument `mail` the mail, without a hub: `python -m
    widgets.gallery.boards`."""
    from widgets.app import OrchApp

    client = stage_mail(time.time()) if "mail" in sys.argv else stage_runs(time.time())
    client.settles = True
    client.screen = Preview(
        "\x1b[1;36m● Bash\x1b[0m(npm test)\n  ⎿ \x1b[32m214 passed\x1b[0m in 8.1 s\n\n> ", 80, 24, 0.0
    )
    client.refusals["finish"] = Refused(
        "c1 would lose work", "2 changed files", "Rescue it, or keep the branch."
    )
    OrchApp(client).run()
