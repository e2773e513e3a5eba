"""Overlaps through the real hub: marks, the verb, and the notes to sessions."""

import json
import os
import signal
from pathlib import Path

import pytest

from orchestrator.core.requests.overlaps import ListOverlaps
from orchestrator.core.requests.review import ReadReview
from tests.hub.stage import Stage
from tests.hub.test_reviews import orch
from tests.poll import poll

pytestmark = pytest.mark.slow


def notes(stage: Stage, box: str) -> list[str]:
    found = stage.client.mail_messages(box)
    return [each.subject for each in found if each.sender == "orch"]


def test_two_sessions_are_marked_and_told_of_their_conflict_once_also_by_a_killed_hub(stage: Stage) -> None:
    stage.set("ORCH_OVERLAPS__TELL_SESSIONS", "true")
    stage.start()
    for title, text in (("One", "one"), ("Two", "two")):
        stage.new(title, f'demo: edit README.md "{text}"; edit go.sum "{text}"; say Done.')
    for card in ("c1", "c2"):
        poll(lambda card=card: stage.card(card).conflicts == 1, f"{card} to be marked")  # type: ignore[misc]
    (found,) = stage.client.submit(ListOverlaps("c1"))
    (overlap,) = found.overlaps
    assert (overlap.conflicts, overlap.manifest_conflicts) == (("README.md",), ("go.sum",))
    assert [each.card for each in found.order] == ["c1", "c2"]
    detail = stage.client.show("c1").overlaps
    assert detail
    assert detail.overlaps == found.overlaps
    assert stage.client.submit(ReadReview("c2")).overlaps == found.overlaps
    assert b"conflicts in 1 of 1 file, conflicts in 1 lock file" in orch(stage, "overlaps", "c1").stdout
    assert json.loads(orch(stage, "overlaps", "--json").stdout)[0]["overlaps"][0]["a"] == "c1"

    poll(lambda: notes(stage, "one") and notes(stage, "two"), "both to be told")
    os.kill(stage.pid(), signal.SIGKILL)
    poll(lambda: not stage.away(), "the hub to be back")
    poll(lambda: stage.card("c1").conflicts == 1, "the mark to be back")
    assert (notes(stage, "one"), notes(stage, "two")) == (["Conflict with two"], ["Conflict with one"])

    worktree = stage.card("c1").worktree
    assert worktree
    for name in ("README.md", "go.sum"):
        (Path(worktree) / name).write_bytes((Path(str(stage.card("c2").worktree)) / name).read_bytes())
    poll(lambda: not stage.client.submit(ListOverlaps("c1"))[0].overlaps, "what is alike to be no overlap")
    assert stage.card("c1").conflicts == 0
