"""The client of a hub that is played: its holder says what the hub tells, and reads what was asked of it."""

import queue
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestrator.client import (
    Board,
    CardChanged,
    Client,
    HubAway,
    NeedsChanged,
    OrchError,
    RunChanged,
    Update,
)
from orchestrator.core.model import Evidence, Source
from orchestrator.core.views import Attachment, CardDetail, CardView, Need, NeedDetail, Preview, Settings
from orchestrator.core.workflow.views import GateView, RunView, WorkflowFile
from orchestrator.paths import Home
from widgets.gallery import runs
from widgets.gallery.cards import card
from widgets.gallery.mail_client import GalleryMail
from widgets.gallery.needs import detail


class GalleryClient(GalleryMail, Client):
    """A client whose hub is played by its holder. `tell` and `leave` are what the hub does next;
    `asked` holds every command with its arguments; `refusals` maps a command to the error it raises.
    `details` holds the requests in full, by id, `gates_by_id` the gates, `files` the workflows, `letters`
    the messages.
    With `settles` an answer takes its need off the list."""

    def __init__(self, board: Board | None = None) -> None:
        Client.__init__(self, Home(Path("/nowhere"), "nobody"))
        GalleryMail.__init__(self)
        self._told: queue.Queue[Update | OrchError] = queue.Queue()
        self._cards: dict[str, CardView] = {}
        self._board = board
        self._needs: tuple[Need, ...] = ()
        self.details: dict[str, NeedDetail] = {}
        self.gates_by_id: dict[str, GateView] = {}
        self.files: tuple[WorkflowFile, ...] = runs.WORKFLOWS
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
        stages = tuple(runs.stage(name, "waiting") for name in (file.stages if file else ("only",)))
        begun = max((each.started_at for each in self._runs.values()), default=0.0) + 1
        made = runs.run(len(self._runs) + 1, arguments["file"], "running", *stages, started_at=begun)
        self.tell(RunChanged(made))
        return made

    def _decide(
        self, verdict: str, ref: str, note: str, seen: int | None, *, who: str, by: str, signature: str
    ) -> GateView:
        del who, signature
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
