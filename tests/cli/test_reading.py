import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest
from click import unstyle
from click.testing import Result

from orchestrator.cli.cards.text import table
from orchestrator.cli.text import cells, fit, plain
from orchestrator.core.board.views import CardView
from orchestrator.core.model import Failure
from tests.cli.canned import CARD
from tests.cli.stand_in import StandIn

Orch = Callable[..., Result]


def test_ls_json_is_a_list_of_card_views(hub: StandIn, orch: Orch) -> None:
    said = json.loads(orch("ls", "--json").stdout)
    assert said == [json.loads(json.dumps(asdict(CARD)))]
    promised = "id title column state reason since repo branch worktree window pane session_id unread"
    assert {*promised.split(), "context_percent", "cost_usd"} <= said[0].keys()


def test_ls_of_an_empty_board_is_an_empty_list_and_a_hint_for_people(hub: StandIn, orch: Orch) -> None:
    hub.cards.clear()
    assert json.loads(orch("ls", "--json").stdout) == []
    done = orch("ls")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "orch new" in done.stderr


def test_ls_says_what_its_marks_mean_and_nothing_of_those_it_does_not_show(hub: StandIn, orch: Orch) -> None:
    plainest = replace(CARD, unread=False, asks=False, unknown_since=None, unread_mail=0)
    for more, said in (
        ({}, ""),
        ({"pinned": True}, "↑ pinned\n"),
        ({"unread": True}, "* unread\n"),
        ({"asks": True, "unread": True}, "* unread · ? asks something\n"),
        ({"unknown_since": 1.0}, "? not confirmed recently\n"),
        ({"unread_mail": 2, "bell": "not responding"}, "! not notified of mail\n"),
        ({"overlaps": 2}, "∩ changes files of other cards\n"),
        (
            {"overlaps": 2, "conflicts": 1, "manifest_overlaps": 1},
            "≠ conflicts with other cards · + changes the same lock files\n",
        ),
    ):
        hub.cards[:] = [replace(plainest, **more)]
        assert orch("ls").stderr == said


def test_ls_shows_one_column_alone(hub: StandIn, orch: Orch) -> None:
    hub.cards.append(replace(CARD, id="c2", column="review"))
    assert [each["id"] for each in json.loads(orch("ls", "--json", "--column", "review").stdout)] == ["c2"]
    assert orch("ls", "--column", "attic").exit_code == 2


@pytest.mark.parametrize(
    "title",
    [
        "[/x]",
        "\x1b[31mred\x1b[0m\x1b]0;owned\x07",
        "two\nlines\r\x08",
        "日本語のタイトル" * 20,
        "👩‍💻 \u202egnp.exe",
        "x" * 500,
    ],
    ids=["markup", "escapes", "newlines", "wide", "emoji and bidi", "long"],
)
@pytest.mark.parametrize("width", [None, 80, 200])
def test_a_hostile_title_is_one_line_of_data(title: str, width: int | None) -> None:
    lines = [unstyle(line) for line in table([replace(CARD, title=title)], 1060.0, width)]
    assert len(lines) == 2
    assert not [each for each in lines[1] if not each.isprintable() and each != "\u200d"]
    assert width is None or cells(lines[1]) <= max(width, 80)


def test_columns_are_aligned_whatever_the_names_are() -> None:
    cards = [CARD, replace(CARD, id="c12", slug="日本", state="permission", column="blocked")]
    lines = [unstyle(line) for line in table(cards, 1060.0, 120)]
    starts = [cells(line[: line.rindex("Auth refactor")]) for line in lines[1:]]
    assert starts[0] == starts[1] == cells(lines[0][: lines[0].index("TITLE")])


def test_an_unconfirmed_state_carries_a_question_mark() -> None:
    assert "working?" in table([replace(CARD, unknown_since=1050.0)], 1060.0, None)[1]


def test_show_tells_what_is_known_and_with_evidence_who_said_it(hub: StandIn, orch: Orch) -> None:
    brief, full = orch("show", "c1").stdout, orch("show", "auth-refactor", "--evidence").stdout
    assert "c1 Auth refactor" in brief
    assert "/src/app-orch/auth-refactor" in brief
    assert "last heard" not in brief
    assert full.startswith(brief.splitlines()[0])
    assert "hook        Bash npm test" in full


def test_show_json_has_the_card_the_history_and_the_failure(
    hub: StandIn, orch: Orch, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = StandIn.detail

    def failed(self: StandIn, card: CardView) -> Any:
        return replace(
            whole(self, card), failure=Failure("set-up failed", "npm is missing\nand npx", "Install it", 1.0)
        )

    monkeypatch.setattr(StandIn, "detail", failed)
    said = json.loads(orch("show", "c1", "--json").stdout)
    assert said["card"]["id"] == "c1"
    assert said["history"] == [{"source": "hook", "said": "Bash npm test", "at": 1000.0}]
    assert said["failure"]["what"] == "set-up failed"
    assert (
        "failure   set-up failed: npm is missing\n          and npx. Install it\n"
        in orch("show", "c1").stdout
    )


def test_a_card_that_is_not_there_has_its_own_exit_code(hub: StandIn, orch: Orch) -> None:
    done = orch("show", "c99")
    assert done.exit_code == 5
    assert done.stderr == "orch: no card named c99. See: orch ls\n"


def test_text_is_cut_by_cells_and_not_by_characters() -> None:
    assert fit("日本語", 5) == "日本…"
    assert fit("abc", 3) == "abc"
    assert plain(" a\x00b\x1b[1mc\x1bPq\x1b\\ ") == "abc"
