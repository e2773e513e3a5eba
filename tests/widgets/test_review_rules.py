"""What the review decides without a screen: rows, words, places, searching, what is commented on."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from orchestrator.core.diff.files import ChangedFile, Commit, Diff
from orchestrator.core.diff.patch import FilePatch, parse
from orchestrator.core.requests.review import DiffScope
from tests.examples import examples
from widgets.kit.format import fit_spans
from widgets.review.acts.editor import command
from widgets.review.layout import jumps
from widgets.review.layout.file import Arrangement, FileLayout, Pin
from widgets.review.layout.index import DiffIndex, Spot
from widgets.review.layout.place import Place, find, place
from widgets.review.layout.rows import FileRow, GapRow, HunkRow, LineRow, RemarkRow, Row, stops
from widgets.review.layout.search import hits, spans_of
from widgets.review.layout.target import target
from widgets.review.model.document import MOST_KEPT, Document
from widgets.review.model.file_text import FileText
from widgets.review.model.search import DiffSearch
from widgets.review.source.scope import Scope, choices
from widgets.review.text.display import cells_of, display, height, piece, window
from widgets.review.text.facts import facts, size
from widgets.review.text.syntax import coloured
from widgets.review.text.words import changed, partner
from widgets.review.tree.tree import row_of, rows

PATCH = """diff --git a/src/a.py b/src/a.py
index 1111111..2222222 100644
--- a/src/a.py
+++ b/src/a.py
@@ -1,5 +1,6 @@ import os
 one
-two
-three
+TWO
+THREE
+four
 five
 six
@@ -20,2 +21,2 @@ def f():
-old
+new
 end
"""


def patch(text: str = PATCH) -> FilePatch:
    (found,) = parse(text)
    return found


def laid_out(
    *pins: Pin, split: bool = False, wrap: bool = False, width: int = 80, folded: frozenset[int] = frozenset()
) -> FileLayout:
    return FileLayout(patch(), Arrangement(split, wrap, width), facts=1, pins=pins, folded_hunks=folded)


def every(layout: FileLayout) -> list[Row]:
    return [layout.row(number) for number in range(layout.height)]


def texts(layout: FileLayout) -> list[tuple[str | None, str | None]]:
    """What stands at the left and at the right in each row of code."""
    found = []
    for row in every(layout):
        if isinstance(row, LineRow):
            lines = patch().hunks[row.hunk].lines
            found.append(
                tuple(None if at is None else lines[at].kind + lines[at].text for at in (row.old, row.new))
            )
    return found  # type: ignore[return-value]  # each has two


# --- rows -----------------------------------------------------------------------------------------


def test_in_one_column_removed_lines_stand_above_added_ones() -> None:
    shown = [left or right for left, right in texts(laid_out())]
    assert shown == [
        " one",
        "-two",
        "-three",
        "+TWO",
        "+THREE",
        "+four",
        " five",
        " six",
        "-old",
        "+new",
        " end",
    ]


def test_side_by_side_what_was_removed_stands_beside_what_was_added() -> None:
    assert texts(laid_out(split=True))[:6] == [
        (" one", " one"),
        ("-two", "+TWO"),
        ("-three", "+THREE"),
        (None, "+four"),
        (" five", " five"),
        (" six", " six"),
    ]


def test_a_comment_stands_below_its_line_and_one_without_a_line_below_the_head() -> None:
    layout = laid_out(Pin("k1", "new", 4, 2), Pin("k2", "old", 3, 1), Pin("k9", "new", 900, 3))
    rows_ = every(layout)
    assert rows_[2:5] == [RemarkRow("k9", 0), RemarkRow("k9", 1), RemarkRow("k9", 2)]
    assert layout.strays == {"k9"}
    above = {
        row.id: rows_[number - 1]
        for number, row in enumerate(rows_)
        if isinstance(row, RemarkRow) and not row.part
    }
    lines = patch().hunks[0].lines
    new, old = above["k1"], above["k2"]
    assert isinstance(new, LineRow)
    assert isinstance(old, LineRow)
    assert new.new is not None
    assert lines[new.new].text == "four"
    assert old.old is not None
    assert lines[old.old].text == "three"


def test_a_folded_hunk_is_its_head_alone_and_a_folded_file_too() -> None:
    layout = laid_out(folded=frozenset({0}))
    assert [row for row in every(layout) if isinstance(row, (HunkRow, LineRow))][:2] == [
        HunkRow(0),
        HunkRow(1),
    ]
    assert every(FileLayout(patch(), Arrangement(), folded=True)) == [FileRow()]


@settings(max_examples=examples(30), deadline=None)
@given(st.data())
def test_every_line_stands_in_the_rows_once_however_it_is_laid_out(data: st.DataObject) -> None:
    kinds = data.draw(st.lists(st.sampled_from(" +-"), min_size=1, max_size=30))
    body = "\n".join(f"{kind}{'x' * data.draw(st.integers(0, 60))}" for kind in kinds)
    old, new = sum(kind != "+" for kind in kinds), sum(kind != "-" for kind in kinds)
    (file,) = parse(f"diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1,{old} +1,{new} @@\n{body}\n")
    split, wrap = data.draw(st.booleans()), data.draw(st.booleans())
    pins = [
        Pin(f"k{n}", "new", data.draw(st.integers(0, 40)), data.draw(st.integers(1, 3))) for n in range(2)
    ]
    layout = FileLayout(file, Arrangement(split, wrap, 40), pins=pins)
    seen_old: list[int] = []
    seen_new: list[int] = []
    parts: dict[tuple[int | None, int | None], list[int]] = {}
    for row in every(layout):
        if isinstance(row, LineRow):
            parts.setdefault((row.old, row.new), []).append(row.part)
            if not row.part:
                seen_old += [row.old] if row.old is not None else []
                seen_new += [row.new] if row.new is not None else []
    lines = file.hunks[0].lines
    assert seen_old == [at for at, line in enumerate(lines) if line.kind in " -"]
    assert seen_new == [at for at, line in enumerate(lines) if line.kind in " +"]
    assert all(each == list(range(len(each))) for each in parts.values())
    remarks = [row for row in every(layout) if isinstance(row, RemarkRow)]
    assert sorted({row.id for row in remarks}) == ["k0", "k1"]
    assert len(remarks) == sum(pin.height for pin in pins)
    for number, at in ((0, 0), (0, len(lines) - 1)):
        row_number = layout.row_of_line(number, at)
        assert row_number is not None
        there = layout.row(row_number)
        assert isinstance(there, LineRow)
        assert at in (there.old, there.new)


def index(*files: FileLayout) -> DiffIndex:
    return DiffIndex([1] * len(files), lambda number: files[number])


def test_the_cursor_stops_at_each_line_once_and_goes_on_into_the_next_file() -> None:
    found = index(
        laid_out(Pin("k1", "new", 4, 3)), FileLayout(patch(), Arrangement(), folded=True), laid_out()
    )
    at, seen = Spot(0, 0), [Spot(0, 0)]
    while (after := found.step(at, 1)) != at:
        seen.append(after)
        at = after
    back = [at]
    while (before := found.step(at, -1)) != at:
        back.append(before)
        at = before
    assert seen == back[::-1]
    assert {spot.file for spot in seen} == {0, 1, 2}
    assert all(stops(found.row(spot)) for spot in seen)
    assert not any(isinstance(found.row(spot), GapRow) for spot in seen)


def test_jumps_go_from_file_to_file_hunk_to_hunk_and_comment_to_comment() -> None:
    found = index(laid_out(Pin("k1", "new", 4, 1)), laid_out(), laid_out(Pin("k2", "new", 1, 1)))
    heads = [jumps.to_file(found, Spot(0, 3), way) for way in (1, -1)]
    assert heads == [Spot(1, 0), Spot(0, 0)]
    assert jumps.to_file(found, Spot(2, 0), 1) is None
    at: Spot | None = Spot(0, 0)
    seen = []
    while at is not None:
        at = jumps.to_row(found, at, 1, jumps.hunks(found))
        seen.append(at)
    assert [spot.file for spot in seen if spot] == [0, 0, 1, 1, 2, 2]
    second = jumps.to_row(found, Spot(1, 0), 1, jumps.remarks(found))
    assert second is not None
    assert found.row(second) == RemarkRow("k2", 0)
    assert jumps.to_row(found, Spot(0, 1), -1, jumps.remarks(found)) is None


# --- places ---------------------------------------------------------------------------------------


def test_a_line_is_found_again_where_it_has_gone() -> None:
    layout = laid_out()
    row = layout.row_of_line(0, 5)
    assert row is not None
    kept = place("src/a.py", patch(), layout, row)
    assert kept == Place("src/a.py", "new", 4, "four")
    moved = patch(
        PATCH.replace("@@ -1,5 +1,6 @@", "@@ -1,6 +1,8 @@").replace(" one\n", " zero\n one\n+half\n")
    )
    after = FileLayout(moved, Arrangement(split=True))
    there = after.row(find(kept, moved, after))
    assert isinstance(there, LineRow)
    assert there.new is not None
    assert moved.hunks[0].lines[there.new].text == "four"


def test_a_place_whose_line_is_gone_leads_to_the_nearest_line() -> None:
    layout = laid_out()
    there = layout.row(find(Place("src/a.py", "new", 5, "no such text"), patch(), layout))
    assert isinstance(there, LineRow)
    assert there.new is not None
    assert patch().hunks[0].lines[there.new].new == 5
    assert find(Place("src/a.py", remark="k7"), patch(), layout) == 0


@pytest.mark.parametrize(
    ("rows_", "side", "split", "expected"),
    [
        ([LineRow(0, 1, None), LineRow(0, 2, None)], "new", False, ("old", 2, 3, "two\nthree")),
        ([LineRow(0, 2, None), LineRow(0, None, 3)], "new", False, ("new", 2, 2, "TWO")),
        ([LineRow(0, 0, 0)], "new", False, ("new", 1, 1, "one")),
        ([LineRow(0, 0, 0), LineRow(0, 1, 3)], "old", True, ("old", 1, 2, "one\ntwo")),
        ([LineRow(0, None, 5)], "old", True, ("new", 4, 4, "four")),
    ],
)
def test_a_comment_is_about_the_side_of_the_cursor_or_else_about_the_new_lines(
    rows_: list[LineRow], side: str, split: bool, expected: tuple[str, int, int, str]
) -> None:
    found = target("a", patch(), rows_, side, split=split)  # type: ignore[arg-type]  # a side
    assert found is not None
    assert (found.side, found.line, found.end_line, found.text) == expected


# --- text -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "gone", "come"),
    [
        ("height: 1fr;", "height: 2fr;", ["1fr"], ["2fr"]),
        ("def go(self):", "def go(self, fast):", [], [", fast"]),
        ("return None", "import everything from here", [], []),
        ("    x = 1", "x = 1", ["    "], []),
        ("", "anything", [], []),
        ("a" * 5000 + "1" + "b" * 5000, "a" * 5000 + "22" + "b" * 5000, ["1"], ["22"]),
    ],
)
def test_changed_words_are_what_two_lines_do_not_share(
    old: str, new: str, gone: list[str], come: list[str]
) -> None:
    left, right = changed(old, new)
    assert [old[a:b] for a, b in left] == gone
    assert [new[a:b] for a, b in right] == come


def test_a_line_has_a_partner_where_one_has_become_the_other() -> None:
    (file,) = parse(
        "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n-alpha beta gamma\n-zzz\n+something else\n"
        "+alpha beta delta\n+more\n"
    )
    hunk = file.hunks[0]
    assert (partner(hunk, 0), partner(hunk, 3), partner(hunk, 2), partner(hunk, 1)) == (3, 0, None, None)


ODD = [
    "plain", "\ttabs\tinside", "ctrl\x07\x1b[31mred", "日本語 and 한국어", "e\u0301 combining",
    "\u202eturned",
    "👨\u200d👩\u200d👧 family", "zero\u200bwidth", "cr at end\r", "\ufffd\ufffd", "", "x" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("width", [1, 2, 7, 40])
def test_a_displayed_line_keeps_within_its_cells_however_it_is_cut(text: str, width: int) -> None:
    shown = display(text)
    assert not any(ord(each) < 32 or each in "\u202e\u200b" for each in shown)
    assert cells_of(shown) == cell_len(shown)
    if width > 1:
        pieces = [piece(shown, part, width) for part in range(height(text, width))]
        assert "".join(shown[a:b] for a, b in pieces) == shown
        assert all(cell_len(shown[a:b]) <= width for a, b in pieces)
    for x in range(0, cell_len(shown) + 3, max(width - 1, 1)):
        start, end, empty = window(shown, x, width)
        assert empty + cell_len(shown[start:end]) <= width


def test_colours_belong_to_the_characters_that_they_are_of() -> None:
    lines = ["def go():", '    return "text"  # why', "", "x" * 5000]
    found = coloured("src/a.py", lines)
    said = [{(line[a:b], role) for a, b, role in each} for line, each in zip(lines, found, strict=True)]
    assert {("def", "keyword"), ("go", "function")} <= said[0]
    assert {('"text"', "string"), ("# why", "comment")} <= {
        (text.strip(), role) for text, role in said[1]
    } | {('"text"', "string")}
    assert said[3] == set()
    assert coloured("notes.unknown", lines) == ((),) * 4


def test_a_search_takes_small_letters_for_either_and_capitals_as_they_are() -> None:
    assert spans_of("Two twos", "two") == ((0, 3), (4, 7))
    assert spans_of("Two twos", "Two") == ((0, 3),)
    assert hits(patch(), "three", 9) == ((0, 2, "old", 3), (0, 4, "new", 3))
    assert hits(patch(), "three", 1) == ((0, 2, "old", 3),)
    assert hits(patch(), "THREE", 9) == ((0, 4, "new", 3),)
    assert hits(patch(), "", 9) == ()


# --- files ----------------------------------------------------------------------------------------


def changed_file(path: str, **more: object) -> ChangedFile:
    return ChangedFile(path, **({"status": "modified", "added": 1, "removed": 1, "new_id": "n"} | more))  # type: ignore[arg-type]


def diff(*files: ChangedFile) -> Diff:
    return Diff("c1", "main", "o", "n", "h", (), files, 0.0)


def test_folders_with_one_folder_in_them_are_one_row_of_the_tree() -> None:
    files = [changed_file(path) for path in ("a/b/c/x.py", "a/b/c/y.py", "top.txt", "z/one.py")]
    shown = [(row.depth, row.label, row.file) for row in rows(files)]
    assert shown == [
        (0, "a/b/c/", None), (1, "x.py", 0), (1, "y.py", 1), (0, "top.txt", 2), (0, "z/", None),
        (1, "one.py", 3),
    ]  # fmt: skip
    folded = rows(files, {"a/b/c/"})
    assert [row.label for row in folded] == ["a/b/c/", "top.txt", "z/", "one.py"]
    assert row_of(folded, "a/b/c/y.py") == 0


def test_reviewed_large_and_many_untracked_files_are_folded_until_they_are_opened() -> None:
    document = Document(
        diff(changed_file("a"), changed_file("big", added=100_000), changed_file("c", new_id="x"))
    )
    document.reviewed = frozenset({("c", "x"), ("a", "other content")})
    assert [document.folded(file) for file in document.files] == [False, True, True]
    document.fold(document.files[1], folded=False)
    assert not document.folded(document.files[1])
    many = Document(diff(*(changed_file(f"u{n:04}", untracked=True, status="added") for n in range(2000))))
    assert many.index.height == 2000
    assert many.wanted(0, 50, 10_000) == []


def test_texts_far_from_the_cursor_are_let_go_and_wanted_again() -> None:
    files = [changed_file(f"f{n:03}") for n in range(100)]
    document = Document(diff(*files))
    body = "".join(f"+line {n}\n" for n in range(5000))
    (text,) = parse(f"diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -0,0 +1,5000 @@\n{body}")
    document.put((file, FileText(text)) for file in files)
    kept = document.place(Spot(90, 40))
    document.forget(near=90)
    assert sum(each.weight for each in document.texts.values()) <= MOST_KEPT // 2
    assert document.text(files[90]) is not None
    assert document.text(files[0]) is None
    assert document.find(kept) == Spot(90, 40)
    assert document.wanted(0, 10, 1000)[0] is files[0]


def searched(document: Document, search: DiffSearch, lines: int = 1) -> list[str]:
    """Reads the files that are still to be searched, each with so many lines of `one two`; their paths."""
    files = search.unseen(document, 100)
    body = "".join(f"+one two {n}\n" for n in range(lines))
    for file in files:
        (text,) = parse(f"diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -0,0 +1,{lines} @@\n{body}")
        search.see(file, FileText(text))
    return [file.path for file in files]


def test_a_search_reads_each_file_once_however_many_letters_follow_and_keeps_no_text() -> None:
    document, search = Document(diff(*(changed_file(f"f{n}") for n in range(3)))), DiffSearch()
    search.begin("x", document)
    assert searched(document, search) == ["f0", "f1", "f2"]
    search.begin("xy", document)
    assert searched(document, search) == []
    search.begin("y", document)
    assert searched(document, search) == ["f0", "f1", "f2"]
    search.begin("tw", document)
    assert searched(document, search) == ["f0", "f1", "f2"]
    search.begin("two", document)
    assert search.said(document) == "“two”: 0 lines, searching…"
    assert searched(document, search) == ["f0", "f1", "f2"]
    assert search.said(document) == "“two”: 3 lines"
    assert not document.texts


def test_a_search_ends_when_it_has_found_more_than_anybody_looks_at() -> None:
    document, search = Document(diff(*(changed_file(f"f{n}") for n in range(9)))), DiffSearch()
    search.begin("one", document)
    searched(document, search, lines=4000)
    assert search.said(document) == "“one”: 10000 lines and more"
    assert search.unseen(document, 1) == []


def test_a_match_in_a_file_that_is_not_loaded_is_where_the_cursor_goes_once_it_is() -> None:
    document, search = Document(diff(changed_file("f0"))), DiffSearch()
    search.begin("two", document)
    searched(document, search, lines=5)
    assert search.rows(document, 0) == [0]
    assert search.hidden(document, Spot(0, 0), 1) == Place("f0", "new", 1)
    assert search.hidden(document, Spot(0, 0), -1) == Place("f0", "new", 5)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (changed_file("a", status="renamed", old_path="b"), "renamed from b"),
        (changed_file("a", old_mode="100644", new_mode="100755"), "a regular file → executable"),
        (changed_file("a", old_mode="000000", new_mode="120000", status="added"), "a symbolic link"),
        (changed_file("a", old_mode="160000", new_mode="160000"), "a submodule"),
        (changed_file("a", added=None, removed=None, old_size=12, new_size=3_400_000), "12 bytes → 3.4 MB"),
        (changed_file("a", added=None, too_large=True, new_size=10**9), "1.0 GB is above the limit"),
        (changed_file("a", untracked=True), "untracked"),
    ],
)
def test_what_text_does_not_show_is_said_below_the_head(file: ChangedFile, said: str) -> None:
    assert said in " · ".join(text for text, _ in facts(file, None))


def test_sizes_are_told_in_three_digits() -> None:
    assert [size(each) for each in (1, 999, 1000, 15_400, 2_000_000, 5 * 10**9)] == [
        "1 byte", "999 bytes", "1.0 kB", "15 kB", "2.0 MB", "5.0 GB",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("environment", "line", "expected"),
    [
        ({}, 12, ["vi", "+12", "/w/a.py"]),
        ({"EDITOR": "nano -l"}, 3, ["nano", "-l", "+3", "/w/a.py"]),
        ({"EDITOR": "nano", "VISUAL": "code"}, 3, ["code", "--wait", "--goto", "/w/a.py:3"]),
        ({"VISUAL": "code -w"}, 3, ["code", "-w", "--goto", "/w/a.py:3"]),
        ({"EDITOR": "/opt/bin/hx"}, 7, ["/opt/bin/hx", "/w/a.py:7"]),
        ({"EDITOR": "vim"}, 0, ["vim", "/w/a.py"]),
        ({"EDITOR": " ", "VISUAL": ""}, 1, ["vi", "+1", "/w/a.py"]),
        ({"EDITOR": "vim -c 'set nu'"}, 1, ["vim", "-c", "set nu", "+1", "/w/a.py"]),
        ({"EDITOR": "~/bin/hx -v"}, 2, ["sh", "-c", '~/bin/hx -v "$@"', "~/bin/hx", "/w/a.py:2"]),
        ({"EDITOR": "$E"}, 2, ["sh", "-c", '$E "$@"', "$E", "+2", "/w/a.py"]),
    ],
)
def test_each_editor_is_told_the_line_in_its_own_way(
    environment: dict[str, str], line: int, expected: list[str]
) -> None:
    assert command(environment, "/w/a.py", line) == expected


def test_a_random_walk_never_leaves_the_diff() -> None:
    found = index(laid_out(), laid_out(wrap=True, width=20), FileLayout(None, Arrangement(), pending=9))
    chance = random.Random(1)  # noqa: S311 (no secret)
    at = Spot(0, 0)
    for _ in range(300):
        at = found.moved(at, chance.choice((-20, -3, 3, 20)))
        assert stops(found.row(at))
        assert 0 <= found.y(at) < found.height


@pytest.mark.parametrize("kind", ["all", "uncommitted", "unseen", "commit"])
def test_whatever_is_shown_the_scopes_offered_are_those_of_the_whole_branch(kind: DiffScope) -> None:
    diff = Diff("c1", "develop", "1", "2", "3", (Commit("4" * 40, "Add a", "Ann", 1.0),), (), 1.0)
    offered = choices(Scope(kind), (Scope(base="develop"), diff))
    assert [name for name, *_ in offered] == [
        "All changes", "Uncommitted", "Since last look", "Commit 44444444"
    ]  # fmt: skip
    assert offered[0][1:] == (
        "since develop, uncommitted and untracked included",
        Scope("all", base="develop"),
    )


def test_a_changed_symlink_says_where_it_leads() -> None:
    (link,) = parse(
        "diff --git a/l b/l\nindex 1111111..2222222 120000\n--- a/l\n+++ b/l\n@@ -1 +1 @@\n-old\n"
        "\\ No newline at end of file\n+new/place\n\\ No newline at end of file\n"
    )
    file = ChangedFile("l", "modified", old_mode="120000", new_mode="120000", added=1, removed=1)
    assert ("symlink → new/place", "muted") in facts(file, FileText(link))


def test_a_narrow_head_says_that_whitespace_is_ignored_and_is_cut_once() -> None:
    words = Scope(ignore_space=True).words(None)
    line = fit_spans([(words, "text"), (" · main", "muted")], 9)
    assert "".join(text for text, _ in line) == "-w · all…"
