"""Cards from their start to their end, through the real hub, tmux and git."""

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from orchestrator.client import Missing, Refused
from tests.conftest import git
from tests.hub.stage import Stage, files, runs
from tests.poll import poll

pytestmark = pytest.mark.slow


WRITES = 'demo: edit made.txt "made here"; say I made it. Shall I commit?'
COMMITS = 'demo: edit made.txt "made here"; commit Make it; say Done.'


@pytest.mark.long
def test_a_card_gets_its_own_worktree_branch_and_window_and_comes_to_review(stage: Stage) -> None:
    stage.start()
    new = stage.new("Auth refactor", WRITES)
    assert (new.id, new.slug, new.branch, new.column) == (
        "c1",
        "auth-refactor",
        "orch/auth-refactor",
        "in_progress",
    )
    done = stage.until("c1", "idle", column="review")
    assert (done.asks, done.unread, done.attention) == (True, True, 4)
    tree = stage.repo.parent / "repo-orch/auth-refactor"
    assert done.worktree == str(tree)
    assert (tree / "made.txt").exists()
    assert git(tree, "branch", "--show-current") == "orch/auth-refactor"
    assert git(stage.repo, "status", "--porcelain") == ""


def test_clashing_names_get_a_number_and_each_card_its_own_branch(stage: Stage) -> None:
    stage.start()
    slugs = [stage.new("Same name", backlog=True) for _ in range(3)]
    assert [card.slug for card in slugs] == ["same-name", "same-name-2", "same-name-3"]
    assert len({card.branch for card in slugs}) == 3


@pytest.mark.long
def test_a_card_in_the_backlog_starts_when_it_is_told_to(stage: Stage) -> None:
    stage.start()
    assert stage.new("Later", "demo: say Done.", backlog=True).column == "backlog"
    assert not (stage.repo.parent / "repo-orch").exists()
    stage.client.start("later")
    stage.until("later", "idle", reason="Done.")


@pytest.mark.long
def test_more_cards_than_max_sessions_wait_in_a_visible_queue(stage: Stage) -> None:
    stage.set("ORCH_MAX_SESSIONS", "1")
    stage.start()
    stage.new("First", "demo: await")
    stage.until("c1", "working")
    for name in ("Second", "Third"):
        stage.new(name, "demo: say Done.")
    waiting = stage.client.board()
    assert [(card.id, card.state, card.queue_position) for card in waiting.cards if card.queue_position] == [
        ("c2", "queued", 1),
        ("c3", "queued", 2),
    ]
    assert (waiting.hub.queued, waiting.hub.queue_reason) == (2, "max_sessions = 1 reached")
    stage.client.stop("c2")
    assert stage.card("c2").column == "backlog"
    stage.client.stop("c1")
    stage.until("c3", "idle")


def test_memory_holds_starts_back_with_a_clear_message(stage: Stage) -> None:
    stage.set("ORCH_SESSION_MEMORY_MB", "100000000")
    stage.start()
    assert stage.new("Too big", "demo: say Done.").state == "queued"
    hub = poll(lambda: view if (view := stage.client.hub()).queue_reason else None, "the reason")
    assert "GB free, a session needs 100000.0 GB" in hub.queue_reason


@pytest.mark.long
def test_a_prompt_is_typed_into_an_idle_session_and_confirmed_by_its_hook(stage: Stage) -> None:
    stage.start()
    stage.new("Talk", "demo: say First.")
    stage.until("c1", "idle", reason="First.")
    stage.client.send("c1", "demo: say Second;")
    stage.until("c1", "idle", reason="Second")
    poll(lambda: not stage.client.show("c1").outbox, "the receipt")


@pytest.mark.long
def test_a_busy_session_refuses_a_prompt_unless_it_may_wait(stage: Stage) -> None:
    stage.start()
    stage.new("Talk", "demo: await; say First.")
    working = stage.until("c1", "working")
    with pytest.raises(Refused, match=r"is not ready for a prompt.*--queue"):
        stage.client.send("c1", "more")
    assert stage.client.send("c1", "demo: say Second.", queue=True).queued_prompts == 1
    assert working.pid
    os.kill(working.pid, signal.SIGUSR1)
    stage.until("c1", "idle", reason="Second.")


@pytest.mark.long
def test_a_draft_in_the_input_box_is_never_typed_over(stage: Stage) -> None:
    stage.start()
    stage.new("Draft", "demo: say First.")
    idle = stage.until("c1", "idle", reason="First.")
    stage.press(idle, "half a thought")
    poll(lambda: "half a thought" in stage.client.preview("c1").text, "the draft")
    stage.client.send("c1", "demo: say Second.")
    stage.until("c1", "idle", reason="a prompt is waiting to be typed: its input box holds a draft")
    stage.press(idle, "C-u")
    stage.until("c1", "idle", reason="Second.")


def test_merge_brings_the_work_into_the_base_and_takes_worktree_and_branch_away(stage: Stage) -> None:
    stage.start()
    stage.new("Merge me", COMMITS)
    done = stage.until("c1", "idle", reason="Done.")
    finished = stage.client.finish("c1", "merge")
    assert (finished.column, finished.worktree, finished.finished) == ("done", None, "merge")
    assert (stage.repo / "made.txt").exists()
    assert "orch/merge-me" not in git(stage.repo, "branch", "--list")
    assert done.pid
    assert not runs(done.pid)


@pytest.mark.long
def test_uncommitted_work_is_not_merged_over_and_a_conflict_changes_nothing(stage: Stage) -> None:
    stage.start()
    stage.new("Dirty", WRITES)
    stage.until("c1", "idle")
    with pytest.raises(Refused, match=r"cannot merge the worktree.*1 untracked file"):
        stage.client.finish("c1", "merge")
    stage.new("Conflict", COMMITS)
    alive = stage.until("c2", "idle", reason="Done.")
    (stage.repo / "made.txt").write_text("made there\n")
    git(stage.repo, "add", ".")
    git(stage.repo, "commit", "-m", "Make it too")
    with pytest.raises(Refused, match=r"made.txt"):
        stage.client.finish("c2", "merge")
    after = stage.card("c2")
    assert alive.pid
    assert (after.worktree, runs(alive.pid)) == (alive.worktree, True)
    assert git(stage.repo, "status", "--porcelain") == ""


@pytest.mark.long
def test_discard_and_remove_refuse_to_lose_work_and_rescue_it_when_asked(stage: Stage) -> None:
    stage.start()
    stage.new("Keep safe", WRITES)
    stage.until("c1", "idle")
    with pytest.raises(Refused, match=r"1 untracked file.*--rescue"):
        stage.client.remove("c1")
    with pytest.raises(Refused, match=r"1 untracked file.*--rescue"):
        stage.client.finish("c1", "discard")
    assert stage.card("c1").column == "review"
    gone = stage.client.remove("c1", rescue=True)
    (ref,) = gone.rescues
    assert ref.startswith("refs/orch/rescue/c1/")
    assert git(stage.repo, "show", f"{ref}:made.txt") == "made here"
    assert stage.client.cards() == ()
    assert not (stage.repo.parent / "repo-orch/keep-safe").exists()


@pytest.mark.long
def test_clean_and_merged_work_is_removed_without_a_question(stage: Stage) -> None:
    stage.start()
    stage.new("Nothing", "demo: say Nothing to do.")
    stage.until("c1", "idle", reason="Nothing to do.")
    assert stage.client.remove("c1").rescues == ()
    assert stage.client.cards() == ()
    assert "orch/nothing" not in git(stage.repo, "branch", "--list")


@pytest.mark.long
def test_shelving_ends_the_session_and_keeps_its_worktree_for_the_next_start(stage: Stage) -> None:
    stage.start()
    stage.new("Shelf", WRITES)
    stage.until("c1", "idle")
    shelved = stage.client.shelve("c1")
    assert (shelved.column, shelved.window) == ("backlog", None)
    assert shelved.worktree
    assert "made.txt" in files(shelved.worktree)
    stage.client.start("c1")
    back = stage.until("c1", "idle")
    assert back.session_id == shelved.session_id


@pytest.mark.long
def test_hold_and_release_move_a_card_and_leave_its_session_alone(stage: Stage) -> None:
    stage.start()
    stage.new("Hold", "demo: say Done.")
    idle = stage.until("c1", "idle")
    held = stage.client.hold("c1", "waits for legal")
    assert (held.column, held.reason, held.pid) == ("blocked", "held: waits for legal", idle.pid)
    assert stage.client.release("c1").column == "review"


def test_what_can_not_be_is_refused_in_words_and_changes_nothing(stage: Stage, tmp_path: Path) -> None:
    stage.start()
    empty = tmp_path / "empty"
    empty.mkdir()
    git(empty, "init", "-q")
    bare = tmp_path / "bare.git"
    git(tmp_path, "init", "-q", "--bare", str(bare))
    (stage.repo.parent / "repo-orch/taken").mkdir(parents=True)
    git(stage.repo, "branch", "wip")
    git(stage.repo, "worktree", "add", "-q", str(tmp_path / "wip"), "wip")
    wishes: list[tuple[Path, str, dict[str, Any], str]] = [
        (empty, "A", {}, "no commit"),
        (bare, "A", {}, "bare"),
        (tmp_path, "A", {}, "not in a git repository"),
        (tmp_path / "nowhere", "A", {}, "nowhere"),
        (stage.repo, "", {}, "needs a title"),
        (stage.repo, "A", {"base": "nope"}, "'nope' does not exist"),
        (stage.repo, "A", {"base": "--upload-pack=x"}, "does not exist"),
        (stage.repo, "A", {"branch": "wip"}, f"in use.*{tmp_path}"),
        (stage.repo, "A", {"branch": "a..b"}, "a..b"),
        (stage.repo, "A", {"branch": "main"}, "in use"),
        (stage.repo, "Taken", {}, "exists"),
        (stage.repo, "A", {"permission_mode": "yolo"}, "not a permission mode"),
    ]
    for repo, title, more, words in wishes:
        with pytest.raises(Refused, match=words):
            stage.client.new(title, repo=str(repo), **more)
    assert stage.client.cards() == ()
    with pytest.raises(Missing, match=r"no card named 'c9'"):
        stage.client.show("c9")


def test_an_ambiguous_name_is_refused_with_its_candidates(stage: Stage) -> None:
    stage.start()
    stage.new("Fix one", backlog=True)
    stage.new("Fix two", backlog=True)
    with pytest.raises(Missing, match=r"c1 fix-one, c2 fix-two"):
        stage.client.show("fix")
    assert stage.card("fix-t").id == "c2"


@pytest.mark.long
def test_a_failed_set_up_is_on_the_card_with_its_output_and_can_be_started_again(stage: Stage) -> None:
    (stage.repo / ".orch.toml").write_text(
        '[worktree]\ncopy = [".env*"]\nsetup = ["cat .env", "echo no network; test -e ../ok"]\n'
    )
    git(stage.repo, "add", ".")
    git(stage.repo, "commit", "-qm", "settings")
    (stage.repo / ".env").write_text("SECRET=1\n")
    (stage.repo / ".git/info/exclude").write_text(".env\n")
    stage.start()
    stage.new("Set up", "demo: say Done.")
    failed = stage.until("c1", "error", column="blocked")
    assert "set-up failed" in failed.reason
    assert "no network" in failed.output
    (stage.repo.parent / "repo-orch/ok").touch()
    stage.client.start("c1")
    done = stage.until("c1", "idle", reason="Done.")
    assert done.worktree
    assert (Path(done.worktree) / ".env").read_text() == "SECRET=1\n"


@pytest.mark.long
def test_several_repositories_have_their_cards_on_one_board(stage: Stage, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", str(stage.repo), str(other))
    stage.start()
    stage.new("One", "demo: say Done.")
    stage.client.new("One", repo=str(other / "."), prompt="demo: say Done.")
    for ref, parent in (("c1", "repo"), ("c2", "other")):
        assert stage.until(ref, "idle").repo.endswith(parent)


def test_an_agent_that_is_not_installed_is_refused_before_anything_is_made(stage: Stage) -> None:
    stage.set("ORCH_AGENT__COMMAND", "/nowhere/claude")
    stage.start()
    with pytest.raises(Refused, match=r"command not found: /nowhere/claude.*npm install.*agent\.command"):
        stage.new("A", "x")
    assert not (stage.repo.parent / "repo-orch").exists()


def test_any_other_command_is_said_to_run_and_takes_prompts_at_once(stage: Stage) -> None:
    stage.set("ORCH_AGENT__KIND", "plain")
    stage.set(
        "ORCH_AGENT__COMMAND", 'sh -c \'read a; read b; test "$a $b" = "first line second line" && exit 3\''
    )
    stage.start()
    stage.new("Plain")
    stage.until("c1", "working", reason="running", unknown_since=None)
    assert stage.client.send("c1", "first line").reason == "running"
    assert stage.client.send("c1", "second line").queued_prompts == 0
    assert stage.until("c1", "exited", column="blocked").reason.startswith("the agent exited with code 3")


@pytest.mark.long
def test_whoever_attaches_is_told_at_once_what_the_session_does_and_who_else_waits(stage: Stage) -> None:
    stage.set("ORCH_HUB__SWEEP_EVERY", "60s")  # no sweep is going to see a viewer
    stage.start()
    stage.new("Looked at", "demo: await")
    stage.new("Waits", "demo: say Done.")
    card, waits = stage.until("c1", "working"), stage.until("c2", "idle")
    stage.client.attach("c1")

    def option(name: str) -> str:
        tmux = ["tmux", "-u", "-L", stage.home.tmux_socket, "show-options", "-Awqv", "-t", str(card.window)]
        return subprocess.run([*tmux, name], capture_output=True, text=True, check=True).stdout.strip()

    poll(lambda: option("@orch_status") == "c1 Looked at · working", "the label")
    poll(lambda: option("@orch_next") == waits.window, "the way to the card that waits")


@pytest.mark.long
@pytest.mark.parametrize("named", ["~nobody-of-that-name/app", ".", "app"])
def test_a_repository_that_is_not_named_by_a_whole_path_is_refused_in_words(stage: Stage, named: str) -> None:
    stage.start()
    with pytest.raises(Refused, match="is not an absolute path"):
        stage.client.new("Card", repo=named)
