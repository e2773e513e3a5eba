"""The road from session to hub: what closes it is named, and the states continue without it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.agent import ConnectionProblems
from orchestrator.agents.claude_code import connection, proxies
from orchestrator.agents.launch_file import write_launch_file
from tests.machines.panes import Panes

HOOKS: list[tuple[str, dict[str, Any]]] = [
    ("disableAllHooks", {"disableAllHooks": True}),
    ("allowedHttpHookUrls", {"allowedHttpHookUrls": ["https://hooks.example.org/*"]}),
    ("allowedHttpHookUrls", {"allowedHttpHookUrls": []}),
    ("httpHookAllowedEnvVars", {"httpHookAllowedEnvVars": ["MY_TOKEN"]}),
]
TOOLS: list[tuple[str, dict[str, Any]]] = [
    ("permissions.deny", {"permissions": {"deny": ["mcp__orch"]}}),
    ("permissions.deny", {"permissions": {"deny": ["mcp__orch__*"]}}),
    ("permissions.deny", {"permissions": {"deny": ["mcp__*"]}}),
    ("deniedMcpServers", {"deniedMcpServers": [{"serverName": "orch"}]}),
]
OPEN: list[dict[str, Any]] = [
    {},
    {"disableAllHooks": False},
    {"allowedHttpHookUrls": ["http://127.0.0.1:*"]},
    {"allowedHttpHookUrls": ["http://127.0.0.1:*/*"]},
    {"allowedHttpHookUrls": ["*"]},
    {"httpHookAllowedEnvVars": ["MY_TOKEN", "ORCH_TOKEN"]},
    {"permissions": {"deny": ["mcp__other", "Bash(rm *)"]}},
    {"permissions": "nonsense", "allowedHttpHookUrls": "nonsense"},
]
PLACES = ["user", "project", "local", "main", "own", "managed"]


def examined(
    tmp_path: Path, place: str, said: dict[str, Any], env: dict[str, str] | None = None
) -> ConnectionProblems:
    user, project, main, managed = (tmp_path / name for name in ("user", "project", "main", "managed"))
    file = {
        "user": user / "settings.json",
        "project": project / ".claude/settings.json",
        "local": project / ".claude/settings.local.json",
        "main": main / ".claude/settings.local.json",
        "managed": managed / "managed-settings.json",
    }.get(place)
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(said))
    return connection.examine(user, project, main, said if place == "own" else None, env, managed=managed)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("name", "said"), HOOKS)
def test_what_keeps_hooks_from_the_hub_is_named_with_its_file(
    tmp_path: Path, place: str, name: str, said: dict[str, Any]
) -> None:
    found = examined(tmp_path, place, said)
    assert len(found.hooks) == 1
    assert found.hooks[0].startswith(f"{name} in ")
    assert not found.tools


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("name", "said"), TOOLS)
def test_what_keeps_the_tools_from_a_session_is_named(
    tmp_path: Path, place: str, name: str, said: dict[str, Any]
) -> None:
    found = examined(tmp_path, place, said)
    assert len(found.tools) == 1
    assert found.tools[0].startswith(name)
    assert not found.hooks


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("said", OPEN)
def test_an_open_road_is_not_complained_of(tmp_path: Path, place: str, said: dict[str, Any]) -> None:
    assert examined(tmp_path, place, said) == ConnectionProblems()


def test_what_only_an_administrator_can_set_counts_there_alone(tmp_path: Path) -> None:
    hooks, servers = {"allowManagedHooksOnly": True}, {"allowedMcpServers": [{"serverName": "other"}]}
    assert examined(tmp_path / "1", "user", {**hooks, **servers}) == ConnectionProblems()
    assert examined(tmp_path / "2", "managed", hooks).hooks
    assert examined(tmp_path / "3", "managed", servers).tools
    assert not examined(tmp_path / "4", "managed", {"allowedMcpServers": [{"serverName": "orch"}]}).tools
    (tmp_path / "5/managed").mkdir(parents=True)
    (tmp_path / "5/managed/managed-mcp.json").write_text("{}")
    assert examined(tmp_path / "5", "user", {}).tools
    (tmp_path / "6/managed/managed-settings.d").mkdir(parents=True)
    (tmp_path / "6/managed/managed-settings.d/10-hooks.json").write_text(json.dumps(hooks))
    assert examined(tmp_path / "6", "user", {}).hooks


@pytest.mark.parametrize(
    "theirs",
    [
        {},
        {"NO_PROXY": "example.org"},
        {"no_proxy": "example.org"},
        {"NO_PROXY": "a.example", "no_proxy": "b.example"},
        {"HTTP_PROXY": "http://proxy:3128", "ALL_PROXY": "socks5://proxy"},
    ],
)
def test_no_proxy_ever_stands_between_a_session_and_the_hub(tmp_path: Path, theirs: dict[str, str]) -> None:
    file = write_launch_file(tmp_path / "launch", str(tmp_path), ["/usr/bin/env", "-0"], {})
    env = {"PATH": "/usr/bin:/bin", **theirs}
    done = subprocess.run(["/bin/sh", str(file)], env=env, capture_output=True, text=True, check=True)
    seen = dict(line.partition("=")[::2] for line in done.stdout.rstrip("\0").split("\0"))
    for name in ("NO_PROXY", "no_proxy"):
        kept = {theirs[name]} if name in theirs else set()
        assert {"127.0.0.1", "localhost", *kept} <= set(seen[name].split(","))
    assert {name: seen[name] for name in theirs if "NO" not in name.upper()} == {
        name: value for name, value in theirs.items() if "NO" not in name.upper()
    }


@pytest.mark.parametrize(
    "theirs",
    [{"NO_PROXY": "a.example"}, {"no_proxy": "a.example b.example"}, {"NO_PROXY": ""}, {"NO_PROXY": "*"}],
)
def test_what_settings_say_of_proxies_is_completed(theirs: dict[str, str]) -> None:
    said = proxies.direct(theirs)
    assert set(said) == {"NO_PROXY", "no_proxy"}
    for value in said.values():
        past = set(value.split(","))
        assert {"127.0.0.1", "localhost", *" ".join(theirs.values()).split()} <= past
    assert not proxies.in_the_way({**said, "HTTP_PROXY": "http://proxy:3128"})
    assert not proxies.direct({})


PROXY = {"HTTP_PROXY": "http://proxy:3128"}


@pytest.mark.parametrize(
    ("place", "said", "env"),
    [
        ("user", {}, PROXY),
        ("user", {}, {"ALL_PROXY": "socks5://proxy", "NO_PROXY": "a.example"}),
        ("user", {}, {**PROXY, "NO_PROXY": "127.0.0.1", "no_proxy": "a.example"}),
        ("user", {"env": PROXY}, {"NO_PROXY": "a.example"}),
        ("managed", {"env": {**PROXY, "NO_PROXY": "a.example", "no_proxy": ""}}, {}),
    ],
)
def test_a_proxy_that_would_be_asked_for_the_hub_is_named(
    tmp_path: Path, place: str, said: dict[str, Any], env: dict[str, str]
) -> None:
    (cause,) = examined(tmp_path, place, said, env).hooks
    assert cause.startswith(("HTTP_PROXY in ", "ALL_PROXY in "))
    assert cause.endswith(", without 127.0.0.1 in NO_PROXY")


@pytest.mark.parametrize(
    ("place", "said", "env"),
    [
        ("user", {"env": PROXY}, None),
        ("user", {"env": PROXY}, {"NO_PROXY": "127.0.0.1,localhost"}),
        ("user", {"env": {**PROXY, "NO_PROXY": "a.example"}}, {"NO_PROXY": "127.0.0.1"}),
        ("managed", {"env": PROXY}, {"NO_PROXY": "a.example,127.0.0.1"}),
        ("managed", {"env": {**PROXY, "NO_PROXY": "*"}}, None),
        ("user", {"env": "nonsense"}, {"HTTPS_PROXY": "http://proxy:3128"}),
    ],
)
def test_a_proxy_that_is_passed_by_is_not_complained_of(
    tmp_path: Path, place: str, said: dict[str, Any], env: dict[str, str] | None
) -> None:
    assert examined(tmp_path, place, said, env) == ConnectionProblems()


BOX = f"{'─' * 60}\n❯\u00a0\n{'─' * 60}\n  ? for shortcuts\n"


@pytest.mark.long
def test_a_deaf_session_says_why_and_its_states_go_on(panes: Panes) -> None:
    settings = panes.stage.repo / ".claude/settings.local.json"
    settings.parent.mkdir()
    settings.write_text('{"disableAllHooks": true, "permissions": {"deny": ["mcp__orch"]}}')
    panes.stage.start()
    panes.new("deaf", BOX, registry="busy")
    card = panes.stage.until("deaf", "working")
    cause = f"disableAllHooks in {settings}"
    card = panes.stage.until("deaf", "working", reason=f"thinking · its hooks do not reach the hub: {cause}")
    # the turn ends by the registry, with its words from the transcript
    assert card.session_id is not None
    folder = panes.stage.home.root / "agent/projects/-repo"
    folder.mkdir(parents=True)
    lines = [
        {"type": "user", "message": {"content": "Go."}},
        {"type": "assistant", "message": {"content": [{"type": "text", "text": "All is done."}]}},
    ]
    (folder / f"{card.session_id}.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))
    panes.show("deaf", BOX, registry="idle")
    card = panes.stage.until("deaf", "idle", last_words="All is done.")
    assert card.unread
    assert cause in card.reason
    assert card.bell == "not notified: it has no tools to read mail"
    # a hook that does come takes the words back
    said = {"hook_event_name": "Notification", "message": "x", "notification_type": "idle_prompt"}
    panes.stage.report(card.id, 1, said)
    left = f"it has no orch tools: permissions.deny 'mcp__orch' in {settings}"
    panes.stage.until("deaf", "idle", reason=f"All is done. · {left}")
