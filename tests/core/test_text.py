"""Text from outside is data."""

from orchestrator.core.text import clean, last_words, one_line


def test_no_escape_sequence_control_character_or_turning_of_text_is_left() -> None:
    assert clean("a\x1b[201~b\x1b]0;title\x07\r\nc\rd\te\x00\x7f\x9bf\udc80\u202eg\u2028") == "ab\nc\nd\tefg"


def test_one_line_is_one_line_and_short() -> None:
    assert one_line(" a\n\n\tb\u202ec ") == "a bc"
    assert one_line("x" * 300) == "x" * 199 + "…"


def test_last_words_are_the_last() -> None:
    assert last_words("a\nb" * 1000, limit=3) == "a\nb"
