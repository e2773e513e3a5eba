"""What a hub tells, with real sessions: to the user's command, once, also when the hub is killed."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from orchestrator.core.requests.notifications import ListNotifications, ReportActivity, SendTestNotification
from tests.hub.stage import Stage
from tests.poll import poll

ASKS = 'demo: permission "rm -rf build"; say Done.'


class Told:
    """The command of the tests: it appends what it gets to a file, and kills the hub while `kills` exists."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.file, self.kills = folder / "told.jsonl", folder / "kills"
        script = (
            f"import os, signal, sys; open({str(self.file)!r}, 'a').write(sys.stdin.read())\n"
            f"if os.path.exists({str(self.kills)!r}): os.kill(os.getppid(), signal.SIGKILL)"
        )
        stage.set("ORCH_NOTIFY__COMMAND", json.dumps([sys.executable, "-S", "-c", script]))
        for name, value in {"GATHER": "0.1s", "PAUSE": "0.1s", "DELAY": "0.2s", "AWAY_AFTER": "1h"}.items():
            stage.set(f"ORCH_NOTIFY__{name}", value)

    def lines(self) -> list[dict[str, Any]]:
        text = self.file.read_text() if self.file.exists() else ""
        return [json.loads(line) for line in text.splitlines()]

    def until(self, number: int) -> list[dict[str, Any]]:
        """The lines, once there are that many."""
        return poll(
            lambda: lines if len(lines := self.lines()) >= number else None,
            f"{number} notifications",
            told=lambda: str(self.lines()),
        )


@pytest.fixture
def told(stage: Stage, tmp_path: Path) -> Told:
    return Told(stage, tmp_path)


def test_a_hub_killed_between_telling_and_noting_it_tells_it_once(stage: Stage, told: Told) -> None:
    stage.start()
    told.kills.touch()
    stage.new("First", ASKS)
    [first] = told.until(1)
    assert (first["kind"], first["card"], first["title"]) == ("permission", "c1", "First")
    told.kills.unlink()
    poll(lambda: not stage.away(), "the next hub")
    stage.new("Second", ASKS)
    assert [(each["card"], "more" in each) for each in told.until(2)] == [("c1", False), ("c2", False)]
    poll(lambda: by_command(stage)[0].state == "sent", "the outcome")
    later, cut_off = by_command(stage)
    assert (later.state, cut_off.state) == ("sent", "unknown")
    assert "ended before" in cut_off.why
    assert stage.home.notifications.stat().st_mode & 0o777 == 0o600


def test_what_a_rule_answers_is_never_told(stage: Stage, told: Told, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('[[rules]]\nname = "ls"\nanswer = "allow"\ncommand = "ls"\n')
    stage.set("ORCH_CONFIG", str(rules))
    stage.set("ORCH_NOTIFY__GATHER", "0.001s")
    stage.start()
    ruled = "; ".join(['permission "ls"'] * 5)
    stage.new("Ruled", f'demo: {ruled}; permission "rm x"; say Done.')
    stage.until("ruled", "permission")
    asked = [each["message"] for each in told.until(1)]
    assert len(asked) == 1
    assert "rm x" in asked[0]


def test_the_command_is_told_what_still_stands_once_the_person_is_away(stage: Stage, told: Told) -> None:
    stage.start()
    stage.client.submit(ReportActivity("board"))
    stage.new("Waits", ASKS)
    stage.new("Answered", ASKS)
    for card in ("waits", "answered"):
        stage.until(card, "permission")
    assert stage.client.submit(SendTestNotification("command"))[0].state == "sent"  # a test waits for nobody
    assert [each["kind"] for each in told.until(1)] == ["test"]
    request = next(each for each in stage.client.needs() if each.slug == "answered")
    stage.client.answer(request.id, "allow")
    stage.until("answered", "idle")
    stage.client.acknowledge("answered")
    stage.client.submit(ReportActivity("board", focused=False))
    assert [(each["kind"], each.get("slug"), "more" in each) for each in told.until(2)[1:]] == [
        ("permission", "waits", False)
    ]


def test_a_session_notifies_its_person_a_few_times_and_never_as_somebody_else(
    stage: Stage, told: Told
) -> None:
    stage.start()
    calls = "; ".join(
        f'mcp notify_human {{"message": "Build {number} \\u001b]9;x\\u0007 failed"}}' for number in range(4)
    )
    stage.new("Builder", f"demo: {calls}; say Done.")
    stage.until("builder", "idle")
    letters = [each for each in stage.client.needs() if each.kind == "mail"]
    assert len(letters) == 3
    found = poll(lambda: all_of(told) if len(all_of(told)) >= 3 else None, "the notes")
    notes = [each for each in found if each["kind"] == "mail"]
    assert {each["slug"] for each in notes} == {"builder"}
    assert all("\x1b" not in each["message"] and "\x07" not in each["message"] for each in notes)


def all_of(told: Told) -> list[dict[str, Any]]:
    return [each for line in told.lines() for each in (line, *line.get("more", ()))]


def by_command(stage: Stage) -> list[Any]:
    found = stage.client.submit(ListNotifications())
    return [each for each in found if each.channel == "command"]
