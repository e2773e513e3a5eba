"""One hub with a lead and workers, on which a table of slips with the mail tools is tried."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import cycle
from typing import Any

from tests.hub.mail_room import Said, Session, sessions
from tests.hub.stage import Stage
from tests.poll import PATIENCE


@dataclass
class Room:
    """Workers take turns, so that no pair comes near a limit of rate."""

    stage: Stage
    lead: Session
    workers: list[Session]
    _turns: Iterator[Session] = field(init=False)

    def __post_init__(self) -> None:
        self._turns = cycle(self.workers)

    def turn(self) -> Session:
        """The next worker. Before its turn its box and the lead's are empty, and the person has just spoken:
        nobody goes in circles."""
        worker = next(self._turns)
        self.stage.client.mail_send((worker.box, self.lead.box), "Go on.")
        for each in (worker, self.lead):
            self.drain(each)
        return worker

    def drain(self, who: Session) -> None:
        while ids := who.receive(max=100).ids:
            who.call("mail_ack", ids=ids)

    def gathers(self) -> list[str]:
        """The lead's open gathers."""
        return re.findall(r"^([fm]\w+): ", self.lead.call("mail_gather").text, re.MULTILINE)

    def close(self) -> None:
        """Everybody reports to every gather that is open."""
        for gather in self.gathers():
            for worker in self.workers:
                worker.send("lead", "closed", "result", thread=gather)


@dataclass(frozen=True)
class Task:
    """A task of the lead's to a worker, with a gather."""

    room: Room
    worker: Session
    id: str
    gather: str

    def status(self) -> str:
        """How the gather stands."""
        return self.room.lead.call("mail_gather", gather=self.gather, wait_s=0).text


def task(room: Room, *, read: bool = True) -> Task:
    """The worker has read it, unless it is not to."""
    worker = room.turn()
    sent = room.lead.sent(worker.box, "Do your part.", "task", expect=True)
    if read:
        worker.receive()
    return Task(room, worker, sent["id"], sent["gather"])


class Quick(Session):
    """Calls without a handshake before each: there are hundreds."""

    def call(self, tool: str, **given: Any) -> Said:
        body = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": tool, "arguments": given},
        }
        headers = {
            "authorization": f"Bearer {self.stage.token(self.card.id, self.run)}",
            "accept": "application/json, text/event-stream",
            "content-type": "application/json",
            "mcp-protocol-version": "2025-06-18",
        }
        port = int(self.stage.home.port.read_text())
        with closing(HTTPConnection("127.0.0.1", port, timeout=2 * PATIENCE)) as connection:
            connection.request("POST", "/mcp", json.dumps(body), headers)
            lines = connection.getresponse().read().decode().splitlines()
        (answer,) = (line.removeprefix("data:") for line in lines if line.startswith("data: {"))
        result = json.loads(answer)["result"]
        return Said(result["content"][0]["text"], bool(result.get("isError")))


def open_room(stage: Stage) -> Room:
    stage.start()
    lead, *workers = [
        Quick(each.stage, each.card)
        for each in (
            *sessions(stage, "Lead"),
            *sessions(stage, "Worker 1", "Worker 2", "Worker 3", labels=("team",)),
        )
    ]
    return Room(stage, lead, list(workers))


Row = tuple[str, Callable[[Room], "tuple[Said, tuple[str, ...]]"]]
"""A slip: what it is, and what does it; what the tool answers, and the words that have to stand in there."""


def try_all(room: Room, rows: list[Row]) -> None:
    """Tries every row, and fails with all that went wrong."""
    wrong = []
    for name, slip in rows:
        try:
            said, words = slip(room)
        except AssertionError as error:
            wrong.append(f"{name}: {error}")
            continue
        finally:
            room.close()
        missing = [each for each in words if each not in said.text]
        if missing:
            wrong.append(f"{name}: {missing} not in {said.text!r}")
    assert not wrong, "\n".join(wrong)
