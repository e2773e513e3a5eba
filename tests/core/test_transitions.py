"""The transition table, signal by signal, as sessions were seen to behave."""

from dataclasses import replace

import pytest

from orchestrator.core.effects import may_type
from orchestrator.core.literals import AskKind
from orchestrator.core.sessions.facts import unheard
from orchestrator.core.sessions.model import (
    Ask,
    Evidence,
    Facts,
    Meters,
    Retry,
    Session,
    Source,
    Status,
    Turn,
)
from orchestrator.core.sessions.signals import (
    NOT_KEPT,
    AgentExited,
    Asked,
    Began,
    Compacting,
    HooksBlocked,
    MetersSaid,
    Noticed,
    PaneDied,
    PaneSaid,
    PromptTaken,
    RegistrySaid,
    ServerGone,
    Signal,
    SignOfLife,
    StopWanted,
    Tick,
    ToolEnded,
    ToolStarted,
    TranscriptSaid,
    TurnEnded,
    TurnFailed,
    Unreachable,
    WindowClosed,
)
from orchestrator.core.sessions.transitions import TABLE, transition


def started(*, prompt: bool = True) -> Session:
    return Session(
        run=1,
        session_id="s1",
        started_at=100.0,
        status=Status.STARTING,
        since=100.0,
        why="",
        evidence=Evidence(Source.ORCH, "opened window", 100.0),
        facts=Facts(first_prompt=prompt),
        pane="%1",
    )


def after(*signals: Signal, session: Session | None = None) -> Session:
    now = session or started()
    for signal in signals:
        now = transition(now, signal)
    return now


UP = (RegistrySaid(101, "idle"), PromptTaken(101.1, "do it"), RegistrySaid(101.2, "busy"))
BASH = ToolStarted(102, "t1", "Bash: npm test")
ASKED = Asked(102.1, Ask("permission", "Bash", "Bash: npm test", 102.1))
WAITING = RegistrySaid(102.2, "waiting", "permission prompt", wait="permission")
DONE = (TurnEnded(105, "All done."), RegistrySaid(105.1, "idle"))


def test_a_session_is_starting_until_its_registry_speaks() -> None:
    assert after().status is Status.STARTING


def test_a_registry_that_says_idle_before_the_first_prompt_was_taken_is_still_starting() -> None:
    session = after(RegistrySaid(101, "idle"))
    assert session.status is Status.STARTING
    assert not may_type(session)


def test_a_session_without_a_first_prompt_is_ready_as_soon_as_it_is_idle() -> None:
    session = after(RegistrySaid(101, "idle"), session=started(prompt=False))
    assert (session.status, session.why, session.unread) == (Status.IDLE, "ready for a prompt", False)
    assert may_type(session)


def test_a_program_that_tells_nothing_of_itself_runs_takes_prompts_and_never_stalls() -> None:
    session = after(RegistrySaid(101, NOT_KEPT), Tick(9_999, 300, 1800))
    assert (session.status, session.why) == (Status.WORKING, "running")
    assert may_type(session)
    over = after(PaneDied(10_000, 3), session=session)
    assert over.status is Status.EXITED
    assert not may_type(over)
    stalled = replace(session, status=Status.STALLED, facts=replace(session.facts, stalled_since=200.0))
    assert after(Tick(10_000, 300, 1800), session=stalled).status is Status.WORKING, "from an earlier journal"


def test_a_start_up_dialog_shows_only_while_the_registry_is_silent() -> None:
    trust = PaneSaid(100.5, dialog="asks whether you trust this folder")
    assert after(trust).status is Status.SETUP
    assert after(trust, *UP).status is Status.WORKING


def test_a_prompt_makes_it_working_before_the_registry_has_said_so() -> None:
    assert after(*UP[:2]).status is Status.WORKING


def test_a_working_session_says_what_it_does() -> None:
    assert after(*UP, BASH).why == "Bash: npm test"


def test_a_finished_turn_is_idle_and_unread_with_its_last_words() -> None:
    session = after(*UP, *DONE)
    assert (session.status, session.why, session.unread) == (Status.IDLE, "All done.", True)


def test_stop_alone_does_not_end_a_turn_while_the_registry_says_busy() -> None:
    assert after(*UP, DONE[0]).status is Status.WORKING


@pytest.mark.parametrize(
    ("kind", "status"),
    [("permission", Status.PERMISSION), ("question", Status.QUESTION), ("plan", Status.PLAN)],
)
def test_the_hook_tells_what_a_waiting_session_waits_for(kind: AskKind, status: Status) -> None:
    asked = Asked(102.1, Ask(kind, "Tool", "what it asks", 102.1))
    for session in (after(*UP, asked), after(*UP, asked, WAITING)):
        assert (session.status, session.why) == (status, "what it asks")


def test_a_waiting_session_whose_hook_was_missed_still_waits() -> None:
    assert after(*UP, WAITING).status is Status.PERMISSION


def test_an_answer_in_the_pane_makes_it_working_again() -> None:
    asked = after(*UP, BASH, ASKED, WAITING)
    assert asked.status is Status.PERMISSION
    assert after(RegistrySaid(103, "busy"), session=asked).status is Status.WORKING


def test_a_tool_that_ended_was_answered_even_if_the_registry_is_behind() -> None:
    assert after(*UP, BASH, ASKED, WAITING, ToolEnded(103, "t1")).status is Status.WORKING


def test_another_tool_that_ends_answers_nothing() -> None:
    other = (ToolStarted(102, "t2", "Read a.py"), ToolEnded(102.5, "t2"))
    assert after(*UP, BASH, ASKED, WAITING, *other).status is Status.PERMISSION


def test_of_two_requests_the_second_shows_when_the_first_is_answered() -> None:
    second = Ask("permission", "Bash", "Bash: rm -r build", 102.15)
    session = after(*UP, BASH, ASKED, Asked(102.15, second), WAITING)
    assert session.why == "Bash: npm test"
    answered = after(RegistrySaid(103, "busy"), RegistrySaid(103.1, "waiting"), session=session)
    assert (answered.status, answered.why) == (Status.PERMISSION, "Bash: rm -r build")
    assert answered.since > session.since


def test_a_background_subagents_request_outlives_the_turn_that_sent_it_off() -> None:
    sub = Asked(103, Ask("permission", "Bash", "Bash: ls", 103, agent_id="a1"))
    away = after(*UP, sub, TurnEnded(105, "Delegated.", ("a subagent",)), RegistrySaid(105.1, "idle"))
    assert (away.status, away.why) == (Status.PERMISSION, "Bash: ls")
    assert not may_type(away)
    assert after(ToolEnded(110, "t9", agent_id="a1"), session=away).status is Status.BACKGROUND
    assert after(RegistrySaid(106, "waiting"), RegistrySaid(107, "idle"), session=away).facts.asks == ()


def test_a_rejected_permission_is_an_interrupted_turn() -> None:
    session = after(*UP, BASH, ASKED, WAITING, RegistrySaid(103, "idle"))
    assert (session.status, session.unread) == (Status.INTERRUPTED, False)
    assert may_type(session)


def test_escape_is_an_interrupted_turn_though_no_hook_tells_of_it() -> None:
    assert after(*UP, BASH, RegistrySaid(103, "idle")).status is Status.INTERRUPTED


def test_an_old_word_of_the_registry_ends_no_turn() -> None:
    assert after(*UP, RegistrySaid(101.05, "idle")).status is Status.WORKING


def test_a_new_prompt_makes_an_unread_turn_read() -> None:
    assert not after(*UP, *DONE, PromptTaken(110, "go on")).unread


def test_background_tasks_keep_it_in_the_background_after_its_turn() -> None:
    ended = TurnEnded(105, "Started the server.", ("npm run dev",))
    for rest in ("idle", "shell"):
        session = after(*UP, ended, RegistrySaid(105.1, rest))
        assert session.status is Status.BACKGROUND
        assert "npm run dev" in session.why
    woken = after(*UP, ended, PromptTaken(120, "<task-notification>"), RegistrySaid(120.1, "busy"))
    assert woken.status is Status.WORKING


def test_compaction_shows_between_its_hooks() -> None:
    session = after(*UP, Compacting(103, active=True))
    assert session.status is Status.COMPACTING
    assert after(Compacting(104, active=False), session=session).status is Status.WORKING


def test_a_retry_seen_in_the_pane_shows_until_something_else_happens() -> None:
    said = Retry(2, 10, "429 slow down")
    session = after(*UP, PaneSaid(103, retry=said, digest="a"))
    assert (session.status, session.why) == (Status.RETRYING, "429 slow down · attempt 2 of 10")
    assert after(BASH, session=session).status is Status.WORKING


@pytest.mark.parametrize(
    ("error", "status"), [("rate_limit", Status.RATE_LIMITED), ("server_error", Status.ERROR)]
)
def test_a_failed_turn_says_why_and_is_unread(error: str, status: Status) -> None:
    session = after(*UP, TurnFailed(105, error, "API Error: no"), RegistrySaid(105.1, "idle"))
    assert (session.status, session.why, session.unread) == (status, "API Error: no", True)


def test_silence_of_a_busy_session_is_a_stall_and_never_idle() -> None:
    session = after(*UP, SignOfLife(102, "subagent started"), Tick(402, 300, 900))
    assert session.status is Status.WORKING
    stalled = after(Tick(403, 300, 900), session=session)
    assert (stalled.status, stalled.why) == (Status.STALLED, "no activity; last: subagent started")


def test_an_open_tool_may_be_silent_for_longer() -> None:
    assert after(*UP, BASH, Tick(1001, 300, 900)).status is Status.WORKING
    assert after(*UP, BASH, Tick(1003, 300, 900)).status is Status.STALLED


def test_any_sign_of_life_ends_a_stall_but_a_spinner_does_not() -> None:
    stalled = after(*UP, PaneSaid(102, digest="a"), Tick(500, 300, 900))
    assert stalled.status is Status.STALLED
    assert after(PaneSaid(501, digest="a"), session=stalled).status is Status.STALLED
    assert after(PaneSaid(501, digest="b"), session=stalled).status is Status.WORKING


def test_a_dialog_at_start_up_that_is_silent_for_long_stays_one_to_answer() -> None:
    shown = after(PaneSaid(101, dialog="New MCP server found in .mcp.json"))
    silent = after(Tick(99_999, 300, 900), session=shown)
    assert (silent.status, silent.why) == (Status.SETUP, "New MCP server found in .mcp.json")
    assert after(Tick(99_999, 300, 900)).status is Status.STALLED


@pytest.mark.parametrize("dialog", ["", "Can't check actions in this session"])
def test_an_open_dialog_says_what_the_agent_told_its_user_of_it(dialog: str) -> None:
    session = after(
        *UP,
        RegistrySaid(103, "waiting", "dialog open", wait="dialog"),
        PaneSaid(103.5, dialog=dialog),
        Noticed(104, "Auto mode can't check actions"),
    )
    assert (session.status, session.why) == (Status.SETUP, "Auto mode can't check actions")
    waits = RegistrySaid(106, "waiting", "dialog open", wait="dialog")
    left = after(RegistrySaid(105, "busy"), waits, session=session)
    assert left.why == "a dialog is open; answer it in the session"


def test_a_session_that_works_unheard_is_one_whose_hooks_do_not_come() -> None:
    assert not unheard(after(RegistrySaid(101, "idle")).facts)
    assert not unheard(after(*UP).facts)
    for way in (("busy",), ("idle", "idle")):
        worked = after(*(RegistrySaid(101 + at, status) for at, status in enumerate(way)))
        assert unheard(worked.facts)
        told = after(HooksBlocked(103, "disableAllHooks in settings.json"), session=worked)
        assert told.facts.no_hooks
        assert unheard(told.facts)
        heard = after(SignOfLife(104, "subagent started"), session=told)
        assert not unheard(heard.facts)
        assert not heard.facts.no_hooks


def test_waiting_for_a_human_is_no_stall() -> None:
    assert after(*UP, BASH, ASKED, WAITING, Tick(9999, 300, 900)).status is Status.PERMISSION


def test_clear_keeps_the_session_and_takes_its_new_id() -> None:
    session = after(
        *UP,
        *DONE,
        AgentExited(110, "clear", cleared=True),
        RegistrySaid(110.1, "busy"),
        RegistrySaid(110.2, "idle", "", "s2"),
    )
    assert (session.status, session.session_id, session.why) == (Status.IDLE, "s2", "ready for a prompt")


@pytest.mark.parametrize(
    ("signal", "status", "why"),
    [
        (PaneDied(110, 0), Status.EXITED, "the agent has exited"),
        (PaneDied(110, 3), Status.EXITED, "the agent exited with code 3"),
        (PaneDied(110, 137), Status.EXITED, "killed by signal 9"),
        (WindowClosed(110), Status.EXITED, "its window was closed"),
        (ServerGone(110), Status.LOST, "the tmux server has ended; resume restores the conversation"),
    ],
)
def test_tmux_decides_whether_there_is_a_session_at_all(signal: Signal, status: Status, why: str) -> None:
    session = after(*UP, BASH, ASKED, WAITING, signal)
    cut = f"{why}; cut off while asking for a permission: Bash: npm test"
    assert (session.status, session.why, session.unread) == (status, cut, True)
    assert after(*UP, *DONE, signal).why == why


def test_what_the_user_stopped_is_not_unread() -> None:
    for end in (PaneDied(110, 143), WindowClosed(110), ServerGone(110)):
        session = after(*UP, StopWanted(109), end)
        assert (session.status, session.unread) == (Status.EXITED, False)
        assert session.why.startswith("stopped by you; cut off while")
        assert after(*UP, *DONE, StopWanted(109), end).why == "stopped by you"


def test_a_session_that_is_over_stays_over() -> None:
    session = after(*UP, PaneDied(110, 0))
    assert after(RegistrySaid(111, "busy"), PromptTaken(112, "x"), *DONE, session=session) == session


def test_a_source_that_does_not_answer_changes_no_state_but_its_age_shows() -> None:
    session = after(*UP, Unreachable(110, "tmux does not respond"), Unreachable(120, "again"))
    assert (session.status, session.signs.unreachable_since) == (Status.WORKING, 110)
    assert after(RegistrySaid(130, "busy"), session=session).signs.unreachable_since is None


def test_a_turn_that_ended_unseen_is_settled_by_its_transcript() -> None:
    away = after(*UP)
    ended = after(TranscriptSaid(200, "Finished.", False, False), RegistrySaid(150, "idle"), session=away)
    assert (ended.status, ended.why, ended.unread) == (Status.IDLE, "Finished.", True)
    stopped = after(TranscriptSaid(200, "", True, False), RegistrySaid(150, "idle"), session=away)
    assert stopped.status is Status.INTERRUPTED


def test_a_turn_that_ended_while_its_hook_was_lost_is_not_taken_for_interrupted() -> None:
    rests = after(*UP, RegistrySaid(150, "idle"))
    assert rests.status is Status.INTERRUPTED
    for words in ("Finished.", rests.facts.last_words):
        ended = after(TranscriptSaid(151, words, False, False), session=rests)
        assert (ended.status, ended.facts.turn, ended.unread) == (Status.IDLE, Turn.ENDED, True)


def test_an_interrupted_turn_stays_so_whatever_was_written_before_it() -> None:
    rests = after(*UP, RegistrySaid(150, "idle"))
    for said in (
        TranscriptSaid(151, rests.facts.last_words, True, False),
        TranscriptSaid(151, "", False, True),
        TranscriptSaid(rests.facts.turn_at - 1, rests.facts.last_words, False, False),
    ):
        assert after(said, session=rests).status is Status.INTERRUPTED


def test_unknown_words_of_the_registry_are_shown_and_not_fatal() -> None:
    session = after(*UP, RegistrySaid(103, "dreaming"))
    assert session.status is Status.WORKING
    assert "dreaming" in session.why


def test_meters_keep_what_a_later_report_leaves_out() -> None:
    session = after(
        *UP, MetersSaid(103, Meters(1.5, 40.0, "Opus", 20.0, 999.0)), MetersSaid(104, Meters(1.7, None))
    )
    assert session.meters == Meters(1.7, 40.0, "Opus", 20.0, 999.0)
    assert session.facts == after(*UP).facts


@pytest.mark.parametrize(
    ("words", "asks"),
    [
        ("Shall I go on?", True),
        ("Shall I go on?\n\n", True),
        ("**Ready?**", True),
        ("Is it 3? Yes.", False),
        ("Done.", False),
        ("", False),
    ],
)
def test_last_words_that_ask_are_known(words: str, asks: bool) -> None:
    assert after(*UP, TurnEnded(105, words), DONE[1]).facts.ends_asking is asks


def test_evidence_names_who_brought_it_into_its_state() -> None:
    assert after(*UP, BASH, ASKED).evidence == Evidence(
        Source.HOOK, "asking (permission): Bash: npm test", 102.1
    )


def test_the_last_row_of_the_table_always_holds() -> None:
    assert TABLE[-1].test(Facts())
    assert {row.status for row in TABLE} == set(Status)


def test_a_turn_that_is_over_leaves_no_open_tool() -> None:
    assert after(*UP, BASH, RegistrySaid(103, "idle")).signs.tools == ()
    assert after(*UP, BASH, DONE[0]).signs.tools == ()


def test_nothing_is_typed_while_a_turn_is_open_or_a_request_stands() -> None:
    for session in (
        after(*UP),
        after(*UP, BASH, ASKED),
        after(*UP, BASH, ASKED, WAITING),
        after(*UP, DONE[0]),
    ):
        assert not may_type(session)
    assert may_type(after(*UP, *DONE))
    assert not may_type(replace(after(*UP, *DONE), facts=Facts(registry="idle", turn=Turn.OPEN)))


@pytest.mark.parametrize("ended", [False, True], ids=["alive", "ended"])
def test_a_status_line_from_before_a_clear_gives_no_conversation_back(ended: bool) -> None:
    late = MetersSaid(109.0, Meters(1.5), session_id="s1", transcript="/s1.jsonl")
    cleared = after(*UP, Began(110.0, "s2", "/s2.jsonl"))
    told = after(*([WindowClosed(111.0)] if ended else []), late, session=cleared)
    assert (told.session_id, told.transcript, told.meters.cost_usd) == ("s2", "/s2.jsonl", 1.5)


def test_what_is_read_of_a_session_after_its_end_names_no_other_conversation() -> None:
    last = MetersSaid(120.0, Meters(2.0), session_id="s9")
    assert after(*UP, WindowClosed(111.0), last).session_id == "s1"
