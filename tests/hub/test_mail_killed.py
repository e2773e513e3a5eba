"""A hub that is killed again and again while people write: what it has taken it has, and has once."""

import os
import signal
import threading
import time
from collections import Counter

import pytest

from orchestrator.client import HubAway, OrchError
from tests.calls import Client
from tests.hub.stage import Stage, runs
from tests.poll import PATIENCE, poll

pytestmark = pytest.mark.slow


BOXES, WRITERS, EACH = 4, 6, 200
PAUSES = (0.3, 0.8, 0.2, 0.6, 0.9, 0.4)
"""Seconds that each hub has."""


@pytest.mark.long
def test_of_what_a_hub_has_taken_nothing_is_lost_or_doubled_however_often_it_is_killed(stage: Stage) -> None:
    stage.start()
    boxes = [stage.new(f"Box {number}", backlog=True).slug for number in range(BOXES)]
    writers = [Writer(stage, number, boxes) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for pause in PAUSES:
        time.sleep(pause)
        stage.start()  # its window gives one up that dies so often
        pid = stage.pid()
        os.kill(pid, signal.SIGKILL)
        poll(lambda pid=pid: not runs(pid), "its end")  # type: ignore[misc]
    stage.start()
    for writer in writers:
        writer.join(PATIENCE)
        assert not writer.is_alive(), "a writer has not come to its end"
    taken = Counter(word for writer in writers for word in writer.taken)
    assert len(taken) == WRITERS * EACH
    there = poll(lambda: _export(stage), "the export")
    assert Counter(there) == taken  # each once


class Writer(threading.Thread):
    """Sends each message until a hub says that it has it; the same word makes it the same message."""

    def __init__(self, stage: Stage, number: int, boxes: list[str]) -> None:
        super().__init__(daemon=True)
        self._client, self._number, self._boxes = Client(stage.home), number, boxes
        self.taken: list[str] = []

    def run(self) -> None:
        for number in range(EACH):
            word = f"w{self._number}-{number}"
            box = self._boxes[number % len(self._boxes)]
            while word not in self.taken[-1:]:
                try:
                    sent = self._client.mail_send((box,), word, idem=word)
                except OrchError:
                    time.sleep(0.05)  # the hub is away, or was killed before it could answer
                    continue
                assert dict(sent.fates) == {box: "stored"}
                self.taken.append(word)


def _export(stage: Stage) -> list[str]:
    try:
        return [each.body for each in stage.client.mail_export() if each.body.startswith("w")]
    except HubAway:
        return []
