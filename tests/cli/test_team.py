"""`orch team FILE`."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from orchestrator.teams import load
from tests.cli.canned import CARD
from tests.cli.stand_in import StandIn

Orch = Callable[..., Result]


@pytest.fixture(autouse=True)
def _agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "claude"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "auth.yml"
    found.write_text("team: auth\ntask: Implement the spec\nworkers: 1\n")
    return found


def test_a_team_is_started_and_its_cards_are_printed(hub: StandIn, orch: Orch, file: Path) -> None:
    hub.cards = [replace(CARD, id="c8", slug="worker-1"), replace(CARD, id="c7", slug="coordinator")]
    hub.team = ("c7", "c8")
    done = orch("team", str(file), "--repo", str(file.parent))
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "c7 coordinator: working (Bash npm test)",
        "c8 worker-1: working (Bash npm test)",
    ]
    assert done.stderr == "Started auth. Progress: orch mail gather\n"
    asked = {"text": file.read_text(), "repo": str(file.parent), "file": str(file)}
    assert hub.asked == [("team", asked)]


def test_team_json_is_a_card_in_each_line_the_coordinators_first(
    hub: StandIn, orch: Orch, file: Path
) -> None:
    hub.cards = [replace(CARD, id="c8"), replace(CARD, id="c7")]
    hub.team = ("c7", "c8")
    lines = orch("team", str(file), "--json").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["c7", "c8"]


def test_a_file_that_is_no_team_starts_nothing_and_says_where(hub: StandIn, orch: Orch, file: Path) -> None:
    file.write_text("team: auth\ntsak: x\n")
    done = orch("team", str(file))
    assert (done.exit_code, done.stdout) == (2, "")
    assert f'{file}:2:1: error: unknown key "tsak" (did you mean "task"?)' in done.stderr.splitlines()
    file.write_bytes(b"team: \xff\n")
    assert orch("team", str(file)).exit_code == 2
    assert orch("team", str(file.parent / "none.yml")).exit_code == 2
    assert orch("team").exit_code == 2
    assert hub.asked == []


def test_what_the_hub_refuses_is_told_in_its_words(hub: StandIn, orch: Orch, file: Path) -> None:
    why = {"what": "cannot create a worktree there", "why": "it is no git repository", "hint": ""}
    hub.refusals = {"team": (409, why)}
    done = orch("team", str(file))
    assert (done.exit_code, done.stdout) == (4, "")
    assert done.stderr == "orch: cannot create a worktree there: it is no git repository\n"


def test_a_base_that_is_none_is_named_by_its_line_in_the_file(hub: StandIn, orch: Orch, file: Path) -> None:
    file.write_text("team: auth\ntask: Implement\nbase: gone\n")
    hint = "Use an existing branch, tag or commit: --base REF"
    hub.refusals = {"team": (409, {"what": "the base 'gone' does not exist", "why": "", "hint": hint})}
    done = orch("team", str(file))
    assert done.exit_code == 4
    assert f"Use an existing branch, tag or commit: base: in {file}:3" in done.stderr
    assert "--base" not in done.stderr


def test_init_prints_a_team_and_needs_no_hub(orch: Orch) -> None:
    done = orch("team", "--init")
    assert done.exit_code == 0
    assert load(done.stdout).name == "auth"
