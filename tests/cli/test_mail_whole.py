"""`orch mail` and `orch team` with the real hub, store, tmux and git; the agents are plain programs."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from orchestrator.paths import Home
from tests.cli.test_whole import Run, cards, orch, plain_agents, until

__all__ = ["orch", "plain_agents"]  # the fixtures

TEAM = "team: auth\ntask: Implement the spec\nworkers: [backend, {label: writes}]\n"


def said(orch: Run, *words: str) -> Any:
    done = orch(*words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.long
def test_what_you_send_is_kept_listed_found_and_exported(orch: Run, home: Home, repo: Path) -> None:
    for title in ("Backend", "Docs"):
        assert orch("new", title, "--label", "auth").returncode == 0
    until(orch, home, "c1", "working")
    (repo / "spec.md").write_text("# Spec\n")

    sent = said(
        orch, "mail", "send", "backend", "docs", "Take the staging \x1b[1mdatabase.", "--file", "spec.md"
    )
    assert sorted(sent["fates"]) == [["backend", "stored"], ["docs", "stored"]]
    asked = said(
        orch, "mail", "send", "@label:auth", "--kind", "task", "--expect", "--idem", "once", "Write it."
    )
    again = said(
        orch, "mail", "send", "@label:auth", "--kind", "task", "--expect", "--idem", "once", "Write it."
    )
    assert (again["id"], again["gather"], again["repeated"]) == (asked["id"], asked["gather"], True)
    assert orch("mail", "send", "nobody", "x").returncode == 4

    boxes = {each["name"]: each for each in said(orch, "mail", "peers")}
    assert (boxes["backend"]["unread"], boxes["backend"]["tasks"], boxes["human"]["unread"]) == (2, 1, 0)
    assert cards(orch)["c1"]["unread_mail"] == 2
    assert "MAIL" in orch("ls").stdout
    listed = said(orch, "mail", "read", "--box", "docs")
    assert [each["id"] for each in listed] == [sent["id"], asked["id"]]
    assert [each["id"] for each in said(orch, "mail", "search", "take", "stag")] == [sent["id"]]
    assert len(said(orch, "mail", "threads", "backend")) == 2
    exported = [json.loads(line) for line in orch("mail", "export").stdout.splitlines()]
    assert [each["id"] for each in exported] == [sent["id"], asked["id"]]
    shown = orch("mail", "read", sent["id"]).stdout
    assert "  | Take the staging database." in shown
    assert "spec.md (7 bytes)" in shown

    (gather,) = said(orch, "mail", "gather")
    assert [(each["name"], each["part"]) for each in gather["members"]] == [
        ("backend", "awaited"),
        ("docs", "awaited"),
    ]
    for card in ("c1", "c2"):
        assert orch("stop", card).returncode == 0
    ended = orch("mail", "gather", asked["gather"], "--wait", "--json")
    assert ended.returncode == 1
    assert {each["part"] for each in json.loads(ended.stdout)["members"]} == {"gone"}
    assert orch("hub", "stop").returncode == 0


@pytest.mark.slow
def test_a_team_is_started_and_a_second_one_has_names_of_its_own(
    orch: Run, repo: Path, tmp_path: Path
) -> None:
    file = tmp_path / "auth.yml"
    file.write_text(TEAM)
    subprocess.run(["git", "-C", repo, "branch", "orch/backend"], check=True)  # somebody's earlier work
    for names in (["coordinator", "backend-2", "worker-2"], ["coordinator-2", "backend-3", "worker-2-2"]):
        done = orch("team", str(file), "--json")
        assert done.returncode == 0, done.stderr
        made = [json.loads(line) for line in done.stdout.splitlines()]
        lead, *workers = names
        assert [each["slug"] for each in made] == names
        assert [each["lead"] for each in made] == ["", lead, lead]
        assert [each["labels"] for each in made] == [["auth"], ["auth"], ["auth", "writes"]]
        prompts = [said(orch, "show", each["id"])["prompt"] for each in made]
        assert f'mail_send(to=["{workers[0]}", "{workers[1]}"], kind="task"' in prompts[0]
        assert f"You are `{workers[1]}`, a worker of the team" in prompts[2]
    assert orch("hub", "stop").returncode == 0
