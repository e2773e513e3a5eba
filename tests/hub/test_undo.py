"""Undo in a real hub: a person's acts, with sessions and worktrees."""

from pathlib import Path

import pytest

from orchestrator.client import Refused
from orchestrator.core.requests.cards import Pin, Remove
from tests.conftest import git
from tests.hub.stage import Stage

pytestmark = pytest.mark.slow


def test_a_landing_and_a_removal_are_undone_with_session_and_uncommitted_work(stage: Stage) -> None:
    stage.start()
    client = stage.client
    stage.new("One", 'demo: edit one.txt "1"; commit Write one; say Done.')
    stage.until("c1", "idle", reason="Done.")
    base = git(stage.repo, "rev-parse", "main")
    with pytest.raises(Refused, match="nothing to undo"):
        client.undo()
    client.finish("c1", "merge")
    shown = client.undo(dry_run=True)
    assert (shown.act, shown.asks, shown.done) == ("merge of c1", True, False)
    assert stage.card("c1").finished == "merge"
    with pytest.raises(Refused, match="another act is the last one by now"):
        client.undo(seen="c1@1.000000")
    assert client.undo(seen=shown.seen).done
    assert git(stage.repo, "rev-parse", "main") == base
    assert git(stage.repo, "status", "--porcelain") == ""
    stage.until("c1", "idle", finished=None)
    path = Path(stage.card("c1").worktree or "")
    (path / "more.txt").write_text("untracked\n")
    client.stop("c1")
    client.submit(Remove("c1", rescue=True))
    assert not path.exists()
    assert "c1" not in {card.id for card in client.cards()}
    assert client.undo("one").act == "removal of c1"
    assert (path / "more.txt").read_text() == "untracked\n"
    assert git(path, "status", "--porcelain") == "?? more.txt"
    back = stage.card("c1")
    assert (back.worktree, back.state, back.branch) == (
        str(path),
        "exited",
        git(path, "branch", "--show-current"),
    )
    said = [each.said for each in client.show("c1").history]
    assert any("worktree restored at" in each for each in said)
    with pytest.raises(
        Refused, match=r"cannot undo the stop of c1: its session has ended\. .*orch resume one"
    ):
        client.undo()
    client.submit(Pin("c1"))
    client.resume("c1")
    stage.until("c1", "idle")
    released = client.undo()
    assert (released.act, released.skipped) == ("pin of c1", ("resumption of c1",))
    assert not stage.card("c1").pinned
