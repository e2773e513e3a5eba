"""Markdown from outside."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.widgets.hostile import HOSTILE
from widgets.kit.format import width_of
from widgets.kit.markdown import MOST, markdown_lines

PARTS = st.sampled_from(
    ["# ", "- [x] ", "1. ", "> ", "```", "~~~", "**", "`", "[a](b)", "![", "](", "<!--", "-->", "\n", "\t",
     "  ", "---\n", "<https://x>", *HOSTILE]
)  # fmt: skip


@given(st.lists(PARTS, max_size=40).map("".join), st.integers(10, 80))
@settings(max_examples=examples(90), deadline=None)
def test_no_line_is_wider_or_has_controls(text: str, width: int) -> None:
    for line in markdown_lines(text, width):
        assert width_of(line) <= width
        assert all(piece.isprintable() for piece, _ in line)


@given(st.text(alphabet="ab *`[]()<>-#\n1.", max_size=200))
@settings(max_examples=examples(90), deadline=None)
def test_no_letter_is_lost(text: str) -> None:
    shown = "".join(piece for line in markdown_lines(text, 30) for piece, _ in line)
    assert [each for each in shown if each in "ab"] == [each for each in text if each in "ab"]


def plain(text: str, width: int = 60) -> list[str]:
    return ["".join(piece for piece, _ in line) for line in markdown_lines(text, width)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("## Steps ##", ["Steps"]),
        ("- [ ] a\n- [x] b", ["• ☐ a", "• ☑ b"]),
        ("  3. deep", ["  3. deep"]),
        ("> quoted", ["▏ quoted"]),
        ("```py\n# no *heading*\n```\nafter", ["  # no *heading*", "after"]),
        ("[x](javascript:y)", ["x (javascript:y)"]),
        ("![x](http://y/z.png)", ["image: x (http://y/z.png)"]),
        ("**bold** and `a[b](c)`", ["bold and a[b](c)"]),
        ("<!-- a\n# b\n--> c", ["<!-- a", "# b", "--> c"]),
        ("a\n\n\n\nb", ["a", "", "b"]),
        ("unclosed `code and **bold", ["unclosed `code and **bold"]),
    ],
)
def test_marks_are_read_and_nothing_acts(text: str, shown: list[str]) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize("part", ["[", "` ", "`a", "**", "<https://a", "> ", "[a](", "<!--", "- ", "![a"])
def test_the_time_grows_with_the_length_alone(part: str) -> None:
    text = part * (MOST // len(part))
    before = time.process_time()
    assert list(markdown_lines(text, 80))
    assert time.process_time() - before < 5  # a quadratic search takes minutes


def test_what_is_left_out_is_said() -> None:
    assert plain("a" * MOST + "bcd")[-1] == "… 3 more characters."
