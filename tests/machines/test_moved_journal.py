"""A journal that is moved away while sessions run: the next one takes nothing of theirs."""

from pathlib import Path

import pytest

from orchestrator.core.board.views import CardView
from orchestrator.world.tmux import Tmux
from tests.hub.stage import Stage, runs
from tests.poll import poll

pytestmark = pytest.mark.slow


def _running(stage: Stage) -> CardView:
    """The first card as soon as its session's process is known."""

    def look() -> CardView | None:
        card = stage.card("c1")
        return card if card.pid else None

    return poll(look, "the session")


@pytest.mark.long
def test_the_next_card_takes_no_window_folder_or_worktree_of_a_journal_that_was_moved_away(
    stage: Stage, tmp_path: Path
) -> None:
    stage.set("ORCH_AGENT__KIND", "plain")
    stage.set("ORCH_AGENT__COMMAND", "sleep 1000")
    stage.start()
    stage.new("Same name")
    old = _running(stage)
    files = (stage.home.launches / "c1").resolve()
    token = stage.token("c1", 1)
    before = (files / "launch.sh").read_text()
    assert token in before
    stage.client.stop_hub()
    poll(stage.away, "the hub's end")
    for file in stage.home.root.glob("journal.db*"):
        file.rename(tmp_path / file.name)

    stage.start()
    assert stage.client.cards() == ()
    stage.new("Same name")
    new = _running(stage)
    assert old.pid
    assert new.pid
    assert runs(old.pid)
    assert runs(new.pid)
    assert new.worktree != old.worktree
    assert new.window != old.window
    assert (stage.home.launches / "c1").resolve() != files
    assert (files / "launch.sh").read_text() == before
    assert stage.token("c1", 1) != token
    words = poll(lambda: stage.client.hub().trouble, "the words")
    assert f"{old.window} (its c1, process {old.pid})" in words
    assert "orch windows" in words

    stage.client.remove("c1", rescue=True, force=True)
    assert runs(old.pid)
    assert not runs(new.pid)


def test_windows_of_another_journal_are_foreign_and_unmarked_ones_belong_to_a_journal_of_their_time(
    socket: str, tmp_path: Path
) -> None:
    one, other = Tmux(socket, journal="a1", unmarked=False), Tmux(socket, journal="b2", unmarked=False)
    first = one.open_window("c1", tmp_path, ("sleep", "1000"), "c1", 1)
    second = other.open_window("c1", tmp_path, ("sleep", "1000"), "c1", 1)
    assert first.pane != second.pane
    assert [pane.pid for pane in one.sweep().panes] == [first.pid]
    assert [(pane.pid, pane.mark.journal) for pane in one.sweep().foreign] == [(second.pid, "b2")]
    assert other.opened("c1", 1) == second
    assert Tmux(socket, journal="c3").opened("c1", 1) is None
    before_ids = Tmux(socket).open_window("c1", tmp_path, ("sleep", "1000"), "c1", 1)
    assert Tmux(socket, journal="c3", unmarked=True).opened("c1", 1) == before_ids
    assert one.opened("c1", 1) == first


def _leave(stage: Stage, away: Path) -> tuple[CardView, str]:
    """A session whose journal is moved away while it runs, and the window as the new hub lists it."""
    stage.set("ORCH_AGENT__KIND", "plain")
    stage.set("ORCH_AGENT__COMMAND", "sleep 1000")
    stage.start()
    stage.new("Left over")
    old = _running(stage)
    stage.client.stop_hub()
    poll(stage.away, "the hub's end")
    for file in stage.home.root.glob("journal.db*"):
        file.rename(away / file.name)
    stage.start()
    [found] = stage.client.windows()
    assert (found.window, found.pid, found.card, found.state) == (old.window, old.pid, "c1", "running")
    assert (found.slug, found.folder, found.branch) == ("left-over", old.worktree, old.branch)
    return old, found.window


def test_a_session_of_another_journal_is_adopted_with_its_worktree_and_never_beside_a_second_agent(
    stage: Stage, tmp_path: Path
) -> None:
    old, window = _leave(stage, tmp_path)
    assert old.pid
    waits = stage.client.adopt_window(window)
    assert (waits.column, waits.worktree, waits.branch) == ("backlog", old.worktree, old.branch)
    assert runs(old.pid)
    assert [each.adopted for each in stage.client.windows()] == [waits.id]
    assert stage.client.adopt_window(window, restart=True).id == waits.id
    new = poll(lambda: card if (card := stage.card(waits.id)).pid else None, "its session")
    assert not runs(old.pid)
    assert (new.worktree, new.branch) == (old.worktree, old.branch)
    assert stage.client.windows() == ()


def test_a_session_of_another_journal_is_ended_and_its_worktree_stays(stage: Stage, tmp_path: Path) -> None:
    old, window = _leave(stage, tmp_path)
    assert old.pid
    assert old.worktree
    poll(lambda: stage.client.hub().foreign == 1, "the sweep")
    stage.client.end_window(window)
    assert not runs(old.pid)
    assert Path(old.worktree, ".git").exists()
    assert stage.client.windows() == ()
    assert stage.client.cards() == ()
