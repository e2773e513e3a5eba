import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from orchestrator.config import Config, load

Orch = Callable[..., Result]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "made" / "config.toml"
    monkeypatch.setenv("ORCH_CONFIG", str(path))
    return path


def test_init_writes_the_example_once_and_never_over_a_file(file: Path, orch: Orch) -> None:
    assert orch("config", "path").stdout == f"{file}\n"
    assert orch("config", "init").exit_code == 0
    assert load() == Config()
    file.write_text("max_sessions = 3\n")
    done = orch("config", "init")
    assert done.exit_code == 4
    assert "already exists" in done.stderr
    assert file.read_text() == "max_sessions = 3\n"


def test_show_says_where_each_value_comes_from(
    file: Path, orch: Orch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.parent.mkdir()
    file.write_text("stall_after = '2m'\n")
    (tmp_path / ".orch.toml").write_text("[worktree]\nbase = 'dev'\n")
    monkeypatch.setenv("ORCH_HUB__PORT", "7801")
    rows = {
        row["key"]: row
        for row in json.loads(orch("config", "show", "--repo", str(tmp_path), "--json").stdout)
    }
    assert (rows["stall_after"]["origin"], rows["stall_after"]["value"]) == ("user", 120.0)
    assert rows["worktree.base"]["where"] == str(tmp_path / ".orch.toml")
    assert (rows["hub.port"]["origin"], rows["hub.port"]["where"]) == ("environment", "ORCH_HUB__PORT")
    assert rows["max_sessions"]["origin"] == "default"
    text = orch("config", "show", "--repo", str(tmp_path)).stdout
    assert '"2m"' in text
    assert f"user {file}" in text


def test_show_keeps_the_sessions_variables_to_itself(file: Path, orch: Orch) -> None:
    file.parent.mkdir()
    file.write_text("agent.env = { API_KEY = 'hush' }\n")
    for words in (["config", "show"], ["config", "show", "--json"]):
        said = orch(*words).stdout
        assert "API_KEY" in said
        assert "hush" not in said


def test_show_has_a_row_for_each_setting_of_an_agent_that_is_set(file: Path, orch: Orch) -> None:
    file.parent.mkdir()
    file.write_text('[agents.loop]\nkind = "plain"\ncommand = "loop --on"\n[agents.other]\n')
    lines = [line for line in orch("config", "show").stdout.splitlines() if line.startswith("agents")]
    assert [line.split(f"user {file}")[0].split() for line in lines] == [
        ["agents.loop.kind", '"plain"'],
        ["agents.loop.command", '["loop",', '"--on"]'],
        ["agents.other", "{}"],
    ]


def test_schema_is_the_json_schema_of_the_model(orch: Orch) -> None:
    schema = json.loads(orch("config", "schema").stdout)
    assert schema["additionalProperties"] is False
    assert "copy" in schema["$defs"]["WorktreeSettings"]["properties"]


def test_a_wrong_file_is_a_usage_error_that_names_the_line(file: Path, orch: Orch) -> None:
    file.parent.mkdir()
    file.write_text("\n[tmux]\nwidth = 'wide'\n")
    done = orch("config", "show")
    assert done.exit_code == 2
    assert f'{file}, line 3: tmux.width = "wide": must be a whole number.' in done.stderr
