"""A comment stays with its lines as long as they are there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.diff.files import ChangedFile
from orchestrator.core.review.anchors import anchor, lines_of, place
from orchestrator.core.review.comments import LONGEST_LINE, CardReview, Kept, Mark
from orchestrator.core.review.shown import Read, shown

FILE = [*(f"line {n}" for n in range(1, 10)), "}", "", "def f():", "    return 1", "}", ""]


def at(line: int, end: int = 0) -> Kept:
    found = anchor("a.py", "new", FILE, line, end or line)
    assert found
    return Kept("1", found, "Why?", 1.0)


def now(kept: Kept, lines: list[str]) -> tuple[int, int] | None:
    return place(kept.anchor, lines)


def test_a_comment_moves_with_its_line_in_both_directions() -> None:
    assert now(at(5), ["new", "new", *FILE]) == (7, 7)
    assert now(at(5), FILE[2:]) == (3, 3)
    assert now(at(12, 14), ["new", *FILE]) == (13, 15)


def test_a_comment_whose_line_was_changed_or_removed_has_no_place() -> None:
    changed = [*FILE[:4], "line five", *FILE[5:]]
    assert now(at(5), changed) is None
    assert now(at(5), FILE[:4] + FILE[5:]) is None
    assert now(at(4, 6), changed) is None, "one of several lines has changed"
    assert now(at(5), []) is None


def test_of_lines_with_one_text_that_with_the_same_neighbours_is_meant() -> None:
    assert now(at(14), ["}", "x", *FILE]) == (16, 16)
    assert now(at(10), ["}", *FILE]) == (11, 11)
    assert now(at(14), [*FILE[10:], *FILE[:10]]) == (4, 4), "though another is nearer"


def functions(*numbers: int, body: str = "    return x + 7") -> list[str]:
    return [line for n in numbers for line in (f"def f{n}(x):", "    y = x", body, "")]


SEVEN = functions(1, 2, 3, 4, 5, 6, 7)
EDITED = [*SEVEN[:2], "    return x + 8", *SEVEN[3:]]
BRACES = [line for n in range(5) for line in (f"call{n}() {{", "  pass", "}", "")]


@pytest.mark.parametrize(
    ("before", "line", "after", "where"),
    [
        (SEVEN, 3, EDITED, None),
        (SEVEN, 3, [*SEVEN[:2], *SEVEN[3:]], None),
        (SEVEN, 3, SEVEN[4:], None),
        (SEVEN, 3, [*EDITED, *functions(9)], None),
        (SEVEN, 3, ["import os", "", *SEVEN], 5),
        (SEVEN, 27, [*SEVEN[:8], *SEVEN[12:]], 23),
        (SEVEN, 11, functions(3, 1, 2, 4, 5, 6, 7), 3),
        (SEVEN, 3, [*SEVEN[:1], "    y = -x", SEVEN[2], "", *SEVEN[4:]], 3),
        (BRACES, 3, BRACES[4:], None),
        (BRACES, 2, ["call0() {", "  go", *BRACES[2:]], None),
        (BRACES, 2, [*BRACES[4:], *BRACES[:4]], 18),
        (["a", "return x", "b"], 2, ["p", "q", "return x", "r", "s", "t"], 3),
        (["a", "pass", "b"], 2, ["p", "q", "pass", "r", "s", "t"], None),
        (["alpha", "", "omega"], 2, ["", "beta", "gamma"], None),
    ],
)  # fmt: skip
def test_a_comment_never_moves_to_an_equal_line_of_another_place(
    before: list[str], line: int, after: list[str], where: int | None
) -> None:
    found = anchor("a.py", "new", before, line, line)
    assert found
    assert place(found, after, before) == (None if where is None else (where, where))


def test_without_the_file_as_it_was_a_line_moves_only_with_its_neighbours() -> None:
    found = anchor("a.py", "new", [*SEVEN[:1], "    z = x", *SEVEN[2:]], 3, 3)
    assert found
    assert place(found, EDITED) is None
    assert place(found, ["new", *SEVEN[:1], "    z = x", *SEVEN[2:]]) == (4, 4)


def test_a_line_keeps_its_comment_when_only_line_ends_change() -> None:
    assert now(at(5), [f"{line}\r" for line in FILE]) == (5, 5)


def test_a_line_of_any_length_is_found_again() -> None:
    long = "x" * 10 * LONGEST_LINE
    found = anchor("a.js", "new", [long], 1, 1)
    assert found
    assert len(found.lines[0]) == LONGEST_LINE
    assert place(found, ["first", long], [long]) == (2, 2)


@pytest.mark.parametrize(("line", "end"), [(0, 0), (-1, 1), (16, 16), (3, 2), (10, 99)])
def test_there_is_no_comment_on_lines_that_are_not_there(line: int, end: int) -> None:
    assert anchor("a.py", "new", FILE, line, end) is None


def test_lines_are_those_that_git_counts() -> None:
    assert lines_of(b"a\nb\n") == ["a", "b"]
    assert lines_of(b"a\nb") == ["a", "b"]
    assert lines_of(b"") == []
    assert lines_of(b"a\x0cb\x85\nc\r\n") == ["a\x0cb\ufffd", "c\r"]


_lines = st.lists(st.sampled_from(["a", "b", "c", "}", ""]), min_size=1, max_size=12)


@given(_lines, st.data())
def test_a_file_that_has_not_changed_keeps_every_comment_in_its_place(
    lines: list[str], data: st.DataObject
) -> None:
    first = data.draw(st.integers(1, len(lines)))
    last = data.draw(st.integers(first, len(lines)))
    found = anchor("a", "old", lines, first, last)
    assert found
    assert place(found, lines) == place(found, lines, lines) == (first, last)


@given(_lines, _lines, st.data())
def test_a_place_always_holds_the_lines_that_were_commented(
    before: list[str], after: list[str], data: st.DataObject
) -> None:
    first = data.draw(st.integers(1, len(before)))
    found = anchor("a", "new", before, first, first)
    assert found
    for placed in (place(found, after), place(found, after, before)):
        if placed:
            assert after[placed[0] - 1] == before[first - 1]


def _file(path: str, content: str = "1", old_path: str | None = None) -> ChangedFile:
    return ChangedFile(path, "renamed" if old_path else "modified", old_path, new_id=content)


def _reading(lines: list[str]) -> Read:
    return lambda _side, _path: lines


def test_a_comment_is_outdated_and_never_dropped_when_its_line_is_gone() -> None:
    review = CardReview(comments=(at(5),))
    for read in (lambda _side, _path: ["other"], lambda _side, _path: None):
        (found,) = shown("c1", review, [_file("a.py")], read).comments
        assert (found.state, found.changed_since, found.line, found.line_text) == (
            "outdated",
            True,
            5,
            "line 5",
        )
    (found,) = shown("c1", review, [_file("a.py")], lambda _side, _path: FILE).comments
    assert (found.state, found.changed_since) == ("draft", False)


def test_a_sent_comment_says_whether_its_line_has_changed_since() -> None:
    kept = Kept("1", at(5).anchor, "Why?", 1.0, "p1", "sent")
    review = CardReview(comments=(kept,))
    for lines, changed in ((FILE, False), (["other"], True)):
        (found,) = shown("c1", review, [], _reading(lines)).comments
        assert (found.state, found.changed_since) == ("sent", changed)


def test_a_comment_follows_a_file_that_is_renamed() -> None:
    review = CardReview(comments=(at(5),))
    files = [_file("b.py", old_path="a.py")]
    (found,) = shown("c1", review, files, lambda _side, path: FILE if path == "b.py" else None).comments
    assert (found.path, found.state) == ("b.py", "draft")


def test_a_mark_falls_when_the_files_content_changes_or_it_leaves_the_diff() -> None:
    review = CardReview(marks=(Mark("a.py", "1"), Mark("b.py", "1"), Mark("gone.py", "1")))
    found = shown("c1", review, [_file("a.py", "1"), _file("b.py", "2")], lambda _side, _path: None)
    assert found.marks == (Mark("a.py", "1"),)
