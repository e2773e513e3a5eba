"""The user's own command: what merges is merged, what can't be is refused in words, nothing is dropped."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.claude_code import began, headless, launch
from orchestrator.agents.claude_code.own_command import UnfitCommandError, merged, read
from orchestrator.agents.claude_code.registries import Registries
from orchestrator.agents.claude_code.transcript import config_dir_of
from orchestrator.agents.launch_file import LaunchSpec
from orchestrator.core.sessions.model import Evidence, Session, Source, Status
from tests.machines.panes import Panes
from tests.poll import poll

pytestmark = pytest.mark.slow


MINE = {
    "permissions": {"deny": ["Bash(rm *)"], "allow": ["Bash(ls)"]},
    "hooks": {
        "PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "guard"}]}],
        "SessionStart": [{"hooks": [{"type": "command", "command": "hello"}]}],
    },
    "statusLine": {"type": "command", "command": "my-line"},
    "includeCoAuthoredBy": False,
}


def spec(tmp_path: Path, *command: str, **changes: Any) -> LaunchSpec:
    given: dict[str, Any] = {
        "card": "c1", "run": 1, "token": "t", "slug": "tidy", "session_id": "0-1", "resume": False,
        "prompt": "Go.", "model": "", "permission_mode": "", "command": command, "env": {},
        "hook_url": "http://127.0.0.1:1/hooks", "cwd": str(tmp_path),
        "statusline_report": tmp_path / "report", "user_status_line": "users-line",
        "mcp_url": "http://127.0.0.1:1/mcp",
    }  # fmt: skip
    return LaunchSpec(**{**given, **changes})


def started(tmp_path: Path, of: LaunchSpec) -> tuple[list[str], dict[str, Any]]:
    """The arguments with which the program is started, and the settings that they name."""
    folder = tmp_path / "launch"
    file = launch.prepare(folder, of)
    seen = tmp_path / "claude"
    seen.write_text('#!/bin/sh\nprintf "%s\\0" "$0" "$@"\n')
    seen.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    env = {"PATH": path, "HOME": "/nowhere"}
    argv = ["/bin/sh", str(file)]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, env=env)
    argv = done.stdout.rstrip("\0").split("\0")
    return argv, json.loads(Path(argv[argv.index("--settings") + 1]).read_text())


def value(argv: list[str], name: str) -> str:
    assert argv.count(name) == 1
    return argv[argv.index(name) + 1]


@pytest.mark.parametrize(
    "way",
    [
        ("--settings", "mine.json"),
        ("--settings=mine.json",),
        ("--settings", json.dumps(MINE)),
        (f"--settings={json.dumps(MINE)}",),
        ("--verbose", "--settings", "mine.json"),
    ],
)
def test_a_users_deny_rules_and_guard_hook_stay(tmp_path: Path, way: tuple[str, ...]) -> None:
    (tmp_path / "mine.json").write_text(json.dumps(MINE))
    argv, said = started(tmp_path, spec(tmp_path, "claude", *way))
    assert argv.count("--settings") == 1
    assert not any(word.startswith("--settings=") for word in argv)
    assert said["permissions"]["deny"] == ["Bash(rm *)"]
    assert said["permissions"]["allow"] == ["Bash(ls)", "mcp__orch"]
    assert said["hooks"]["PreToolUse"][0]["hooks"][0]["command"] == "guard"
    assert [hook["type"] for group in said["hooks"]["PreToolUse"] for hook in group["hooks"]] == [
        "command",
        "http",
    ]
    assert said["hooks"]["SessionStart"][0]["hooks"][0]["command"] == "hello"
    assert len(said["hooks"]["SessionStart"]) == 3
    assert said["includeCoAuthoredBy"] is False
    assert "my-line" in (tmp_path / "launch/statusline.sh").read_text()


def test_several_settings_are_all_kept(tmp_path: Path) -> None:
    one, two = (
        '{"permissions": {"deny": ["A"]}, "model": "x"}',
        '{"permissions": {"deny": ["B"]}, "model": "y"}',
    )
    own = read(["claude", "--settings", one, "--settings", two], tmp_path)
    assert own.settings == {"permissions": {"deny": ["A", "B"]}, "model": "y"}


def test_a_system_prompt_is_joined_to_the_one_that_a_session_needs(tmp_path: Path) -> None:
    (tmp_path / "style.md").write_text("Write tests.\n")
    command = ("claude", "--append-system-prompt", "Be terse.", "--append-system-prompt-file=style.md")
    argv, _ = started(tmp_path, spec(tmp_path, *command, system_prompt="You work on a stage."))
    said = Path(value(argv, "--append-system-prompt-file")).read_text()
    assert said == "Be terse.\n\nWrite tests.\n\nYou work on a stage."
    assert "--append-system-prompt" not in argv
    assert "style.md" not in " ".join(argv)


def test_no_proxy_of_the_users_settings_stays_and_names_the_hub(tmp_path: Path) -> None:
    inline = json.dumps({"env": {"no_proxy": "b.example", "FOO": "1"}})
    of = spec(tmp_path, "claude", "--settings", inline, no_proxy={"NO_PROXY": "a.example"})
    _, said = started(tmp_path, of)
    past = "a.example,b.example,127.0.0.1,localhost"
    assert said["env"] == {"FOO": "1", "NO_PROXY": past, "no_proxy": past}
    assert "env" not in started(tmp_path, spec(tmp_path, "claude"))[1]


@pytest.mark.parametrize(
    ("option", "field"), [("--model", "model"), ("--permission-mode", "permission_mode")]
)
def test_a_cards_own_choice_goes_before_the_commands(tmp_path: Path, option: str, field: str) -> None:
    argv, _ = started(tmp_path, spec(tmp_path, "claude", option, "theirs"))
    assert value(argv, option) == "theirs"
    argv, _ = started(tmp_path, spec(tmp_path, "claude", f"{option}=theirs", **{field: "ours"}))
    assert value(argv, option) == "ours"


def test_options_that_add_up_stay_as_they_are(tmp_path: Path) -> None:
    command = (
        "claude",
        "--mcp-config",
        "a.json",
        "b.json",
        "--add-dir",
        "/x",
        "--allowedTools",
        "Bash(ls)",
        "-d",
    )
    argv, _ = started(tmp_path, spec(tmp_path, *command))
    assert tuple(argv[1 : len(command)]) == command[1:]
    assert argv.count("--mcp-config") == 2


@pytest.mark.parametrize(
    "words",
    [
        ("--session-id", "x"), ("--session-id=x",), ("--resume",), ("-r", "x"), ("--continue",), ("-c",),
        ("-p",), ("--print",), ("--bare",), ("--safe-mode",), ("--worktree",), ("-w", "x"), ("--worktree=x",),
        ("--fork-session",), ("--bg",), ("--output-format", "json"), ("--version",), ("--", "Do it"),
        ("--settings",), ("--settings", "missing.json"), ("--settings", "{broken"), ("--settings", "{}x"),
        ("--settings", '{"hooks": []}'), ("--append-system-prompt-file", "missing.md"),
        ("--from-pr", "1"), ("--permission-prompt-tool", "x"), ("--tmux",),
    ],
)  # fmt: skip
def test_what_cannot_be_merged_is_refused_in_words(tmp_path: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(UnfitCommandError) as error:
        read(["claude", *words], tmp_path)
    assert (
        error.value.why.startswith(words[0].partition("=")[0])
        or "--settings" in error.value.why
        or words[-1] in error.value.why
    )
    assert "agent.command" in error.value.hint
    with pytest.raises(UnfitCommandError):
        launch.prepare(tmp_path / "launch", spec(tmp_path, "claude", *words))
    with pytest.raises(UnfitCommandError):
        headless.prepare(tmp_path / "launch", spec(tmp_path, "claude", *words))


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("FOO=1", "claude", "--model", "m"), ("env", "FOO=1", "claude")),
        (("env", "-u", "X", "A=1", "claude", "--model", "m"), ("env", "-u", "X", "A=1", "claude")),
        (("nice", "-n", "5", "claude", "--model", "m"), ("nice", "-n", "5", "claude")),
        (("wrapper", "--model", "m"), ("wrapper",)),
        (("python3", "-c", "pass", "--model", "m"), ("python3", "-c", "pass")),
        (("sh", "-p", "wrap.sh", "--model", "m"), ("sh", "-p", "wrap.sh")),
        (("/opt/x/claude-2.1", "--model=m"), ("/opt/x/claude-2.1",)),
        (
            ("npx", "-y", "@anthropic-ai/claude-code", "--model", "m"),
            ("npx", "-y", "@anthropic-ai/claude-code"),
        ),
    ],
)
def test_what_stands_before_the_program_is_left_as_it_is(
    tmp_path: Path, command: tuple[str, ...], words: tuple[str, ...]
) -> None:
    own = read(command, tmp_path)
    assert (own.words, own.model) == (words, "m")


def test_a_file_on_another_machine_is_not_read_here(tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text("{}")
    with pytest.raises(UnfitCommandError, match="another machine"):
        read(["claude", "--settings", "mine.json"], tmp_path, here=False)
    assert read(["claude", "--settings", '{"model": "x"}'], tmp_path, here=False).settings == {"model": "x"}


def test_merging_loses_nothing_of_either() -> None:
    theirs = {"a": [1, 2], "b": {"c": 1, "d": [3]}, "e": "theirs"}
    ours = {"a": [2, 4], "b": {"d": [5]}, "f": 1}
    assert merged(theirs, ours) == {"a": [1, 2, 4], "b": {"c": 1, "d": [3, 5]}, "e": "theirs", "f": 1}


def test_the_status_line_of_each_settings_file_is_chained(tmp_path: Path) -> None:
    main, tree, user = (tmp_path / name for name in ("main", "tree", "user"))

    def says(file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            json.dumps({"statusLine": {"type": "command", "command": file.parts[-3] + file.name}})
        )

    def line() -> str:
        return launch.user_status_line(user / ".claude", str(tree), str(main))

    assert line() == ""
    for file in (
        user / ".claude/settings.json", tree / ".claude/settings.json", main / ".claude/settings.local.json",
        tree / ".claude/settings.local.json",
    ):  # fmt: skip
        says(file)
        assert line() == file.parts[-3] + file.name


def test_where_a_session_keeps_its_conversation_is_told_by_its_own_hook(tmp_path: Path) -> None:
    (hook,) = began.hooks(tmp_path)["SessionStart"][0]["hooks"]
    assert began.read(tmp_path) is None
    said = {"session_id": "0-1", "transcript_path": "/elsewhere/projects/-x/0-1.jsonl"}
    command = ["/bin/sh", "-c", hook["command"]]
    done = subprocess.run(command, input=json.dumps(said), text=True, capture_output=True, check=True)
    assert done.stdout == ""
    found = began.read(tmp_path)
    assert found is not None
    assert found.transcript == said["transcript_path"]
    assert config_dir_of(found.transcript) == Path("/elsewhere")
    assert config_dir_of("") is config_dir_of("/x.jsonl") is None


def test_a_session_of_which_no_hook_tells_is_found_by_its_process(tmp_path: Path) -> None:
    other, known = tmp_path / "other", tmp_path / "known"
    env = {**os.environ, "CLAUDE_CONFIG_DIR": str(other)}
    with subprocess.Popen([sys.executable, "-c", "input()"], env=env, stdin=subprocess.PIPE) as process:
        evidence = Evidence(Source.ORCH, "opened window", 1.0)
        session = Session(1, "0-1", 1.0, Status.STARTING, 1.0, "", evidence, pid=process.pid)
        registries = Registries(known)
        assert poll(lambda: registries.find_session(session) is None and other in registries.folders)
        file = other / "projects/-x/0-1.jsonl"
        file.parent.mkdir(parents=True)
        file.touch()
        begun = registries.find_session(session)
        assert begun
        assert begun.transcript == str(file)
        assert registries.find_session(replace(session, transcript=str(file))) is None
        process.communicate()


@pytest.mark.long
def test_a_wrapper_with_another_config_directory_is_followed_there(panes: Panes, tmp_path: Path) -> None:
    other = tmp_path / "other"
    command = os.environ["ORCH_AGENT__COMMAND"].split()
    panes.stage.set("ORCH_AGENT__COMMAND", json.dumps(["env", f"CLAUDE_CONFIG_DIR={other}", *command]))
    panes.stage.start()
    panes.show("moved", "❯\u00a0\n", registry="idle")
    (panes.folder / "moved/hooked").touch()
    panes.stage.new("moved", name="moved")
    card = panes.stage.until("moved", "idle")
    assert list((other / "sessions").iterdir())
    argv = json.loads((panes.folder / "moved/argv").read_text())
    assert card.session_id == argv[argv.index("--session-id") + 1]
    environment = json.loads((panes.folder / "moved/environment").read_text())
    for name in ("NO_PROXY", "no_proxy"):
        assert {"127.0.0.1", "localhost"} <= set(environment[name].split(","))


def test_a_command_that_cannot_start_a_session_is_told_on_the_card(panes: Panes) -> None:
    command = os.environ["ORCH_AGENT__COMMAND"].split()
    panes.stage.set("ORCH_AGENT__COMMAND", json.dumps([*command, "--resume"]))
    panes.stage.start()
    panes.show("unfit", "never shown\n")
    panes.stage.new("unfit", name="unfit")
    card = panes.stage.until("unfit", "error")
    assert card.reason == (
        "cannot start a session with agent.command: --resume: "
        "orch resumes conversations itself: orch resume CARD"
    )
    assert not (panes.folder / "unfit/argv").exists()
