"""A stand-in for the hub: it answers on the real socket, in the real shapes, with what a test tells it to."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingUnixStreamServer
from typing import Any
from urllib.parse import parse_qsl

from orchestrator.core.mail.views import (
    DeadView,
    GatherView,
    MailView,
    MessageView,
    SentView,
    ThreadView,
)
from orchestrator.core.model import Evidence, Source
from orchestrator.core.views import CardDetail, CardView, HubView, NeedDetail, Trial, Waited
from orchestrator.core.workflow.views import GateView, RunView
from orchestrator.paths import Home
from tests.cli.canned import CARD, GATHER, HUB, MAIL, MESSAGE, SENT


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
    streams: list[list[dict[str, Any]]] = field(default_factory=list)
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
    attach: dict[str, Any] = field(default_factory=lambda: {"argv": ["true"], "inside": False})

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        _, room, *rest = path.split("/")
        if room == "hub":
            return 200, asdict(self.hub)
        if room == "board":
            return 200, self.board()
        if room.startswith("stats?"):
            self.asked.append((room, {}))
            return 200, [asdict(each) for each in self.waited]
        if room == "rules":
            self.asked.append((rest[0], {}))
            return 200, [asdict(each) for each in self.trials]
        if room.partition("?")[0] in ("mail", "teams"):
            return self.of_mail(path, rest, body)
        if room in ("runs", "gates"):
            return self.of_runs(room, rest[0] if rest else "", body)
        if room == "needs":
            found = next((each for each in self.needs if each.need.id == rest[0]), None)
            if found is None:
                return gone(rest[0], self.cards)
            return 200, asdict(found)
        of_need = body.get("need", "").partition(".")[0]
        name = body.get("card", of_need) if room == "commands" else rest[0]
        card = next((each for each in self.cards if name in (each.id, each.slug)), None)
        if room == "commands":
            self.asked.append((rest[0], body))
            if of_need and body["need"] not in [each.need.id for each in self.needs]:
                return gone(body["need"], self.cards)
            if rest[0] in self.refusals:
                return self.refusals[rest[0]]
            card = replace(CARD, title=body["title"]) if rest[0] == "new" else card
        if card is None:
            return 404, {"what": f"there is no card {name}", "why": "", "hint": "See: orch ls"}
        if room == "commands":
            return 200, asdict(card)
        return 200, self.attach if rest[1:] == ["attach"] else asdict(self.detail(card))

    def board(self) -> dict[str, Any]:
        return {
            "hub": asdict(self.hub),
            "cards": [asdict(card) for card in self.cards],
            "needs": [asdict(each.need) for each in self.needs],
            "runs": [asdict(each) for each in self.runs],
        }

    def of_mail(self, path: str, rest: list[str], body: dict[str, Any]) -> tuple[int, Any]:
        if not rest:
            return 200, asdict(self.mail)
        self.asked.append((path.removeprefix("/mail/"), body))
        what, _, query = rest[0].partition("?")
        asked = dict(parse_qsl(query))
        if what in self.refusals:
            return self.refusals[what]
        found: Any = None
        match what:
            case "start":
                found = list(self.team)
            case "send":
                found = asdict(self.sent)
            case "messages" | "search" | "export" if not rest[1:]:
                late = float(asked.get("before", "inf"))
                older = [each for each in self.messages if each.at < late]
                found = [asdict(each) for each in older[: int(asked.get("limit", 1000))]]
            case "messages" | "read":
                name = body.get("message", rest[-1])
                found = next((asdict(each) for each in self.messages if each.id == name), None)
            case "threads" if not rest[1:]:
                found = [asdict(each) for each in self.threads]
            case "threads":
                found = [asdict(each) for each in self.messages[::-1] if each.thread == rest[1]]
            case "gathers":
                found = asdict(self.gathers.pop(0) if self.gathers[1:] else self.gathers[0])
            case "dead":
                found = [asdict(each) for each in self.dead if asked.get("box", each.box) == each.box]
            case "redrive":
                found = [each.message.id for each in self.dead if each.message.id in body["messages"]]
            case "unpause":
                found = {}
        return (
            (200, found)
            if found is not None
            else (404, {"what": f"there is no {rest[-1]}", "why": "", "hint": ""})
        )

    def of_runs(self, room: str, name: str, body: dict[str, Any]) -> tuple[int, Any]:
        those: dict[str, Any] = {each.id: each for each in (self.runs if room == "runs" else self.gates)}
        if not name:
            return 200, [asdict(each) for each in those.values()]
        if body:
            self.asked.append((f"{room}/{name}", body))
            if name in self.refusals:
                return self.refusals[name]
            self.decide(name, body)
            name = body.get("run", body.get("gate", next(iter(those), "")))
            those = {each.id: each for each in (self.runs if room == "runs" else self.gates)}
        if name not in those:
            return 404, {"what": f"there is no {room[:-1]} {name}", "why": "", "hint": ""}
        return 200, asdict(those[name])

    def decide(self, verdict: str, body: dict[str, Any]) -> None:
        state = {"approve": "approved", "deny": "denied"}.get(verdict)
        for at, each in enumerate(self.gates):
            if state and each.id == body.get("gate"):
                self.gates[at] = replace(each, state=state, decided_by=body["who"], note=body["note"])

    def detail(self, card: CardView) -> CardDetail:
        said = Evidence(Source.HOOK, "Bash npm test", 1000.0)
        return CardDetail(card, "do it", (), None, (said,), (said,))


def gone(request: str, cards: list[CardView]) -> tuple[int, dict[str, str]]:
    """As the hub says it: a request of a card there is was answered; any other never was."""
    if "." in request and request.partition(".")[0] in [card.id for card in cards]:
        return 409, {"what": f"{request} does not wait any more", "why": "it was answered", "hint": ""}
    return 404, {
        "what": f"nothing called {request!r} waits",
        "why": "",
        "hint": "orch queue lists what does.",
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
            status, said = stand_in.answer(self.path, json.loads(self.rfile.read(size) or b"{}"))
            body = json.dumps(said).encode()
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
                self.wfile.write(f"data: {json.dumps(each)}\n\n".encode())
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
