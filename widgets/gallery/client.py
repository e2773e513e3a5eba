"""The client of a fake hub: its owner sets what the hub sends, and reads the requests."""

import queue
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
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
from orchestrator.core.board.views import (
    Attachment,
    CardDetail,
    CardView,
    Need,
    NeedDetail,
    Preview,
    Settings,
)
from orchestrator.core.forge.autofix.views import AutofixView, ProblemsView
from orchestrator.core.forge.views import Imported, LinkedIssue, SyncedIssues
from orchestrator.core.landing.survey import Survey
from orchestrator.core.overlaps.views import RepositoryOverlaps
from orchestrator.core.requests.cards import Attach, New, OfCard, ShowCard, ShowPane, SurveyLanding, Undo
from orchestrator.core.requests.fixes import Fix, FixesSent, ListProblems, SetAutofix
from orchestrator.core.requests.gates import Decision, ShowGate
from orchestrator.core.requests.hub import ShowSettings
from orchestrator.core.requests.issues import ImportIssues, ListIssues, ShowIssue, SyncIssues
from orchestrator.core.requests.needs import Answer, ShowNeed
from orchestrator.core.requests.notifications import ReportActivity
from orchestrator.core.requests.overlaps import ListOverlaps
from orchestrator.core.requests.phone import PairPhone, TurnPhoneOff, TurnPhoneOn
from orchestrator.core.requests.request import AnswerT_co, Request
from orchestrator.core.requests.rescues import DropRescue, ExportRescue, ListRescues, Restore, ShowRescue
from orchestrator.core.requests.runs import ListWorkflows, OfRun, RunWorkflow
from orchestrator.core.sessions.model import Evidence, Source
from orchestrator.core.undo.views import Undone
from orchestrator.core.workflow.views import GateView, RunView, WorkflowFile
from orchestrator.core.worktrees.rescues import RescueDetail, RescueView, Restored
from orchestrator.paths import Home
from widgets.gallery import issue_samples, phone, runs
from widgets.gallery.cards import card
from widgets.gallery.landing import survey
from widgets.gallery.mail_client import GalleryMail
from widgets.gallery.needs import detail


class GalleryClient(GalleryMail, Client):
    """A client whose hub is played by its holder. `tell` and `leave` are what the hub does next;
    `asked` holds the verb and the fields of every request; `refusals` maps a verb to the error it raises.
    `details` holds the requests in full, by id, `gates_by_id` the gates, `files` the workflows, `letters` the
    messages.
    `forge` has the issues.
    `survey` is what landing any card would do, where it is not to be made up; `undone` is the last act. With
    `settles` an answer takes its need off the list."""

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
        self.survey: Survey | None = None
        self.saved: tuple[RescueView, ...] = ()
        self.overlaps: tuple[RepositoryOverlaps, ...] = ()
        self.problems = ProblemsView("c1", 41, "", (), 0.0)
        self.undone = Undone("c1", "A card", "hold of c1", ("c1 is released.",), "c1@1.0", done=False)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.active: list[bool] = []
        """The reports of activity: whether the board had the focus."""
        self.refusals: dict[str, OrchError] = {}
        self.forge = issue_samples.GalleryForge()
        self.options = Settings({}, "F12", "F11", ("opus", "sonnet", "haiku"), ("default", "plan"), "", "")
        self.screen = Preview("", 80, 24, 0.0)
        self.road = Attachment(("true",), inside=True)
        if board is not None:
            self.tell(board)

    def tell(self, *updates: Update) -> None:
        """What the hub sends next: `watch` yields it, and later calls answer from it."""
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
        """The hub ends; the next `tell` of a board restores it."""
        self._told.put(why or HubAway("the hub has ended"))

    def watch(self) -> Iterator[Update]:
        while True:
            told = self._told.get()
            if isinstance(told, OrchError):
                raise told
            yield told

    def submit(self, request: Request[AnswerT_co]) -> AnswerT_co:
        if isinstance(request, ShowSettings):
            return self.options  # type: ignore[return-value]  # it is this request's
        if isinstance(request, ReportActivity):
            self.active.append(request.focused)
            return None  # type: ignore[return-value]  # likewise
        given = {each.name: getattr(request, each.name) for each in fields(request) if each.name != "by"}
        self.asked.append((request.verb, given))
        if error := self.refusals.get(request.verb):
            raise error
        answer: AnswerT_co = self._answer(request)
        return answer

    def _answer(self, request: Request[Any]) -> Any:
        match request:
            case ShowCard():
                shown = self._cards[request.card]
                heard = (Evidence(Source.HOOK, "PreToolUse Bash npm test", shown.since),)
                own = next((each.of(shown.id) for each in self.overlaps if each.repo == shown.repo), None)
                return CardDetail(shown, "Do what the title says.", (), None, heard, heard, overlaps=own)
            case ShowNeed():
                known = next((each for each in self._needs if each.id == request.need), None)
                return self.details.get(request.need) or (detail(known) if known else None)
            case ShowPane():
                return self.screen
            case Attach():
                return self.road
            case TurnPhoneOn() | TurnPhoneOff():
                return phone.VIEW
            case PairPhone():
                return phone.PAIRING
            case ListRescues():
                return self.saved
            case ShowRescue():
                found = next(each for each in self.saved if each.ref == request.ref)
                return RescueDetail(**asdict(found), files=(("A", "notes.txt"), ("M", "src/theme/switch.ts")))
            case Restore():
                found = next(each for each in self.saved if each.ref == request.ref)
                return Restored(
                    **asdict(found), branch="rescue/c3", path="" if request.branch_only else "/src/shop"
                )
            case ExportRescue():
                return (b"Rescue: it\n\n", b"diff --git a/notes.txt b/notes.txt\n")
            case DropRescue():
                dropped = next(each for each in self.saved if each.ref == request.ref)
                self.saved = tuple(each for each in self.saved if each != dropped)
                return dropped
            case Undo():
                return replace(self.undone, done=not request.dry_run)
            case SurveyLanding():
                return self.survey or survey(self._cards[request.card])
            case ListOverlaps():
                return tuple(each.of(request.card) if request.card else each for each in self.overlaps)
            case ShowGate():
                return self.gates_by_id[request.gate]
            case ListWorkflows():
                return self.files
            case RunWorkflow():
                return self._started(request)
            case OfRun():
                return self._runs[request.run]
            case Decision():
                if self.settles:
                    self._settle(request.gate)
                return self.gates_by_id[request.gate]
            case New():
                column, state = ("backlog", "new") if request.backlog else ("in_progress", "starting")
                made = card(len(self._cards) + 1, request.title, column, state, repo=request.repo)
                self.tell(CardChanged(made))
                return made
            case ListIssues():
                return self.forge.listed(request)
            case ShowIssue():
                return self.forge.shown(request)
            case SyncIssues():
                return SyncedIssues(())
            case ImportIssues():
                return tuple(self._import(request, number) for number in request.numbers)
            case Answer():
                answered = next(each for each in self._needs if each.id == request.need)
                if self.settles:
                    self._settle(answered.id)
                return self._cards[answered.card]
            case ListProblems():
                return self.problems
            case SetAutofix():
                return replace(
                    self._cards[request.card], autofix=AutofixView(0, 3, "") if request.on else None
                )
            case Fix():
                return FixesSent(self._cards[request.card], "1 failing check (lint), conflicts with main")
            case OfCard():
                return self._cards[request.card]
            case _:
                return self._of_mail(request)

    def _import(self, request: ImportIssues, number: int) -> Imported:
        """A card with that issue, in the backlog."""
        issue, path = self.forge.numbered(number), self.forge.path
        linked = LinkedIssue(number, path, issue.title, issue.url, issue_samples.AS_OF, claimed=True)
        column, state = ("in_progress", "starting") if request.start else ("backlog", "new")
        made = card(len(self._cards) + 1, issue.title, column, state, repo=request.repo, issue=linked)
        self.tell(CardChanged(made))
        return Imported(number, issue.title, issue.url, made.id, made.slug, started=request.start)

    def _settle(self, need: str) -> None:
        self.tell(NeedsChanged(tuple(each for each in self._needs if each.id != need)))

    def _started(self, request: RunWorkflow) -> RunView:
        file = next((each for each in self.files if each.name == request.file), None)
        stages = tuple(runs.stage(name, "waiting") for name in (file.stages if file else ("only",)))
        begun = max((each.started_at for each in self._runs.values()), default=0.0) + 1
        made = runs.run(len(self._runs) + 1, request.file, "running", *stages, started_at=begun)
        self.tell(RunChanged(made))
        return made
