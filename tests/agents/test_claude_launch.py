"""The launch file is run for real, with a stand-in for claude that tells what it was given."""

import json
import os
import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.agents import plain
from orchestrator.agents.claude_code.launch import HOOK_EVENTS, prepare, user_status_line
from orchestrator.agents.launch_file import LaunchSpec

TELL = (
    "import json, os, sys; print(json.dumps({'argv': sys.argv[1:], 'env': dict(os.environ), "
    "'cwd': os.getcwd(), 'pid': os.getpid(), "
    "'said': sys.stdin.buffer.read().decode()}))"
)


@pytest.fixture
def spec(tmp_path: Path) -> LaunchSpec:
    (tmp_path / "work tree").mkdir()
    return LaunchSpec(
        card="c12", run=3, token="s3cr'et", slug="auth-refactor", session_id="1234-abcd", resume=False,
        prompt="Fix it", model="opus", permission_mode="plan", command=("python3", "-c", TELL),
        env={"COLOUR": "blue; echo"}, hook_url="http://127.0.0.1:7/hooks", cwd=str(tmp_path / "work tree"),
        statusline_report=tmp_path / "launch" / "report.json", user_status_line="",
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "launch"


def told(file: Path, **environment: str) -> dict[str, object]:
    done = subprocess.run(
        ["/bin/sh", file],
        stdin=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    said: dict[str, object] = json.loads(done.stdout)
    return said


def argv_of(file: Path) -> list[str]:
    argv = told(file)["argv"]
    assert isinstance(argv, list)
    return argv


def test_the_agent_gets_its_flags(spec: LaunchSpec, folder: Path) -> None:
    settings = str(folder / "settings.json")
    expected = [
        *("--session-id", "1234-abcd", "--name", "auth-refactor", "--settings", settings),
        *("--model", "opus", "--permission-mode", "plan"),
    ]
    assert argv_of(prepare(folder, spec)) == expected


def test_a_resumed_session_gets_every_flag_again(spec: LaunchSpec, folder: Path) -> None:
    resumed = replace(spec, resume=True, prompt="")
    argv = argv_of(prepare(folder, resumed))
    assert argv[:2] == ["--resume", "1234-abcd"]
    assert {"--name", "--settings", "--model", "--permission-mode"} <= set(argv)
    assert "--session-id" not in argv
    assert "--" not in argv


def test_without_model_and_mode_claude_keeps_the_users_own(spec: LaunchSpec, folder: Path) -> None:
    argv = argv_of(prepare(folder, replace(spec, model="", permission_mode="")))
    assert not {"--model", "--permission-mode"} & set(argv)


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    "prompt",
    ["--version", "-p", "a\nb\n", 'it\'s "q" $HOME `id` \\n', "; rm -rf /", "\u202egnp [/x] 🐙", "%s %%"],
)
def test_a_prompt_arrives_as_it_was_written(spec: LaunchSpec, folder: Path, prompt: str) -> None:
    said = told(prepare(folder, replace(spec, prompt=prompt)))
    assert said["said"] == prompt
    argv = said["argv"]
    assert isinstance(argv, list)
    assert prompt not in argv


def test_no_prompt_is_too_long(spec: LaunchSpec, folder: Path) -> None:
    prompt = "é" * 600_000
    assert told(prepare(folder, replace(spec, prompt=prompt)))["said"] == prompt


def test_the_environment_names_the_card_and_hides_a_parent_claude(spec: LaunchSpec, folder: Path) -> None:
    parent = {"CLAUDECODE": "1", "CLAUDE_CODE_SESSION_ID": "x", "CLAUDE_CODE_CHILD_SESSION": "1"}
    env = told(prepare(folder, spec), TMUX="/tmp/t,1,0", **parent)["env"]
    assert isinstance(env, dict)
    assert not set(parent) & set(env)
    assert env["TMUX"] == "/tmp/t,1,0"
    assert (env["ORCH_CARD"], env["ORCH_TOKEN"], env["COLOUR"]) == ("c12", "s3cr'et", "blue; echo")
    assert env["CLAUDE_CODE_DISABLE_AGENT_VIEW"] == "1"
    assert env["CLAUDE_CODE_MCP_AUTO_BACKGROUND_MS"] == "0"


def test_the_agent_takes_the_place_of_the_shell(spec: LaunchSpec, folder: Path) -> None:
    with subprocess.Popen(["/bin/sh", prepare(folder, spec)], stdout=subprocess.PIPE, text=True) as shell:
        said = json.loads(shell.communicate()[0])
    assert said["pid"] == shell.pid
    assert said["cwd"] == spec.cwd


def test_no_token_stands_in_argv_or_in_the_settings(spec: LaunchSpec, folder: Path) -> None:
    assert not any(spec.token in each for each in argv_of(prepare(folder, spec)))
    assert spec.token not in (folder / "settings.json").read_text()


def test_only_the_owner_can_read_what_is_left(spec: LaunchSpec, folder: Path) -> None:
    folder.mkdir(mode=0o755)
    (folder / "launch.sh").touch(0o644)
    prepare(folder, replace(spec, prompt="x" * 200_000))
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}
    scripts = dict.fromkeys(("launch.sh", "statusline.sh", "began.sh"), 0o700)
    assert modes == {**scripts, "settings.json": 0o600, "prompt.md": 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_missing_worktree_stops_the_start_instead_of_landing_elsewhere(
    spec: LaunchSpec, folder: Path
) -> None:
    file = prepare(folder, replace(spec, cwd=spec.cwd + "/gone"))
    done = subprocess.run(["/bin/sh", file], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "gone" in done.stderr


def test_every_hook_goes_to_the_hub_with_the_token_from_the_environment(
    spec: LaunchSpec, folder: Path
) -> None:
    prepare(folder, spec)
    hooks = json.loads((folder / "settings.json").read_text())["hooks"]
    assert hooks.pop("SessionStart")[0]["hooks"][0]["type"] == "command"
    assert set(hooks) == set(HOOK_EVENTS)
    for ((entry,),) in ((each[0]["hooks"],) for each in hooks.values()):
        assert (entry["type"], entry["url"]) == ("http", spec.hook_url)
        assert entry["headers"] == {"Authorization": "Bearer $ORCH_TOKEN"}
        assert entry["allowedEnvVars"] == ["ORCH_TOKEN"]


def test_a_variable_with_an_impossible_name_is_refused(spec: LaunchSpec, folder: Path) -> None:
    with pytest.raises(ValueError, match="'A;id' is not a valid name"):
        prepare(folder, replace(spec, env={"A;id": "1"}))


def status_line(folder: Path, said: str) -> str:
    command = json.loads((folder / "settings.json").read_text())["statusLine"]["command"]
    done = subprocess.run(["/bin/sh", "-c", command], input=said, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_status_line_leaves_its_report_and_shows_nothing(spec: LaunchSpec, folder: Path) -> None:
    prepare(folder, spec)
    said = json.dumps({"model": {"display_name": "Opus\\n 'x' $y %s"}, "n": 1})
    assert status_line(folder, said) == ""
    assert json.loads(spec.statusline_report.read_text()) == json.loads(said)
    assert not list(folder.glob("*.new"))


def test_the_users_own_status_line_is_shown_with_the_same_input(spec: LaunchSpec, folder: Path) -> None:
    theirs = """read -r said; printf '%s' "$said" | tr a-z A-Z; echo ' it'"'"'s theirs'"""
    prepare(folder, replace(spec, user_status_line=theirs))
    assert status_line(folder, '{"a":\n1}\n') == '{"A":1} it\'s theirs\n'
    assert json.loads(spec.statusline_report.read_text()) == {"a": 1}


def settings(file: Path, **said: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(said))


def test_the_users_status_line_is_found_where_claude_code_would(tmp_path: Path) -> None:
    home, repo = tmp_path / "home/.claude", tmp_path / "repo"
    assert user_status_line(home, str(repo)) == ""
    settings(home / "settings.json", statusLine={"type": "command", "command": "mine"})
    assert user_status_line(home, str(repo)) == "mine"
    settings(repo / ".claude/settings.json", statusLine={"type": "command", "command": "the repo's"})
    assert user_status_line(home, str(repo)) == "the repo's"
    settings(repo / ".claude/settings.local.json", statusLine={"type": "command", "command": "local"})
    assert user_status_line(home, str(repo)) == "local"


@pytest.mark.parametrize(
    "said", [b"{", b"[]", b"\xff", b'{"statusLine": "x"}', b'{"statusLine": {"type": 1}}']
)
def test_broken_settings_are_passed_over(tmp_path: Path, said: bytes) -> None:
    (tmp_path / ".claude").mkdir()
    (tmp_path / ".claude/settings.json").write_bytes(said)
    settings(tmp_path / "home/settings.json", statusLine={"type": "command", "command": "mine"})
    assert user_status_line(tmp_path / "home", str(tmp_path)) == "mine"


def test_any_other_command_is_run_as_it_is_with_the_prompt_in_its_environment(
    spec: LaunchSpec, folder: Path
) -> None:
    said = told(plain.prepare(folder, spec))
    assert said["argv"] == []
    assert said["cwd"] == spec.cwd
    env = said["env"]
    assert isinstance(env, dict)
    assert (env["ORCH_CARD"], env["ORCH_PROMPT"], env["COLOUR"]) == ("c12", "Fix it", "blue; echo")


def test_the_hubs_mcp_server_is_added_and_needs_no_permission(spec: LaunchSpec, folder: Path) -> None:
    url = "http://127.0.0.1:7/mcp"
    argv = argv_of(prepare(folder, replace(spec, mcp_url=url, system_prompt="Be\nbrief")))
    assert argv[argv.index("--mcp-config") + 1] == str(folder / "mcp.json")
    assert Path(argv[argv.index("--append-system-prompt-file") + 1]).read_text() == "Be\nbrief"
    (server,) = json.loads((folder / "mcp.json").read_text())["mcpServers"].values()
    assert (server["type"], server["url"], server["alwaysLoad"]) == ("http", url, True)
    assert server["headers"] == {"Authorization": "Bearer ${ORCH_TOKEN}"}
    assert stat.S_IMODE((folder / "mcp.json").stat().st_mode) == 0o600
    settings = json.loads((folder / "settings.json").read_text())
    assert settings["permissions"]["allow"] == ["mcp__orch"]
    assert spec.token not in (folder / "mcp.json").read_text() + json.dumps(settings)


def test_without_an_mcp_server_none_is_named(spec: LaunchSpec, folder: Path) -> None:
    assert not {"--mcp-config", "--append-system-prompt-file"} & set(argv_of(prepare(folder, spec)))
    assert "permissions" not in json.loads((folder / "settings.json").read_text())
