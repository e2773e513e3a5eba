import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from orchestrator.workflows import check, example
from tests.guard import CHECKOUT

Orch = Callable[..., Result]

BAD = "workflow:\n  - {name: a, promt: x}\n  - {name: b, prompt: x, needs: [c]}\n"
GOOD = "workflow:\n  - {name: a, prompt: x}\n  - {name: b, prompt: x, worktree: main}\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a repository without workflows."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ORCH_HOME", str(tmp_path / "no-hub-is-needed"))
    return tmp_path


def test_init_writes_a_workflow_without_problems_and_never_over_one(here: Path, orch: Orch) -> None:
    done = orch("workflow", "init")
    path = here / ".orch" / "workflows" / "feature.yml"
    assert done.stdout == f"{path}\n"
    assert path.read_text() == example()
    path.write_text("mine")
    again = orch("workflow", "init")
    assert again.exit_code == 4
    assert "already exists" in again.stderr
    assert path.read_text() == "mine"


def test_init_takes_a_name_and_a_repository(here: Path, orch: Orch, tmp_path: Path) -> None:
    (here / "src").mkdir()
    assert orch("workflow", "init", "nightly.yml", "--repo", str(here / "src")).exit_code == 0
    assert check((here / ".orch/workflows/nightly.yml").read_text()) == ()
    (here / ".orch/workflows/nightly.yml").rename(here / ".orch/workflows/nightly.yaml")
    assert orch("workflow", "init", "nightly").exit_code == 4


@pytest.mark.parametrize("name", ["../evil", "a/b", ".hidden", "", "x" * 80, "-x\x1b[31m"])
def test_init_refuses_a_name_that_is_none(here: Path, orch: Orch, name: str) -> None:
    done = orch("workflow", "init", "--", name)
    assert done.exit_code == 4
    assert "\x1b" not in done.stderr
    assert not (here / ".orch").exists()


def test_check_prints_a_line_for_each_problem_and_fails(here: Path, orch: Orch) -> None:
    (here / "bad.yml").write_text(BAD)
    done = orch("workflow", "check", "bad.yml")
    assert done.exit_code == 2
    assert done.stdout == (
        'bad.yml:2:15: error: unknown key "promt" (did you mean "prompt"?)\n'
        'bad.yml:3:34: error: no stage named "c" (known: a)\n'
    )
    assert done.stderr == "1 file checked: 2 errors.\n"


def test_check_takes_several_files_and_warns_without_failing(here: Path, orch: Orch) -> None:
    (here / "good.yml").write_text(GOOD)
    (here / "bad.yml").write_text(BAD)
    done = orch("workflow", "check", "good.yml")
    assert done.exit_code == 0
    assert "good.yml:3:36: warning: " in done.stdout
    assert done.stderr == "1 file checked: 1 warning.\n"
    both = orch("workflow", "check", "good.yml", "bad.yml", "--json")
    assert both.exit_code == 2
    rows = json.loads(both.stdout)
    assert [(row["file"], row["line"], row["column"], row["warning"]) for row in rows] == [
        ("good.yml", 3, 36, True),
        ("bad.yml", 2, 15, False),
        ("bad.yml", 3, 34, False),
    ]
    assert rows[1]["what"] == 'unknown key "promt"'
    assert rows[1]["hint"] == 'did you mean "prompt"?'


def test_check_knows_the_hosts_of_the_configuration(
    here: Path, orch: Orch, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "user.toml").write_text("[hosts.big]\n")
    monkeypatch.setenv("ORCH_CONFIG", str(here / "user.toml"))
    stages = "{name: a, prompt: x, where: big}, {name: b, prompt: x, where: bgi}"
    (here / "far.yml").write_text(f"workflow: [{stages}]")
    done = orch("workflow", "check", "far.yml")
    assert done.exit_code == 2
    assert 'no host "bgi" in the configuration (did you mean "big"?)' in done.stdout
    assert done.stderr == "1 file checked: 1 error.\n"


def test_check_without_a_file_checks_all_that_have_a_name(here: Path, orch: Orch) -> None:
    assert orch("workflow", "check").exit_code == 5
    orch("workflow", "init", "a")
    orch("workflow", "init", "b")
    assert orch("workflow", "check").stderr == "2 files checked: no problems.\n"
    assert orch("workflow", "check", "a").stderr == "1 file checked: no problems.\n"


def test_a_file_that_is_not_there_is_said_with_the_nearest(here: Path, orch: Orch) -> None:
    orch("workflow", "init", "nightly")
    for verb in ("check", "graph"):
        done = orch("workflow", verb, "nightyl")
        assert done.exit_code == 5
        assert "Did you mean nightly?" in done.stderr


def test_a_file_that_is_no_text_is_a_problem_like_others(here: Path, orch: Orch) -> None:
    (here / "bad.yml").write_bytes(b"workflow:\n  - caf\xe9\n")
    done = orch("workflow", "check", "bad.yml")
    assert done.exit_code == 2
    assert done.stdout == "bad.yml:2:8: error: the file is not UTF-8\n"


def test_list_shows_what_can_be_run_by_name(here: Path, orch: Orch) -> None:
    assert "orch workflow init" in orch("workflow", "list").stderr
    orch("workflow", "init")
    (here / ".orch/workflows/broken.yml").write_text(BAD)
    lines = orch("workflow", "list").stdout.splitlines()
    assert lines[0].split() == ["NAME", "STAGES", "INPUTS", "TROUBLE"]
    assert lines[1].startswith("broken")
    assert 'line 2: unknown key "promt"' in lines[1]
    assert lines[2].split() == ["feature", "5", "feature,", "slug=feature"]
    rows = json.loads(orch("workflow", "list", "--repo", str(here / ".orch"), "--json").stdout)
    assert [row["name"] for row in rows] == ["broken", "feature"]
    assert rows[1]["inputs"] == [["feature", "string", ""], ["slug", "string", "feature"]]


def test_graph_draws_and_prints_the_plan(here: Path, orch: Orch) -> None:
    orch("workflow", "init")
    drawn = orch("workflow", "graph", "feature").stdout
    assert "║ ◆ review" in drawn
    assert max(map(len, drawn.splitlines())) <= 80
    plan = json.loads(orch("workflow", "graph", "feature", "--json").stdout)
    assert {stage["name"]: stage["needs"] for stage in plan["stages"]}["merge"] == ["review"]


def test_graph_of_a_bad_file_says_what_is_wrong(here: Path, orch: Orch) -> None:
    (here / "bad.yml").write_text(BAD)
    done = orch("workflow", "graph", "bad.yml")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert 'bad.yml:2:15: error: unknown key "promt"' in done.stderr


def test_the_room_is_loaded_only_where_a_verb_needs_it() -> None:
    code = "import sys, orchestrator.cli.runs.workflow; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert not {"yaml", "pydantic", "orchestrator.workflows"} & set(done.stdout.split())


def test_schema_is_json_for_editors(orch: Orch) -> None:
    assert json.loads(orch("workflow", "schema").stdout)["title"] == "orch workflow"
