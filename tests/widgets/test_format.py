"""Text of any kind becomes lines of exact width."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from orchestrator.client import HubAway
from orchestrator.core.board.views import CardView, HubView
from widgets.board.columns.card_text import GLYPHS, ages, card_lines, height
from widgets.feed import HubUnreachable
from widgets.gallery.boards import board, card, hub
from widgets.kit.format import age, clean, content, fit, meter, money, row, width_of
from widgets.mirror import Mirror
from widgets.screens.header import header_line

NOW = 1_700_000_000.0
HOSTILE = {
    "markup": "[/x] [bold]not markup[/] [/etc]",
    "escapes": "\x1b[31mred\x1b[0m\x1b]0;title\x07\x9b2J",
    "emoji": "👨\u200d👩\u200d👧 👍\U0001f3fd 🇩🇪 ❤\ufe0f 1\ufe0f\u20e3",
    "right to left": "שלום עולם \u202eevil\u202c \u2066x\u2069",
    "wide": "日本語のとても長い題名" * 9,
    "long": "x" * 500,
    "invisible": "zero\u200bwidth\ufeff\u00ad\u2060joined",
    "stacked": "e" + "\u0301" * 60,
    "lines": "line\nbreak\ttab\rreturn\u2028para",
    "unencodable": "\ud800 lone surrogate \U0010ffff",
    "empty": "",
}
hostile = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)


@hostile
def test_no_text_from_outside_can_act_on_the_terminal(text: str) -> None:
    cleaned = clean(text)
    assert all(character.isprintable() for character in cleaned)
    assert cleaned.encode("utf-8").decode() == cleaned
    assert cell_len(cleaned) == sum(cell_len(character) for character in cleaned)


def test_control_characters_are_shown_rather_than_lost() -> None:
    assert clean("a\x1b[31mb\x07c\x7f") == "a^[[31mb^Gc^?"
    assert clean("one\ntwo") == "one two"


def test_right_to_left_text_stays_and_what_would_turn_the_line_goes() -> None:
    assert clean("שלום\u202e") == "שלום"


@given(st.text(max_size=80), st.integers(1, 60))
def test_cut_text_is_never_wider_than_its_room(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) <= width


def test_a_cut_is_marked_and_never_splits_a_wide_character() -> None:
    assert fit("日本語", 4) == "日…"
    assert fit("abcdef", 4) == "abc…"
    assert fit("abcd", 4) == "abcd"


@given(st.text(max_size=80), st.text(max_size=30), st.integers(4, 120))
def test_a_row_is_exactly_as_wide_as_asked(left: str, right: str, width: int) -> None:
    assert width_of(row([(left, "title")], [(clean(right), "muted")], width)) == width


@hostile
@pytest.mark.parametrize(("width", "wide"), [(38, False), (78, True), (12, False), (200, True)])
def test_a_card_with_any_title_keeps_its_width_and_height(text: str, width: int, wide: bool) -> None:
    told: dict[str, Any] = {"title": text, "branch": text, "reason": text, "last_words": text, "held": text}
    flags: dict[str, Any] = {
        "asks": True,
        "unread": True,
        "cost_usd": 12.5,
        "context_percent": 99.0,
        "unknown_since": 1.0,
    }
    view = replace(card(1, "x", "review", "idle", **flags), **told)
    lines = card_lines(view, NOW, width, wide=wide, selected=True)
    assert len(lines) == height(wide)
    assert [width_of(line) for line in lines] == [width] * len(lines)


def test_markup_in_a_title_is_shown_as_it_is() -> None:
    assert "Fix [/x] and [bold]" in text_of(card(1, "Fix [/x] and [bold]", "review", "idle"))


def text_of(view: CardView, width: int = 60, *, wide: bool = False) -> str:
    return content(card_lines(view, NOW, width, wide=wide, selected=False)).plain


@pytest.mark.parametrize("wide", [True, False])
def test_a_card_tells_all_that_it_should(wide: bool) -> None:
    view = card(7, "Auth refactor", "blocked", "rate_limited", reason="until 14:00", since=NOW - 200,
                unread=True, context_percent=42.4, cost_usd=1.27, branch="orch/auth", queued_prompts=2,
                unknown_since=NOW - 130, held=None)  # fmt: skip
    said = text_of(view, 100, wide=wide)
    for part in ("Auth refactor", "c7", "rate limited", "3m", "until 14:00", "•", "42%", "$1.27", "orch/auth",
                 "+2 to send", "[old 2m]"):  # fmt: skip
        assert part in said


def test_a_card_that_asks_is_marked_and_a_queued_one_has_its_place() -> None:
    assert "?" in text_of(card(1, "A", "review", "idle", asks=True))
    assert "queued #3" in text_of(card(1, "A", "backlog", "queued", queue_position=3))


def test_the_note_with_which_a_card_is_held_is_its_reason() -> None:
    said = text_of(card(1, "A", "blocked", "working", held="wait for design", reason="held"))
    assert "wait for design" in said
    assert "held" in said


def test_a_state_that_nobody_has_heard_of_is_shown_by_its_name() -> None:
    assert "pondering deeply" in text_of(card(1, "A", "blocked", "pondering_deeply"))


def test_every_state_has_a_glyph_of_one_cell() -> None:
    from orchestrator.core.sessions.model import Status

    assert {*Status, "new", "queued"} <= set(GLYPHS)
    assert all(cell_len(glyph) == 1 for glyph, _ in GLYPHS.values())


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "<1m"),
        (0, "<1m"),
        (59, "<1m"),
        (60, "1m"),
        (3599, "59m"),
        (3600, "1h"),
        (47 * 3600, "47h"),
        (48 * 3600, "2d"),
    ],
)
def test_ages_are_coarse(seconds: float, said: str) -> None:
    assert age(seconds) == said


def test_what_time_changes_on_a_card_is_its_ages_alone() -> None:
    view = card(1, "A", "review", "idle", since=NOW - 61, unknown_since=NOW - 10)
    assert ages(view, NOW) == ages(view, NOW + 30)
    assert ages(view, NOW) != ages(view, NOW + 60)


def test_money_and_meters() -> None:
    assert (money(0), money(0.004), money(0.42), money(1234.5)) == ("", "", "$0.42", "$1,234")
    assert (meter(0, 4), meter(50, 4), meter(250, 4), meter(-3, 4)) == ("╌╌╌╌", "━━╌╌", "━━━━", "╌╌╌╌")


# --- the header -----------------------------------------------------------------------------------


def header(width: int, *, away: float | None = None, **of_hub: Any) -> str:
    mirror = Mirror()
    mirror.take([board(NOW)])
    mirror.hub = hub(**of_hub)
    if away is not None:
        mirror.take([HubUnreachable(away, HubAway("gone"))])
    line = header_line(mirror, NOW, width)
    assert width_of(line) == width
    return content([line]).plain


def test_the_header_has_health_sums_and_quota_at_both_sizes() -> None:
    sums = {"sessions": 12, "max_sessions": 30, "queued": 2, "waiting": 3, "cost_today_usd": 4.2,
            "five_hour_percent": 62.0, "seven_day_percent": 18.0}  # fmt: skip
    for width in (200, 80):
        said = header(width, **sums)
        for part in ("orch", "ok", "12/30", "2", "3", "$4.20", "5h", "62%", "7d", "18%"):
            assert part in said
    assert "3 need you" in header(200, **sums)


def test_quota_that_no_session_has_told_is_left_out() -> None:
    said = header(120)
    assert "5h" not in said
    assert "7d" not in said


def test_the_header_says_since_when_the_hub_is_away_and_what_ails_it() -> None:
    assert "hub unreachable for 3m" in header(80, away=NOW - 190)
    assert "tmux does not respond" in header(120, trouble="tmux does not respond")


def test_the_header_says_that_the_hub_was_stopped_and_which_key_starts_it() -> None:
    mirror = Mirror()
    mirror.take([board(NOW), HubUnreachable(NOW - 190, HubAway("gone"), stopped=True)])
    for width in (80, 200):
        said = content([header_line(mirror, NOW, width, "ctrl+r")]).plain
        assert "hub stopped 3m ago" in said
        assert "ctrl+r starts it" in said


@given(st.integers(20, 240), st.text(max_size=60))
def test_the_header_is_one_line_of_any_width(width: int, trouble: str) -> None:
    header(width, trouble=trouble, sessions=12, waiting=40, cost_today_usd=9999.0, five_hour_percent=100.0)


def test_a_hub_that_has_not_spoken_is_connecting() -> None:
    view: HubView | None = None
    mirror = Mirror()
    mirror.hub = view
    assert "connecting" in content([header_line(mirror, NOW, 80)]).plain


def test_a_card_does_not_say_twice_how_it_was_finished() -> None:
    done = card(1, "A", "done", "exited", finished="squash", reason="squashed", last_words="All pass.")
    said = content(card_lines(done, NOW, 60, wide=False, selected=False)).plain
    assert (said.count("squashed"), "All pass." in said) == (1, True)
