"""Small things of the screen that people stumbled over."""

from dataclasses import replace

import pytest
from rich.color import Color, ColorSystem
from textual.theme import Theme

from orchestrator.core.board.views import NeedDetail
from tests.clock import NOW
from widgets.board.columns.columns import off_line
from widgets.board.columns.lineup import COLUMNS, NAMES, line_up
from widgets.board.preview import pane_text
from widgets.gallery.boards import card
from widgets.gallery.needs import need
from widgets.kit.format import content, fit, fit_end
from widgets.kit.keys import keyboard
from widgets.kit.theme import DARK, LIGHT
from widgets.queue.choices import Choices
from widgets.queue.selected import SelectedNeed
from widgets.queue.text.request import request_lines
from widgets.screens.keybar import board_entries, key_spans

DAILY = {"new", "attach", "send", "next", "queue", "runs", "mail", "help", "quit"}


def test_the_bottom_line_keeps_the_daily_keys_at_80_columns() -> None:
    shown = key_spans(board_entries(keyboard({}), card(1, "A", "review", "idle")), 80)
    assert {entry.action for entry, _ in shown} >= DAILY


@pytest.mark.parametrize("text", ["cut already…", "so is this one …", "one… two… three…"])
def test_what_is_cut_twice_ends_in_one_ellipsis(text: str) -> None:
    for width in range(1, len(text)):
        for cut in (fit(text, width), fit_end(text, width), fit(fit(text, width + 2), width)):
            assert "……" not in cut.replace(" ", "")


@pytest.mark.parametrize(
    "codes", ["\x1b[39m", "\x1b[49m", "\x1b[39;49m", "\x1b[0m", "\x1b[31m\x1b[39m", "\x1b[1;49m"]
)
def test_no_text_of_a_preview_has_the_terminals_own_ground(codes: str) -> None:
    text = pane_text(f"{codes}plain \x1b[32mgreen\x1b[39;49m after", 3)
    colours = [each for span in text.spans for each in (span.style.color, span.style.bgcolor)]  # type: ignore[union-attr]
    assert not [colour for colour in colours if colour is not None and colour.is_default]
    assert 2 in {colour.number for colour in colours if colour is not None}, "its green"


@pytest.mark.parametrize(
    ("summary", "told", "times"),
    [
        ("Bash npm test -- --coverage", "npm test -- --coverage", 1),
        ("Bash npm test -- --cov…", "npm test -- --coverage\n\nRun the tests", 1),
        ("Bash set -e ⏎ npm test -- --coverage", "set -e\nnpm test -- --coverage", 1),
        ("WebFetch https://x", "url: https://y\nnpm test -- --coverage", 1),
    ],
)
def test_a_command_is_told_once(summary: str, told: str, times: int) -> None:
    asks = replace(need(card(1, "A", "blocked", "permission"), "permission", summary, NOW), answerable=True)
    look = SelectedNeed(asks, None, NeedDetail(asks, told, False, (), ()), Choices(), None, "", "")
    lines = [content((line,)).plain for line in request_lines(look, 100, str)]
    assert "\n".join(lines).count("npm test -- --cov") == times
    assert lines[0].startswith(summary.partition(" ")[0]), "which tool it is stands above"


@pytest.mark.parametrize("first", range(3))
def test_a_column_whose_head_is_on_the_screen_is_not_named_again(first: int) -> None:
    shown = COLUMNS[first : first + 3]
    said = content((off_line(line_up((card(1, "A", "review", "idle"),)), shown, 118),)).plain
    assert [NAMES[column] in said for column in COLUMNS] == [column not in shown for column in COLUMNS]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_grounds_stay_apart_and_grey_with_256_colours(theme: Theme) -> None:
    grounds = [str(each) for each in (theme.background, theme.surface, theme.panel)]
    found = [Color.parse(each).downgrade(ColorSystem.EIGHT_BIT) for each in grounds]
    assert len({colour.number for colour in found}) == 3
    assert all(len(set(colour.get_truecolor())) == 1 for colour in found)
