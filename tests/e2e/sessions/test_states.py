"""What a person does with a real session, and what its card says of it."""

import os
import signal
import threading
import time

import pytest

from tests.e2e.messages_api import HttpError, Text, ToolUse
from tests.e2e.sessions.world import World, ended
from tests.poll import poll

pytestmark = pytest.mark.claude

ASKING = ToolUse("Bash", {"command": "touch made.txt", "description": "make a file"}, "Let me make it.")


def test_a_session_works_asks_is_answered_in_its_pane_and_comes_to_review(world: World) -> None:
    world.api.script("make-it", ASKING, Text("It is made. Shall I go on?"))
    world.orch("new", "Make it", "--prompt", "make-it please")

    asking = world.until("c1", "permission", reason="Bash: touch made.txt", column="blocked")
    assert (asking.branch, asking.worktree) == ("orch/make-it", str(world.repo.parent / "repo-orch/make-it"))
    world.until_pane(asking, "Do you want to proceed?")
    world.press(asking, "Enter")

    done = world.until("c1", "idle", column="review")
    assert (done.unread, done.asks, done.reason) == (True, True, "It is made. Shall I go on?")
    assert (world.repo.parent / "repo-orch/make-it/made.txt").exists()
    assert not (world.repo / "made.txt").exists()
    assert poll(lambda: world.card("make-it").context_percent is not None, "the status line's report")
    story = world.story("c1")
    assert story.index("working") < story.index("permission: Bash") < story.index("idle: It is made")


@pytest.mark.long
def test_a_rejected_permission_is_an_interrupted_turn(world: World) -> None:
    world.api.script("make-it", ASKING)
    world.orch("new", "Make it", "--prompt", "make-it")
    asking = world.until("c1", "permission")
    world.until_pane(asking, "Do you want to proceed?")
    world.press(asking, "Escape")
    assert world.until("c1", "interrupted").column == "review"


@pytest.mark.long
def test_escape_ends_the_turn_and_a_prompt_sent_after_it_is_not_joined_to_the_old_one(world: World) -> None:
    hold = threading.Event()
    world.api.script("long-work", Text("never said", hold=hold))
    world.api.script("something else", Text("Here I am."))
    world.orch("new", "Long work", "--prompt", "long-work one")
    working = world.until("c1", "working")
    poll(lambda: world.api.requests, "request")
    world.press(working, "Escape")
    world.until("c1", "interrupted")
    hold.set()
    world.orch("send", "c1", "now something else")
    world.until("c1", "idle", reason="Here I am.")
    asked = [str(request.body["messages"]) for request in world.api.requests]
    assert [words.count("now something else") for words in asked] == [0, 1], "it was typed once"
    assert "long-work one\\nnow" not in asked[1]


@pytest.mark.long
def test_a_rate_limit_is_retried_and_then_said(world: World) -> None:
    world.api.script("too-much", HttpError(429, "slow down", times=20))
    world.orch("new", "Too much", "--prompt", "too-much")
    limited = world.until("c1", "rate_limited", column="blocked", unread=True)
    assert "429" in limited.reason


@pytest.mark.long
def test_a_failing_api_call_that_is_repeated_shows_and_ends_in_review_when_it_succeeds(world: World) -> None:
    world.api.script("hiccup", HttpError(500, "hiccup", times=4), Text("Done after all."))
    world.orch("new", "Hiccup", "--prompt", "hiccup")
    retrying = world.until("c1", "retrying", column="in_progress")
    assert "attempt" in retrying.reason
    world.until("c1", "idle", reason="Done after all.")


@pytest.mark.long
def test_an_overloaded_api_ends_in_an_error(world: World) -> None:
    world.api.script("overload", HttpError(529, "overloaded", times=20))
    world.orch("new", "Overload", "--prompt", "overload")
    failed = world.until("c1", "error", column="blocked")
    assert "529" in failed.reason


@pytest.mark.long
def test_clear_keeps_the_card_and_takes_the_new_session_id(world: World) -> None:
    world.api.script("first", Text("Done."))
    world.orch("new", "Clear me", "--prompt", "first")
    before = world.until("c1", "idle", reason="Done.")
    world.orch("send", "c1", "/clear")
    poll(lambda: world.client.show("c1").card.session_id != before.session_id, "another session id")
    after = world.until("c1", "idle", reason="ready for a prompt")
    assert (after.pid, after.pane) == (before.pid, before.pane)
    world.orch("send", "c1", "hello again")
    world.until("c1", "idle", reason="Nothing more to do.")


@pytest.mark.long
def test_a_killed_claude_is_an_unexpected_exit_and_resume_brings_its_conversation_back(world: World) -> None:
    hold = threading.Event()
    world.api.script("remember", Text("I remember 42."), Text("never", hold=hold), Text("Still 42."))
    world.orch("new", "Remember", "--prompt", "remember this")
    world.until("c1", "idle", reason="I remember 42.")
    world.orch("send", "c1", "and more")
    working = world.until("c1", "working")
    poll(lambda: len(world.api.requests) == 2, "the second request")
    assert working.pid
    os.kill(working.pid, signal.SIGKILL)
    world.until("c1", "exited", column="blocked", unread=True)
    poll(lambda: world.client.show("c1").card.reason.startswith("killed by signal 9"), "tmux to say how")
    hold.set()
    world.orch("resume", "c1")
    back = world.until("c1", "interrupted", "idle")
    assert "and more" in back.reason, "cut off, or not written down yet: kept for the person"
    assert (back.session_id, back.worktree) == (working.session_id, working.worktree)
    world.orch("send", "c1", "what was it?")
    world.until("c1", "idle", last_words="Still 42.")
    assert "I remember 42." in str(world.api.requests[-1].body["messages"])


@pytest.mark.long
def test_stop_and_resume_bring_the_same_conversation_back(world: World) -> None:
    world.api.script("remember", Text("I remember 42."), Text("It was 42."))
    world.orch("new", "Remember", "--prompt", "remember this")
    before = world.until("c1", "idle", reason="I remember 42.")
    world.orch("stop", "remember")
    stopped = world.until("c1", "exited", reason="stopped by you")
    assert stopped.window is None
    assert before.pid
    assert ended(before.pid)
    world.orch("resume", "remember")
    back = world.until("c1", "idle")
    assert back.session_id == before.session_id
    world.orch("send", "c1", "what was it?")
    world.until("c1", "idle", reason="It was 42.")
    messages = str(world.api.requests[-1].body["messages"])
    assert "remember this" in messages
    assert "I remember 42." in messages


@pytest.mark.long
def test_a_hub_killed_in_the_middle_of_a_turn_takes_the_session_up_again(world: World) -> None:
    hold = threading.Event()
    world.api.script("steady", Text("Done at last.", hold=hold), Text("Again."))
    world.orch("new", "Steady", "--prompt", "steady")
    working = world.until("c1", "working")
    poll(lambda: len(world.api.requests) == 1, "request")
    before = world.client.hub()
    os.kill(before.pid, signal.SIGKILL)
    poll(lambda: ended(before.pid), "the hub's end")
    hold.set()  # the turn ends while nobody listens
    world.orch("hub", "start")
    after = world.client.hub()
    assert (after.port, after.pid != before.pid) == (before.port, True)
    done = world.until("c1", "idle", column="review")
    assert (done.pid, done.reason, done.unread) == (working.pid, "Done at last.", True)
    world.orch("send", "c1", "once more")
    world.until("c1", "idle", reason="Again.")


@pytest.mark.long
def test_a_permission_asked_while_the_hub_was_away_is_on_the_card_when_it_is_back(world: World) -> None:
    hold = threading.Event()
    world.api.script("ask-me", ToolUse("Bash", {"command": "touch b.txt"}, "Now.", hold=hold), Text("Fine."))
    world.orch("new", "Ask me", "--prompt", "ask-me")
    working = world.until("c1", "working")
    poll(lambda: len(world.api.requests) == 1, "request")
    world.orch("hub", "stop")
    hold.set()
    world.until_pane(working, "Do you want to proceed?")
    world.orch("hub", "start")
    world.until("c1", "permission", column="blocked")
    world.press(working, "Enter")
    world.until("c1", "idle", reason="Fine.")


@pytest.mark.long
def test_background_work_keeps_the_card_in_progress_after_its_turn(world: World) -> None:
    world.api.script(
        "serve",
        ToolUse("Bash", {"command": "sleep 300", "run_in_background": True, "description": "run the server"}),
        Text("The server runs."),
    )
    world.orch("new", "Serve", "--prompt", "serve")
    running = world.until("c1", "background", column="in_progress")
    assert "run" in running.reason
    world.orch("stop", "c1")
    assert world.card("c1").state == "exited"


def test_a_question_and_a_plan_are_told_apart_from_permissions(world: World) -> None:
    question = {
        "questions": [
            {
                "question": "Which database?",
                "header": "Database",
                "multiSelect": False,
                "options": [
                    {"label": "SQLite", "description": "a file"},
                    {"label": "Redis", "description": "a server"},
                ],
            }
        ]
    }
    world.api.script("choose", ToolUse("AskUserQuestion", question), Text("Chosen."))
    world.orch("new", "Choose", "--prompt", "choose")
    asking = world.until("c1", "question", column="blocked")
    assert "Which database?" in asking.reason
    world.until_pane(asking, "SQLite")
    world.press(asking, "Enter")
    world.until("c1", "idle", reason="Chosen.")

    world.api.script("think-first", ToolUse("ExitPlanMode", {"plan": "1. Write it."}), Text("Planned."))
    world.orch("new", "Think first", "--prompt", "think-first", "--permission-mode", "plan")
    planned = world.until("c2", "plan", column="blocked")
    world.press(planned, "Escape")
    world.until("c2", "interrupted")


@pytest.mark.long
def test_a_window_closed_by_hand_is_an_exit(world: World) -> None:
    world.api.script("first", Text("Done."))
    world.orch("new", "Close me", "--prompt", "first")
    done = world.until("c1", "idle", reason="Done.")
    assert done.window
    world.tmux("kill-window", "-t", done.window)
    closed = world.until("c1", "exited")
    assert closed.reason == "its window was closed"
    world.orch("resume", "c1")
    assert world.until("c1", "idle").session_id == done.session_id


@pytest.mark.long
def test_after_the_tmux_server_died_every_card_is_lost_and_can_be_resumed(world: World) -> None:
    world.api.script("first", Text("Done."), Text("Back."))
    world.orch("new", "One", "--prompt", "first")
    before = world.until("c1", "idle", reason="Done.")
    hub = world.hub_pid()
    world.tmux("kill-server")
    poll(lambda: ended(hub), "the hub's end")
    assert world.orch("ls").stdout.count("lost") == 1
    world.orch("resume", "c1")
    assert world.until("c1", "idle").session_id == before.session_id
    world.orch("send", "c1", "are you there?")
    world.until("c1", "idle", reason="Back.")


class TestUntrusted:
    @pytest.fixture
    def trusted(self) -> bool:
        return False

    @pytest.mark.long
    def test_the_trust_dialog_is_on_the_card_until_the_user_answers_it(self, world: World) -> None:
        world.api.script("first", Text("Done."))
        world.orch("new", "Trust me", "--prompt", "first")
        asking = world.until("c1", "setup", column="blocked")
        assert "trust" in asking.reason
        world.press(asking, "Enter")
        world.until("c1", "idle", reason="Done.")


@pytest.mark.long
def test_a_session_left_with_exit_is_over_and_in_review(world: World) -> None:
    world.api.script("first", Text("Done."))
    world.orch("new", "Leave", "--prompt", "first")
    done = world.until("c1", "idle", reason="Done.")
    world.press(done, "/exit")
    time.sleep(0.3)
    world.press(done, "Enter")
    left = world.until("c1", "exited", column="review")
    assert left.reason == "the agent has exited"
