"""A stand-in for the hub: it answers on the real socket, in the real shapes, with what a test tells it to."""

import json
import math
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingUnixStreamServer
from typing import Any

from orchestrator import wire
from orchestrator.core.board.counts import counts
from orchestrator.core.board.updates import Board, Update
from orchestrator.core.board.views import Attachment, CardDetail, CardView, HubView, NeedDetail, Trial, Waited
from orchestrator.core.literals import GateState
from orchestrator.core.mail.views import (
    DeadView,
    GatherView,
    MailView,
    MessageView,
    SentView,
    ThreadView,
)
from orchestrator.core.requests.cards import Attach, New, ShowBoard, ShowCard, SurveyLanding, Undo
from orchestrator.core.requests.every import EVERY
from orchestrator.core.requests.gates import Approve, Decision, Deny, ListGates, ShowGate
from orchestrator.core.requests.hub import ShowHub, ShowStatus, StopHub
from orchestrator.core.requests.mail import (
    ExportMail,
    ListDead,
    ListMessages,
    ListThreads,
    ReadMail,
    Redrive,
    SearchMail,
    SendMail,
    ShowGather,
    ShowMail,
    ShowMessage,
    ShowThread,
    StartTeam,
)
from orchestrator.core.requests.needs import Answer, ListWaits, ShowNeed, TryRules
from orchestrator.core.requests.request import Request
from orchestrator.core.requests.rescues import ExportRescue
from orchestrator.core.requests.runs import ListRuns, OfRun, RunWorkflow, ShowRun
from orchestrator.core.sessions.model import Evidence, Source
from orchestrator.core.workflow.views import GateView, RunView
from orchestrator.paths import Home
from tests.cli.canned import CARD, GATHER, HUB, MAIL, MESSAGE, SENT, SURVEY, UNDONE


@dataclass
class StandIn:
    """What the stand-in knows, what it refuses (`verb` to status and words), and what it was asked."""

    home: Home
    cards: list[CardView] = field(default_factory=lambda: [CARD])
    hub: HubView = HUB
    refusals: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    needs: list[NeedDetail] = field(default_factory=list)
    waited: list[Waited] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)
    streams: list[list[Update]] = field(default_factory=list)
    """What each connection to the event stream is sent before it is cut; further ones find the hub away."""
    runs: list[RunView] = field(default_factory=list)
    gates: list[GateView] = field(default_factory=list)
    linger: float = 0.0
    """Seconds for which a stream stays open behind its last update; the test's end ends it, too."""
    ended: threading.Event = field(default_factory=threading.Event)
    mail: MailView = MAIL
    messages: list[MessageView] = field(default_factory=lambda: [MESSAGE])
    """The newest first."""
    threads: list[ThreadView] = field(default_factory=list)
    dead: list[DeadView] = field(default_factory=list)
    gathers: list[GatherView] = field(default_factory=lambda: [GATHER])
    """What is answered about a gather, one time after another; the last one stays."""
    sent: SentView = SENT
    team: tuple[str, ...] = ("c1",)
    attach: Attachment = field(default_factory=lambda: Attachment(("true",), inside=False))

    def answer(self, verb: str, body: dict[str, Any]) -> tuple[int, Any]:
        """The status and what is answered: a view, or the words of a refusal."""
        kind = EVERY.get(verb)
        if kind is None:
            return 409, {"what": f"the hub does not know {verb!r}", "why": "", "hint": ""}
        request = wire.request(json.dumps(body).encode(), kind)
        if not isinstance(
            request,
            ShowHub
            | ShowStatus
            | ShowBoard
            | ShowMail
            | ShowNeed
            | ShowCard
            | ShowRun
            | ShowGate
            | ListRuns
            | ListGates,
        ):
            given = {name: value for name, value in body.items() if (name, value) != ("by", "cli")}
            self.asked.append((verb, given))
        if isinstance(request, Answer) and request.need not in [each.need.id for each in self.needs]:
            return gone(request.need, self.cards)
        if verb in self.refusals:
            return self.refusals[verb]
        found = self.of_mail(request) if verb.partition(".")[0] in ("mail", "team") else self.of(request)
        return (200, found) if found is not _MISSING else self.missing(body)

    def missing(self, body: dict[str, Any]) -> tuple[int, dict[str, str]]:
        if need := body.get("need"):
            return gone(need, self.cards)
        noun, name = next((noun, body[noun]) for noun in ("card", "run", "gate", "message") if noun in body)
        return 404, {"what": f"no {noun} named {name}", "why": "", "hint": "See: orch ls"}

    def board(self) -> Board:
        needs = tuple(each.need for each in self.needs)
        return Board(self.hub, tuple(self.cards), needs, tuple(self.runs), None)

    def of(self, request: Request[Any]) -> Any:
        match request:
            case ShowHub() | StopHub():
                return self.hub if isinstance(request, ShowHub) else None
            case ShowBoard():
                return self.board()
            case ShowStatus():
                return counts(self.cards, self.hub)
            case ListWaits():
                return self.waited
            case TryRules():
                return self.trials
            case ListRuns():
                return self.runs
            case ListGates():
                return self.gates
            case RunWorkflow():
                return next(iter(self.runs), _MISSING)
            case ShowRun() | OfRun():
                return next((each for each in self.runs if each.id == request.run), _MISSING)
            case ShowGate() | Decision():
                self.decide(request)
                return next((each for each in self.gates if each.id == request.gate), _MISSING)
            case ShowNeed():
                return next((each for each in self.needs if each.need.id == request.need), _MISSING)
            case ExportRescue():
                return (b"Rescue: it\n\n", b"diff --git \xff\n")
            case Undo():
                return replace(UNDONE, done=not request.dry_run)
            case New():
                return replace(CARD, title=request.title)
        name = request.need.partition(".")[0] if isinstance(request, Answer) else getattr(request, "card", "")
        card = next((each for each in self.cards if name in (each.id, each.slug)), None)
        if card is None:
            return _MISSING
        match request:
            case ShowCard():
                return self.detail(card)
            case Attach():
                return self.attach
            case SurveyLanding():
                return SURVEY
        return card

    def of_mail(self, request: Request[Any]) -> Any:
        match request:
            case ShowMail():
                return self.mail
            case StartTeam():
                return self.team
            case SendMail():
                return self.sent
            case ListMessages():
                late = math.inf if request.before is None else request.before
                return [each for each in self.messages if each.at < late][: request.limit]
            case SearchMail() | ExportMail():
                return self.messages
            case ShowMessage() | ReadMail():
                return next((each for each in self.messages if each.id == request.message), _MISSING)
            case ListThreads():
                return self.threads
            case ShowThread():
                return [each for each in self.messages[::-1] if each.thread == request.thread]
            case ShowGather():
                return self.gathers.pop(0) if self.gathers[1:] else self.gathers[0]
            case ListDead():
                return [each for each in self.dead if request.box in ("", each.box)]
            case Redrive():
                return [each.message.id for each in self.dead if each.message.id in request.messages]
        return None

    def decide(self, request: Request[Any]) -> None:
        state: GateState | None = (
            "approved" if isinstance(request, Approve) else "denied" if isinstance(request, Deny) else None
        )
        for at, each in enumerate(self.gates):
            if state and isinstance(request, Decision) and each.id == request.gate:
                self.gates[at] = replace(each, state=state, decided_by=request.who, note=request.note)

    def detail(self, card: CardView) -> CardDetail:
        said = Evidence(Source.HOOK, "Bash npm test", 1000.0)
        return CardDetail(card, "do it", (), None, (said,), (said,))


_MISSING = object()
_LOOKS = (ShowHub, ShowBoard, ShowMail, ShowNeed, ShowCard, ShowRun, ShowGate, ListRuns, ListGates)
"""What is not noted as asked."""


def gone(request: str, cards: list[CardView]) -> tuple[int, dict[str, str]]:
    """As the hub says it: a request of a card there is was answered; any other never was."""
    if "." in request and request.partition(".")[0] in [card.id for card in cards]:
        return 409, {"what": f"{request} is no longer waiting", "why": "it was answered", "hint": ""}
    return 404, {
        "what": f"no request named {request!r}",
        "why": "",
        "hint": "List them: orch queue",
    }


class _Server(ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 64


@contextmanager
def serving(stand_in: StandIn) -> Iterator[None]:
    """It answers on its home's socket until the end."""
    home = stand_in.home

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/events":
                self.stream()
                return
            size = int(self.headers.get("Content-Length") or 0)
            verb = self.path.removeprefix("/requests/")
            status, said = stand_in.answer(verb, json.loads(self.rfile.read(size) or b"{}"))
            body = wire.encode(said)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def stream(self) -> None:
            self.close_connection = True
            if not stand_in.streams:
                return
            self.send_response(200)
            self.end_headers()
            for each in stand_in.streams.pop(0):
                self.wfile.write(wire.event(each))
            stand_in.ended.wait(stand_in.linger)

        do_POST = do_GET  # noqa: N815 (the name that http.server calls)

        def log_message(self, *_: object) -> None: ...

    home.make()
    server = _Server(str(home.socket), Handler)
    os.chmod(home.socket, 0o600)  # noqa: PTH101 (a socket)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield
    stand_in.ended.set()
    server.shutdown()
    server.server_close()
    thread.join()
