"""Whatever is sent to the hub's doors is answered in words: no 500, no traceback, no hang."""

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import fields as of
from typing import Any, Literal, get_args, get_origin

import pytest
from hypothesis import strategies as st

from orchestrator.core.requests.every import EVERY
from orchestrator.core.requests.request import Request
from orchestrator.core.requests.rescues import ListRescues, ShowRescue
from orchestrator.core.requests.runs import ListWorkflows
from orchestrator.core.requests.trust import ShowTrust
from orchestrator.paths import Home
from tests.conftest import git
from tests.conftest import home as _home
from tests.security.doors import Answer, Doors, open_doors
from tests.security.fuzz import (
    BROKEN_JSON,
    ODD_TEXTS,
    as_bytes,
    at_length,
    fields,
    fuzz,
    odd_json,
    odd_scalars,
    odd_texts,
)


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    with pytest.MonkeyPatch.context() as patch:
        made = _home.__wrapped__(patch)  # type: ignore[attr-defined]  # the fixture of one test, for a file
        home: Home = next(made)
        repo = tmp_path_factory.mktemp("repo")
        git(repo, "init", "--quiet", "--initial-branch=main")
        git(repo, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "1")
        with open_doors(home, repo, patch) as opened:
            yield opened
        next(made, None)


def answered(answer: Answer) -> Answer:
    """With words; 502 is a failure outside of the hub, of a tmux that is not there."""
    assert answer.broken_off or 200 <= answer.status < 500 or answer.status == 502, answer
    assert b"orch has a bug" not in answer.body, answer.body
    return answer


def nothing_is_left(doors: Doors) -> None:
    """Nobody waits, and no task is under way for anybody."""
    assert not doors.parts.holds.ids

    async def tasks() -> int:
        return len(asyncio.all_tasks())

    assert doors.runner.run(tasks()) < 60


# --- hooks ------------------------------------------------------------------------------------------------

EVENTS = (
    "UserPromptSubmit", "PreToolUse", "PostToolUse", "PostToolUseFailure", "PermissionDenied",
    "PermissionRequest", "Stop", "StopFailure", "PreCompact", "PostCompact", "Notification", "SessionStart",
    "SubagentStop", "Nobody knows this", "\ud800",
)  # fmt: skip
TOOLS = ("Bash", "Edit", "Write", "NotebookEdit", "AskUserQuestion", "ExitPlanMode", "mcp__a__b", "\0")
INPUT = fields(
    ("command", "file_path", "notebook_path", "path", "url", "plan", "questions", "old_string", "content"),
    command=odd_texts,
    file_path=odd_texts,
    plan=odd_texts,
    questions=st.lists(fields(("question", "header", "options", "multiSelect")), max_size=2) | odd_json,
)
REPORTS = fields(
    (
        "hook_event_name", "tool_name", "tool_input", "tool_use_id", "agent_id", "cwd", "prompt",
        "session_id",
        "transcript_path", "last_assistant_message", "background_tasks", "permission_suggestions", "message",
        "error", "reason", "notification_type",
    ),
    hook_event_name=st.sampled_from(EVENTS),
    tool_name=st.sampled_from(TOOLS) | odd_scalars,
    tool_input=INPUT | odd_json,
    cwd=odd_texts,
    agent_id=st.just(""),
)  # fmt: skip


@at_length
def test_no_report_of_a_session_breaks_the_hub(doors: Doors, examples: int) -> None:
    fuzz(REPORTS, lambda report: _reported(doors, as_bytes(report)), examples)
    nothing_is_left(doors)


def _reported(doors: Doors, body: bytes) -> None:
    answer = answered(doors.hook(body))
    assert answer.status == 200
    assert not answer.body or answer.words is not None


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_a_report_may_name_any_path(doors: Doors, text: str) -> None:
    for tool in ("Bash", "Edit", "ExitPlanMode"):
        given = {"file_path": text, "command": text, "plan": text, text: text}
        said = {"hook_event_name": "PermissionRequest", "tool_name": tool, "cwd": text, "tool_input": given}
        _reported(doors, as_bytes(said))


@pytest.mark.parametrize("kind", BROKEN_JSON)
def test_a_report_that_is_none_is_passed_over_with_one_line(doors: Doors, kind: str) -> None:
    before = len(doors.alarms.lines)
    assert answered(doors.hook(BROKEN_JSON[kind])).status == 200
    told = doors.alarms.lines[before:]
    assert len(told) <= 1
    assert all("\n" not in line and len(line) < 400 for line in told)


def test_a_client_that_hangs_up_in_a_request_leaves_one_line(doors: Doors) -> None:
    asks: tuple[Callable[[], Answer], ...] = (
        lambda: doors.hook(b'{"hook_event_name": "Stop"}', whole=False),
        lambda: doors.api("POST", b"/requests/send", b'{"card": "c1"}', whole=False),
        lambda: doors.api(
            "POST", b"/requests/send", b'{"card": "c1"}', [(b"orch-session", b"c1")], whole=False
        ),
    )
    for ask in asks:
        before = len(doors.alarms.lines)
        answered(ask())
        assert len(doors.alarms.lines[before:]) <= 1
    answered(doors.mcp(b'{"jsonrpc": "2.0"}', whole=False))
    nothing_is_left(doors)


# --- MCP --------------------------------------------------------------------------------------------------

MESSAGES = fields(
    ("jsonrpc", "id", "method", "params"),
    jsonrpc=st.just("2.0") | odd_scalars,
    id=st.just(1) | odd_scalars,
    method=st.sampled_from(
        ["tools/list", "tools/call", "initialize", "ping", "server/discover", "notifications/cancelled", "\0"]
    )
    | odd_scalars,
    params=fields(("name", "arguments", "requestId", "protocolVersion", "capabilities")) | odd_json,
)
TOOL_FIELDS: dict[str, tuple[str, ...]] = {
    "mail_send": ("to", "kind", "body", "subject", "refs", "reply_to", "thread", "ttl_s", "idem", "expect"),
    "mail_receive": ("max", "kinds", "from", "thread", "peek"),
    "mail_ack": ("ids", "outcome", "note"),
    "mail_gather": ("gather", "thread", "expect"),
    "mail_peers": ("filter",),
    "mail_search": ("query",),
    "mail_lease": ("paths", "ttl_s", "mode"),
    "card_new": ("title", "prompt", "name", "base", "labels", "model"),
    "card_status": ("card",),
    "notify_human": ("message",),
    "review_note": ("path", "line", "text", "end_line", "side"),
}


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Calls whose arguments mostly fit their tool."""
    tool = draw(st.sampled_from(sorted(TOOL_FIELDS)))
    lists = st.lists(odd_texts, min_size=1, max_size=3)
    likely: dict[str, st.SearchStrategy[Any]] = {
        "to": lists, "refs": lists, "kinds": lists, "from": lists, "ids": lists,
        "expect": lists | st.booleans(), "paths": lists, "labels": lists,
        "kind": st.sampled_from(["note", "task"]), "max": st.integers(1, 100),
        "ttl_s": st.sampled_from([0, 1.5, -1, 1e308, float("nan"), float("inf")]), "peek": st.booleans(),
        "mode": st.sampled_from(["exclusive", "shared", "release"]), "outcome": st.just("done"),
    }  # fmt: skip
    given = {name: draw(likely.get(name, odd_texts)) for name in TOOL_FIELDS[tool]}
    if "wait_s" in given or tool in ("mail_gather", "mail_receive"):
        given["wait_s"] = 0
    return tool, given


@at_length
def test_no_message_of_a_session_breaks_the_endpoint(doors: Doors, examples: int) -> None:
    fuzz(MESSAGES, lambda message: answered(doors.mcp(as_bytes(message))), examples)
    nothing_is_left(doors)


@at_length
def test_no_arguments_break_a_tool(doors: Doors, examples: int) -> None:
    fuzz(calls(), lambda call: answered(doors.call(*call)), examples)
    nothing_is_left(doors)


@pytest.mark.parametrize("kind", BROKEN_JSON)
def test_a_message_that_is_none_is_refused_by_the_endpoint(doors: Doors, kind: str) -> None:
    assert answered(doors.mcp(BROKEN_JSON[kind])).status in (400, 202)


STRANGE_EVENTS = [
    b"\xff\xfe", b"x", b"call", b"call:", b"call:a", b"call:a:", b"call:a:\xe9\xff", b"call:\0:e30=",
    b"call:a:!!!!", b"call:a:" + base64.b64encode(b"[" * 5000), b"call:a:" + base64.b64encode(b"\xff\0"),
    b"call:a:" + b"A" * 60_000, b"id:", b"id:NaN", b"id:1e999", b"id:[1]", b"id:{}", b"id:null",
    b"id:" + b"[" * 20_000, b"id:" + b"9" * 6_000, b'id:"\\ud800"', b"id:\xff", b"id:1 2", b"0", b"-1",
]  # fmt: skip


@pytest.mark.parametrize("event", STRANGE_EVENTS, ids=lambda event: repr(event[:16]))
def test_a_strange_last_event_id_is_answered_in_words(doors: Doors, event: bytes) -> None:
    answer = answered(doors.mcp(b"", [(b"last-event-id", event)], "GET"))
    if answer.status == 200:  # told as the protocol has it, with the id that was named
        said = json.loads(answer.body.decode().partition("data: ")[2])
        assert isinstance(said["id"], str | int)


# --- the API ----------------------------------------------------------------------------------------------


NUMBERS: tuple[Any, ...] = (10**4000, 10**400, -1, 0, 1e9, True, None, "7", [], 10**9)
"""What is no number of messages or days."""
LONG = frozenset({"hub.stop"})
"""It ends the hub."""


def _asked(doors: Doors, kind: type[Request[Any]], given: dict[str, Any]) -> Answer:
    return answered(doors.api("POST", f"/requests/{kind.verb}".encode(), as_bytes(given)))


def test_every_question_is_answered_whatever_it_names(doors: Doors) -> None:
    asked = [kind for kind in EVERY.values() if kind.reads]
    assert len(asked) > 15
    for kind in asked:
        for text in ("\0", "..", "%2e%2e%2fx", "c" * 2000, "\ud800"):
            _asked(doors, kind, {each.name: text for each in of(kind) if each.type is str})
        named = {each.name: "c1" for each in of(kind) if each.type is str}
        for number in NUMBERS:
            _asked(doors, kind, named | {each.name: number for each in of(kind) if each.type is not str})


@pytest.mark.parametrize("path", ["/", "/requests", "/requests/", "/requests/a/b", "/requests/%00", "/board"])
def test_a_request_that_the_hub_does_not_know_is_refused_in_words(doors: Doors, path: str) -> None:
    assert answered(doors.api("GET", path.encode())).status in (404, 405)
    assert answered(doors.api("POST", path.encode(), b"{}")).words["what"]


@pytest.mark.parametrize("said", ["/\0", "~\0", "\0", "/" + "a" * 300, "/a" * 9000, "/dev/zero"])
def test_a_path_that_can_not_be_is_refused_in_words(doors: Doors, said: str) -> None:
    for kind, name in (
        (ListWorkflows, "repo"),
        (ListRescues, "repo"),
        (ShowRescue, "repo"),
        (ShowTrust, "path"),
    ):
        answer = _asked(doors, kind, {name: said, **({"ref": "x"} if kind is ShowRescue else {})})
        if answer.status != 200:
            assert answer.words["what"]


ACTS = sorted(verb for verb, kind in EVERY.items() if not kind.reads and verb not in LONG)


@st.composite
def acts(draw: st.DrawFn) -> tuple[bytes, bytes, bool]:
    """(path, body, whether a session asks): bodies whose fields are odd, and mostly of the right type."""
    verb = draw(st.sampled_from(ACTS))
    texts = st.sampled_from([each for each in ODD_TEXTS if each not in ("c1", "\ud800")])
    given: dict[str, Any] = {}
    for field in of(EVERY[verb]):
        kind = field.type
        if kind is str:
            given[field.name] = draw(texts)
        elif kind is bool:
            given[field.name] = draw(st.booleans())
        elif kind is int:
            given[field.name] = draw(st.sampled_from([0, -1, 10**30]))
        elif get_origin(kind) is Literal:
            given[field.name] = draw(st.sampled_from(get_args(kind)))
        elif kind == tuple[tuple[str, ...], ...]:
            given[field.name] = draw(st.lists(st.lists(texts, max_size=2), max_size=2))
        elif kind == tuple[str, ...]:
            given[field.name] = draw(st.lists(texts, max_size=2))
        else:
            given[field.name] = draw(odd_json)
    if "repo" in given and draw(st.booleans()):
        given["repo"] = "REPO"
    if draw(st.integers(0, 5)) == 0:
        given[draw(odd_texts)] = draw(odd_json)
    return f"/requests/{verb}".encode(), as_bytes(given), draw(st.booleans())


def _acted(doors: Doors, act: tuple[bytes, bytes, bool]) -> None:
    path, body, by_session = act
    headers = [(b"orch-session", b"c1")] if by_session else []
    answer = answered(doors.api("POST", path, body.replace(b"REPO", str(doors.repo).encode()), headers))
    if answer.status >= 400:
        assert answer.words["what"]


@at_length
def test_no_act_breaks_the_hub_and_each_refusal_says_why(doors: Doors, examples: int) -> None:
    fuzz(acts(), lambda act: _acted(doors, act), examples)
    nothing_is_left(doors)
    assert doors.api("POST", b"/requests/board").status == 200  # what was let in can be shown


@pytest.mark.parametrize("kind", BROKEN_JSON)
def test_a_body_that_is_none_is_refused_in_words(doors: Doors, kind: str) -> None:
    for path in (b"/requests/new", b"/requests/mail.send", b"/requests/trust.allow"):
        for by_session in (False, True):
            headers = [(b"orch-session", b"c1")] if by_session else []
            answer = answered(doors.api("POST", path, BROKEN_JSON[kind], headers))
            assert answer.status in (409, 422)
            assert answer.words["what"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_time_to_live_that_is_no_number_is_refused(doors: Doors, number: str) -> None:
    body = b'{"to": ["card-2"], "body": "x", "ttl_s": %s}' % number.encode()
    assert doors.api("POST", b"/requests/mail.send", body).status in (409, 422)
    assert doors.api("POST", b"/requests/mail.messages").status == 200


def test_a_body_of_any_size_costs_the_hub_no_more_than_it_may_have(doors: Doors) -> None:
    assert doors.api("POST", b"/requests/mail.send", b" " * (33 * 1024 * 1024)).status == 413
    assert doors.hook(b" " * (33 * 1024 * 1024)).status == 413


@pytest.mark.parametrize("header", [b"\xff", b"!!", base64.b64encode(b"x"), b"eJw=", b"A" * 9000])
def test_a_strange_environment_header_is_passed_over(doors: Doors, header: bytes) -> None:
    answered(doors.api("POST", b"/requests/stop", b'{"card": "c9"}', [(b"orch-environment", header)]))


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "X" * 500])
def test_a_method_that_is_not_served_is_refused(doors: Doors, method: str) -> None:
    assert answered(doors.ask(doors.agents, method, b"/hooks", b"{}", [])).status in (405, 401, 421)
    assert answered(doors.mcp(b"{}", method=method)).status == 405
    assert answered(doors.api(method, b"/requests/new", b"{}")).status == 405
