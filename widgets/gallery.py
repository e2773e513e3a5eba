"""The board with made-up cards and no hub: `python -m widgets.gallery`, with `mail` behind it for a team.

`StageClient` stands in for the hub's client here and in the tests: whoever holds it says what the
hub tells and reads what was asked of it.
"""

import queue
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from orchestrator.client import (
    Board,
    CardChanged,
    Client,
    HubAway,
    NeedsChanged,
    OrchError,
    Refused,
    RunChanged,
    Update,
)
from orchestrator.core.model import Evidence, Source
from orchestrator.core.views import (
    Attachment,
    CardDetail,
    CardView,
    HubView,
    Need,
    NeedDetail,
    Preview,
    Settings,
)
from orchestrator.core.workflow.views import GateView, RunView, WorkflowFile
from orchestrator.paths import Home
from widgets import gallery_mail, gallery_runs
from widgets.gallery_needs import detail, details
from widgets.played_mail import PlayedMail

_CARD = CardView(
    id="c1", slug="card", title="Card", column="backlog", state="new", reason="", since=0.0, evidence="orch",
    unknown_since=None, asks=False, unread=False, attention=0, repo="/src/shop", base="main", branch="",
    worktree=None, window=None, pane=None, pid=None, session_id=None, model="", permission_mode="",
    context_percent=None, cost_usd=0.0, queue_position=None, queued_prompts=0, held=None, finished=None,
    last_words="", output="", rescues=(), labels=(), created_at=0.0,
)  # fmt: skip

_HUB = HubView(
    pid=1, port=4100, version="0", started_at=0.0, sessions=0, max_sessions=30, queued=0, queue_reason="",
    waiting=0, cost_today_usd=0.0, five_hour_percent=None, five_hour_resets_at=None, seven_day_percent=None,
    seven_day_resets_at=None, trouble="",
)  # fmt: skip


def card(number: int, title: str, column: str, state: str, **more: Any) -> CardView:
    """A card that makes sense: one that was started has a window, a session and a branch."""
    slug = "-".join(title.lower().split()[:3])
    made: dict[str, Any] = {
        "id": f"c{number}",
        "slug": slug,
        "title": title,
        "column": column,
        "state": state,
    }
    made |= {"branch": f"orch/{slug}"}
    if state not in ("new", "queued"):
        made |= {"session_id": f"session-{number}", "worktree": f"/src/shop-orch/{slug}", "evidence": "hook"}
        if state not in ("exited", "lost"):
            made |= {"window": f"@{number}", "pane": f"%{number}", "pid": 1000 + number}
    return replace(_CARD, **{**made, **more})


def hub(**more: Any) -> HubView:
    return replace(_HUB, **more)


class StageClient(PlayedMail, Client):
    """A client whose hub is played by its holder. `tell` and `leave` are what the hub does next;
    `asked` holds every command with its arguments; `refusals` maps a command to the error it raises.
    `details` holds the requests in full, by id, `gates_by_id` the gates, `files` the workflows, `letters`
    the messages.
    With `settles` an answer takes its need off the list."""

    def __init__(self, board: Board | None = None) -> None:
        Client.__init__(self, Home(Path("/nowhere"), "nobody"))
        PlayedMail.__init__(self)
        self._told: queue.Queue[Update | OrchError] = queue.Queue()
        self._cards: dict[str, CardView] = {}
        self._board = board
        self._needs: tuple[Need, ...] = ()
        self.details: dict[str, NeedDetail] = {}
        self.gates_by_id: dict[str, GateView] = {}
        self.files: tuple[WorkflowFile, ...] = gallery_runs.WORKFLOWS
        self._runs: dict[str, RunView] = {}
        self.settles = False
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.refusals: dict[str, OrchError] = {}
        self.options = Settings({}, "F12", "F11", ("opus", "sonnet", "haiku"), ("default", "plan"), "", "")
        self.screen = Preview("", 80, 24, 0.0)
        self.road = Attachment(("true",), inside=True)
        if board is not None:
            self.tell(board)

    def tell(self, *updates: Update) -> None:
        for update in updates:
            if isinstance(update, Board):
                self._cards = {each.id: each for each in update.cards}
                self._needs = update.needs
                self._runs = {each.id: each for each in update.runs}
            elif isinstance(update, RunChanged):
                self._runs[update.run.id] = update.run
            elif isinstance(update, NeedsChanged):
                self._needs = update.needs
            elif isinstance(update, CardChanged):
                self._cards[update.card.id] = update.card
            self._told.put(update)

    def leave(self, why: OrchError | None = None) -> None:
        """The hub ends; the next `tell` of a board brings it back."""
        self._told.put(why or HubAway("the hub has ended"))

    def watch(self) -> Iterator[Update]:
        while True:
            told = self._told.get()
            if isinstance(told, OrchError):
                raise told
            yield told

    def settings(self) -> Settings:
        return self.options

    def show(self, ref: str) -> CardDetail:
        self._ask_for("show", {"card": ref})
        shown = self._cards[ref]
        heard = (Evidence(Source.HOOK, "PreToolUse Bash npm test", shown.since),)
        return CardDetail(shown, "Do what the title says.", (), None, heard, heard)

    def need(self, ref: str) -> NeedDetail:
        self._ask_for("need", {"need": ref})
        return self.details.get(ref) or detail(next(each for each in self._needs if each.id == ref))

    def preview(self, ref: str) -> Preview:
        self._ask_for("preview", {"card": ref})
        return self.screen

    def attach(self, ref: str, *, tmux: str = "") -> Attachment:
        self._ask_for("attach", {"card": ref, "tmux": tmux})
        return self.road

    def gate(self, ref: str) -> GateView:
        self._ask_for("gate", {"gate": ref})
        return self.gates_by_id[ref]

    def workflows(self, repo: str) -> tuple[WorkflowFile, ...]:
        self._ask_for("workflows", {"repo": repo})
        return self.files

    def _of_run(self, verb: str, **arguments: Any) -> RunView:
        self._ask_for(f"run.{verb}", arguments)
        if verb != "start":
            return self._runs[arguments["run"]]
        file = next((each for each in self.files if each.name == arguments["file"]), None)
        stages = tuple(gallery_runs.stage(name, "waiting") for name in (file.stages if file else ("only",)))
        begun = max((each.started_at for each in self._runs.values()), default=0.0) + 1
        made = gallery_runs.run(len(self._runs) + 1, arguments["file"], "running", *stages, started_at=begun)
        self.tell(RunChanged(made))
        return made

    def _decide(self, verdict: str, ref: str, note: str, seen: int | None, _who: str, by: str) -> GateView:
        self._ask_for(f"gate.{verdict}", {"gate": ref, "note": note, "seen_version": seen, "by": by})
        if self.settles:
            self.tell(NeedsChanged(tuple(each for each in self._needs if each.id != ref)))
        return self.gates_by_id[ref]

    def _command(self, verb: str, **arguments: Any) -> CardView:
        self._ask_for(verb, arguments)
        if verb == "new":
            column, state = ("backlog", "new") if arguments["backlog"] else ("in_progress", "starting")
            made = card(len(self._cards) + 1, arguments["title"], column, state, repo=arguments["repo"])
            self.tell(CardChanged(made))
            return made
        if verb == "answer":
            answered = next(each for each in self._needs if each.id == arguments["need"])
            if self.settles:
                self.tell(NeedsChanged(tuple(each for each in self._needs if each.id != answered.id)))
            return self._cards[answered.card]
        return self._cards[arguments["card"]]

    def _ask_for(self, verb: str, arguments: dict[str, Any]) -> None:
        self.asked.append((verb, arguments))
        if error := self.refusals.get(verb):
            raise error


def cards(now: float) -> tuple[CardView, ...]:
    """A working day's board."""
    minute, hour = 60.0, 3600.0
    return (
        card(1, "Rotate the signing keys", "backlog", "new", since=now - 26 * hour),
        card(2, "Cache the price list", "backlog", "queued", since=now - 2 * minute, queue_position=1,
             reason="30 of 30 sessions run"),
        card(3, "Drop Python 3.10", "backlog", "exited", since=now - 5 * hour, reason="sent back",
             cost_usd=0.31),
        card(4, "Auth refactor: one session store", "in_progress", "working", since=now - 3 * minute,
             reason="Bash pytest tests/auth -x", context_percent=42.0, cost_usd=1.27),
        card(5, "Paginate /orders", "in_progress", "background", since=now - 11 * minute,
             reason="turn ended; npm run dev still runs", context_percent=61.0, cost_usd=0.88, unread=True),
        card(6, "日本語の見積書を直す", "in_progress", "retrying", since=now - 20.0,
             reason="API overloaded: attempt 3 of 10", context_percent=12.0, cost_usd=0.09),
        card(7, "Speed up CI", "in_progress", "compacting", since=now - 40.0, reason="compacting",
             context_percent=93.0, cost_usd=6.02, queued_prompts=1),
        card(8, "Migrate billing to Postgres 16", "blocked", "permission", since=now - 4 * minute,
             attention=1, reason="Bash psql -f migrate.sql", context_percent=37.0, cost_usd=2.4, unread=True),
        card(9, "Which date format?", "blocked", "question", since=now - 17 * minute, attention=2,
             reason="ISO 8601 or the customer's own?", context_percent=20.0, cost_usd=0.35),
        card(10, "Flaky websocket test", "blocked", "stalled", since=now - 8 * minute, attention=4,
             reason="no sign of life for 8 minutes in Bash npm test", context_percent=55.0, cost_usd=1.9,
             unknown_since=now - 2 * minute),
        card(11, "Import the 2019 archive", "blocked", "error", since=now - 50 * minute, attention=5,
             reason="API error 529: overloaded", context_percent=78.0, cost_usd=3.31),
        card(12, "Dark mode", "blocked", "working", since=now - 31 * minute, held="wait for design",
             reason="held", context_percent=48.0, cost_usd=0.7),
        card(13, "Release notes for 4.2", "review", "idle", since=now - 6 * minute, attention=3, asks=True,
             unread=True, reason="Also mention the deprecations?", context_percent=31.0, cost_usd=0.44),
        card(14, "Fix [/x] \x1b[31mred 👨‍👩‍👧 שלום", "review", "idle", since=now - 43 * minute,
             attention=6, unread=True, reason="All 214 tests pass", context_percent=64.0, cost_usd=1.05),
        card(15, "Rename the internal module", "review", "interrupted", since=now - 2 * hour,
             reason="you pressed Esc", context_percent=9.0, cost_usd=0.12),
        card(16, "Upgrade to Django 5.2", "done", "exited", since=now - 3 * hour, finished="merge",
             reason="merged into main", cost_usd=4.75),
        card(17, "Spike: WebAssembly renderer", "done", "exited", since=now - 30 * hour, finished="discard",
             reason="discarded, rescued as refs/orch/rescue/c17/1", cost_usd=2.2),
        card(18, "Split the settings page", "blocked", "plan", since=now - 9 * minute, attention=2,
             reason="a plan waits for approval", context_percent=18.0, cost_usd=0.21),
        card(19, "Vendor the icons", "blocked", "setup", since=now - 2 * minute, attention=2,
             reason="Do you trust the files in this folder?", evidence="pane"),
    )  # fmt: skip


def board(now: float) -> Board:
    """What a hub with these cards tells first."""
    sums = hub(
        sessions=13, queued=1, waiting=8, cost_today_usd=21.4, five_hour_percent=62.0, seven_day_percent=18.0
    )
    shown = cards(now)
    return Board(sums, shown, tuple(each.need for each in details({each.id: each for each in shown}, now)))


def stage(now: float) -> StageClient:
    """A client on whose board something waits of nearly every kind."""
    client = StageClient(board(now))
    client.details = {each.need.id: each for each in details({each.id: each for each in cards(now)}, now)}
    return client


def stage_runs(now: float) -> StageClient:
    """The same with runs of workflows, some of which wait too."""
    told = board(now)
    of_runs = gallery_runs.wholes(now, {each.id: each for each in told.cards})
    stages = {
        stage.card: (run.id, stage) for run in gallery_runs.runs(now) for stage in run.stages if stage.card
    }
    shown = tuple(
        replace(each, run=stages[each.id][0], stage=stages[each.id][1].name) if each.id in stages else each
        for each in told.cards
    )
    headless = card(40, "audit-api", "in_progress", "working", since=now - 480.0, reason="Grep TODO",
                    run="r7", stage="audit-api", where="headless", window=None, pane=None)  # fmt: skip
    needs = (*(each.need for each in of_runs), *told.needs)
    sums = replace(told.hub, waiting=11)
    client = StageClient(Board(sums, (*shown, headless), needs, gallery_runs.runs(now)))
    client.details = stage(now).details | {each.need.id: each for each in of_runs}
    client.gates_by_id = gallery_runs.gates(now)
    return client


def stage_mail(now: float) -> StageClient:
    """The board with a team that writes to each other, and to the human."""
    told = board(now)
    minute = 60.0
    team = (
        card(21, "Coordinate the spec", "in_progress", "working", since=now - 3 * minute, slug="coordinator",
             reason="waits in mail_gather", unread_mail=1, bell="waits in mail_gather"),
        card(22, "Parser", "review", "idle", since=now - 19 * minute, slug="worker-1", lead="coordinator",
             reason="The parser is done", bell="rung by a typed line when it is idle"),
        card(23, "Printer", "in_progress", "working", since=now - 4 * minute, slug="worker-2",
             lead="coordinator", reason="Edit src/printer.py", bell="at its next tool"),
        card(24, "Command line", "blocked", "permission", since=now - 8 * minute, slug="worker-3",
             attention=1, lead="coordinator", reason="Bash sudo make install", unread_mail=2,
             bell="deaf: rung 4 times by a typed line"),
        card(25, "Write the man page", "blocked", "new", since=now - 200.0, slug="worker-4", attention=1,
             lead="coordinator", reason="asked for by coordinator; waits for your yes"),
    )  # fmt: skip
    shown = {each.id: each for each in (*told.cards, *team)}
    wholes = gallery_mail.wholes(now, shown)
    needs = sorted(
        (*told.needs, *(each.need for each in wholes)), key=lambda need: (need.urgency, need.since, need.id)
    )
    client = StageClient(
        Board(told.hub, tuple(shown.values()), tuple(needs), (), gallery_mail.mail(now, shown))
    )
    client.details = stage(now).details | {each.need.id: each for each in wholes}
    client.letters = list(gallery_mail.messages(now))
    client.dead, client.flows = gallery_mail.dead(now), gallery_mail.flows(now)
    return client


def main() -> None:
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


if __name__ == "__main__":
    main()
