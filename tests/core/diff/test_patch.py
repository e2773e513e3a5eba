"""Patches as git prints them, read."""

import pytest
from hypothesis import given, settings

from orchestrator.core.diff.patch import FilePatch, Hunk, parse
from tests.core.diff.trees import SUBMODULE, Content, Files, Store, pairs
from tests.examples import examples


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("patches") / "store.git")


def patches(store: Store, old: Files, new: Files, *options: str) -> dict[str, FilePatch]:
    found = parse(store.diff(old, new, *options).decode(errors="replace"))
    assert len({each.path for each in found}) == len(found)
    return {each.path: each for each in found}


def one(store: Store, old: Content | None, new: Content | None, name: bytes = b"file") -> FilePatch:
    """The patch of one file."""
    before = {} if old is None else {name: old}
    after = {} if new is None else {name: new}
    (found,) = patches(store, before, after).values()
    return found


def text(content: Content) -> str:
    mode, said = content
    return f"Subproject commit {said.decode()}\n" if mode == SUBMODULE else said.decode(errors="replace")


def applied(old: str, hunks: tuple[Hunk, ...]) -> str:
    """The old text with the hunks' changes; fails where they don't fit it or their numbers are wrong."""
    before = [f"{line}\n" for line in old.split("\n")]
    before = before[:-1] if before[-1] == "\n" else [*before[:-1], before[-1][:-1]]
    after: list[str] = []
    at = 0
    for hunk in hunks:
        start = hunk.old_start - 1 if hunk.old_count else hunk.old_start
        after += before[at:start]
        at = start
        for line, following in zip(hunk.lines, (*hunk.lines[1:], None), strict=True):
            ends = "" if following and following.kind == "\\" else "\n"
            if line.kind in " -":
                assert (f"{line.text}{ends}", line.old) == (before[at], at + 1)
                at += 1
            if line.kind in " +":
                after.append(f"{line.text}{ends}")
                assert line.new == len(after)
    return "".join((*after, *before[at:]))


def name(path: bytes) -> str:
    return path.decode(errors="backslashreplace")


@settings(max_examples=examples(60))
@given(pairs)
def test_a_patch_of_any_shape_gives_each_name_status_and_mode(
    store: Store, both: tuple[Files, Files]
) -> None:
    old, new = both
    found = patches(store, old, new, "--no-renames")
    changed = {path for path in {*old, *new} if old.get(path) != new.get(path)}
    assert set(found) == {name(path) for path in changed}
    for path in changed:
        patch = found[name(path)]
        if path not in old:
            assert (patch.status, patch.new_mode) == ("added", new[path][0])
        elif path not in new:
            assert (patch.status, patch.old_mode) == ("deleted", old[path][0])
        else:
            assert (patch.old_mode, patch.new_mode) == (old[path][0], new[path][0])
            same_kind = old[path][0][:3] == new[path][0][:3]
            assert patch.status == ("modified" if same_kind else "type changed")


@settings(max_examples=examples(60))
@given(pairs)
def test_the_lines_of_a_patch_make_the_new_text_of_the_old(store: Store, both: tuple[Files, Files]) -> None:
    old, new = both
    for path in {*old} & {*new}:
        before, after = old[path], new[path]
        if before == after or before[0][:3] != after[0][:3] or b"\0" in before[1] + after[1]:
            continue
        assert applied(text(before), one(store, before, after, path).hunks) == text(after)


@settings(max_examples=examples(30))
@given(pairs)
def test_a_patch_that_is_cut_anywhere_is_read_as_far_as_it_goes(
    store: Store, both: tuple[Files, Files]
) -> None:
    whole = store.diff(*both).decode(errors="replace")
    files = [each.path for each in parse(whole)]
    for at in range(0, len(whole), max(1, len(whole) // 40)):
        lines = whole[:at].rpartition("\n")[0]
        assert [each.path for each in parse(lines)][:-1] == files[: max(0, len(parse(lines)) - 1)]


def test_a_rename_has_both_names_and_only_the_lines_that_changed(store: Store) -> None:
    lines = "".join(f"line {number}\n" for number in range(30)).encode()
    old = {b"a b.txt": ("100644", lines)}
    found = patches(store, old, {b"c\td.txt": ("100755", lines + b"more\n")})["c\td.txt"]
    assert (found.status, found.old_path, found.similarity) == ("renamed", "a b.txt", 97)
    assert (found.old_mode, found.new_mode) == ("100644", "100755")
    assert [line for hunk in found.hunks for line in hunk.lines if line.kind == "+"] == [
        ("+", "more", None, 31)
    ]


def test_a_copy_names_what_it_was_made_of(store: Store) -> None:
    lines = "".join(f"line {number}\n" for number in range(30)).encode()
    old = {b"a": ("100644", lines)}
    found = patches(store, old, {**old, b"b": ("100644", lines)}, "-C", "-C")["b"]
    assert (found.status, found.old_path, found.hunks) == ("copied", "a", ())


def test_a_mode_change_alone_has_no_lines(store: Store) -> None:
    found = one(store, ("100644", b"a\n"), ("100755", b"a\n"), b"a b/a b")
    assert (found.path, found.old_mode, found.new_mode) == ("a b/a b", "100644", "100755")
    assert found.hunks == ()


@pytest.mark.parametrize("options", [(), ("--binary",)])
def test_a_binary_is_told_from_a_text(store: Store, options: tuple[str, ...]) -> None:
    old, new = ("100644", b"\0old"), ("100644", b"\0new" * 400)
    both = {b"bin": old, b"z": ("100644", b"1\n")}, {b"bin": new, b"z": ("100644", b"2\n")}
    found = patches(store, *both, *options)
    assert (found["bin"].binary, found["bin"].hunks) == (True, ())
    assert not found["z"].binary
    assert len(found["z"].hunks) == 1


def test_a_file_that_becomes_a_link_is_one_entry_with_both_contents(store: Store) -> None:
    found = one(store, ("100644", b"text\n"), ("120000", b"to/there"))
    assert (found.status, found.symlink) == ("type changed", True)
    assert [(line.kind, line.text) for hunk in found.hunks for line in hunk.lines] == [
        ("-", "text"),
        ("+", "to/there"),
        ("\\", " No newline at end of file"),
    ]


def test_a_submodule_shows_the_two_commits(store: Store) -> None:
    found = one(store, (SUBMODULE, b"1" * 40), (SUBMODULE, b"2" * 40))
    assert found.submodule
    assert [line.text for line in found.hunks[0].lines] == [
        f"Subproject commit {digit * 40}" for digit in "12"
    ]


def test_carriage_returns_stay_in_the_text(store: Store) -> None:
    found = one(store, ("100644", b"a\r\nb\r\n"), ("100644", b"a\r\nb\n"))
    assert [(line.kind, line.text) for line in found.hunks[0].lines] == [
        (" ", "a\r"),
        ("-", "b\r"),
        ("+", "b"),
    ]


def test_bytes_that_are_no_utf8_are_replaced_and_lines_keep_their_numbers(store: Store) -> None:
    found = one(store, ("100644", b"a\n"), ("100644", b"\xff\xfe\na\n"))
    assert found.hunks[0].lines == (("+", "\ufffd\ufffd", None, 1), (" ", "a", 1, 2))


def test_a_line_of_two_megabytes_is_one_line(store: Store) -> None:
    found = one(store, ("100644", b"x" * 2_000_000), ("100644", b"x" * 2_000_000 + b"y"))
    assert [len(line.text) for line in found.hunks[0].lines if line.kind in "+-"] == [2_000_000, 2_000_001]


def test_lines_that_look_like_headers_are_lines(store: Store) -> None:
    new = b"--- a/other\n+++ b/other\n@@ -1 +1 @@\ndiff --git a/x b/x\n"
    found = one(store, ("100644", b"-- a/x\n++ b/x\n"), ("100644", new))
    assert len(found.hunks) == 1
    assert [line.text for line in found.hunks[0].lines if line.kind == "+"] == new.decode().splitlines()


@pytest.mark.sample(12)
@pytest.mark.parametrize(
    "odd",
    [
        *(b"a b", b"tab\there", b"new\nline", b'quo"te', b"back\\slash", "grün".encode(), b"\xff\xfe"),
        *(b"a b/a b", b"x b/x b/x", b"end ", b" b/ b", b"a/a", b"b/b", b"\x01\x1f\x7f", b'"a" "b"'),
        *(b"dev/null", b"cr\r"),
    ],
)
@pytest.mark.parametrize("quoting", ["true", "false"])
def test_an_unusual_name_is_read_whole(store: Store, odd: bytes, quoting: str) -> None:
    store.git("config", "core.quotePath", quoting)
    old: dict[bytes, Content] = {odd: ("100644", b"1\n")}
    shapes: tuple[Files, ...] = (
        {},
        {odd: ("100755", b"1\n")},
        {odd: ("100644", b"2\n")},
        {odd: ("100644", b"\0")},
    )
    for new in shapes:
        said = store.diff(old, new)
        (there,) = parse(said.decode(errors="backslashreplace"))
        (back,) = parse(store.diff(new, old).decode(errors="backslashreplace"))
        assert (there.path, back.path) == (name(odd), name(odd))


def test_the_function_above_a_hunk_is_its_heading(store: Store) -> None:
    lines = b"def f():\n" + b"".join(b"    line%d\n" % number for number in range(20))
    found = one(store, ("100644", lines), ("100644", lines + b"    more\n"), b"a.py")
    assert found.hunks[0].heading == "def f():"


def test_no_patch_has_no_files() -> None:
    assert parse("") == ()
    assert parse("what is no patch\n") == ()
