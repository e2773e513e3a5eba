"""Where two cards may be in each other's way, by names alone; lock files and manifests are apart."""

from dataclasses import replace

import pytest

from orchestrator.core.overlaps.changes import GONE, CardChanges, contact, question
from orchestrator.core.overlaps.manifests import is_manifest
from orchestrator.core.overlaps.overlap import Merge, Overlap, overlap
from orchestrator.core.overlaps.text import mark
from orchestrator.core.overlaps.views import OverlapMarks, marks, worst_first


def changes(name: str, *, added: str = "", **files: str) -> CardChanges:
    """Files are `a__py` for `a.py` and `d_x` for `d/x`, with their content."""
    named = {key.replace("__", ".").replace("_", "/"): content for key, content in files.items()}
    return CardChanges(f"commit {name}", f"tree {name}", f"head {name}", named, frozenset(added.split()))


def test_cards_touch_in_files_that_both_change_and_not_in_those_both_change_alike() -> None:
    one, other = changes("1", a="1", b="same", c="1"), changes("2", a="2", b="same", d="2")
    assert contact(one, other).paths == {"a"} == contact(other, one).paths
    assert not contact(one, changes("3", b="same"))
    assert not contact(changes("1", a=GONE), changes("2", a=GONE)), "gone in both"
    assert contact(changes("1", a=GONE), changes("2", a="2")).paths == {"a"}


def test_a_file_in_place_of_a_folder_and_a_moved_folder_are_in_the_way_without_a_shared_name() -> None:
    file, below = changes("1", added="d", d="1"), changes("2", added="d/x", d_x="2")
    assert contact(file, below).nearby == {"d/x"} == contact(below, file).nearby
    moved = changes("1", added="new/a", old_a=GONE, new_a="1")
    assert contact(moved, changes("2", added="old/b", old_b="2")).nearby == {"old/b"}
    assert not contact(moved, changes("2", added="other/b", other_b="2"))
    assert not contact(moved, changes("2", old_b="2")), "changed where it was: not moved along"


def test_two_cards_are_merged_again_only_when_the_answer_may_be_another() -> None:
    one, other = changes("1", a="1", own="1"), changes("2", a="2", theirs="2")

    def asked(one: CardChanges, other: CardChanges) -> object:
        return question(one, other, contact(one, other))

    own_file = replace(one, commit="x", files={**one.files, "new": "1"}, added=frozenset({"new"}))
    assert asked(own_file, other) == asked(one, other), "only a file of its own"
    assert asked(replace(one, files={**one.files, "a": "3"}), other) != asked(one, other)
    assert asked(replace(one, head="next"), other) != asked(one, other), "they may have more in common"
    covering = replace(one, files={**one.files, "theirs": "2"})
    assert asked(covering, other) != asked(one, other), "it may contain the other now"
    moved = replace(one, commit="y", files={**one.files, "own": GONE})
    assert asked(moved, other) != asked(replace(moved, commit="z"), other), "it may have been renamed"


A, B = changes("1", a="1", b="1", package__json="1"), changes("2", a="2", b="2", package__json="2")


def found(merge: Merge, one: CardChanges = A, other: CardChanges = B) -> Overlap | None:
    return overlap(("c2", one), ("c10", other), contact(one, other), merge)


def test_only_a_conflict_that_git_names_is_one_and_a_failure_is_never_no_conflict() -> None:
    clean = found(Merge("clean"))
    assert clean == Overlap("c2", "c10", ("a", "b"), manifests=("package.json",))
    conflict = found(Merge("conflict", conflicts=("a", "package.json")))
    assert conflict
    assert (conflict.conflicts, conflict.manifest_conflicts) == (("a",), ("package.json",))
    unknown = found(Merge("unknown", why="git cannot tell: it broke"))
    assert unknown
    assert (unknown.unknown, unknown.in_conflict, unknown.files) == (
        "git cannot tell: it broke",
        False,
        ("a", "b"),
    )
    assert marks("c2", [unknown]).unknown == 1
    large = found(
        Merge("clean"),
        CardChanges("x", "y", "z", {"a": "size"}, unread=frozenset("a")),
        changes("2", a="2"),
    )
    assert large
    assert large.unknown == "a is too large to be compared"


def test_a_conflict_with_what_the_base_changed_is_not_taken_for_one_between_the_cards() -> None:
    """The other card may have it from the base."""
    merge = Merge("conflict", conflicts=("of-the-base", "a"))
    own = changes("1", a="1", **{"of-the-base": "1"})
    conflict = found(merge, own, changes("2", a="2"))
    assert conflict
    assert conflict.conflicts == ("a",)
    base_alone = found(Merge("conflict", conflicts=("of-the-base",)), own, changes("2", a="2"))
    assert base_alone == Overlap("c2", "c10", ("a",))


def test_a_card_that_contains_the_other_is_a_stack_and_is_not_marked() -> None:
    stack = found(Merge("clean", "second"))
    assert stack == Overlap("c2", "c10", holds="c10")
    assert marks("c2", [stack]) == OverlapMarks()


def test_marks_count_cards_and_count_lock_files_apart() -> None:
    overlaps = [
        Overlap("c1", "c2", ("a",), ("a",)),
        Overlap("c1", "c3", ("a",), manifests=("go.sum",)),
        Overlap("c1", "c4", manifests=("go.sum",), manifest_conflicts=("go.sum",)),
        Overlap("c2", "c3", ("b",)),
    ]
    assert marks("c1", overlaps) == OverlapMarks(overlaps=2, conflicts=1, manifests=2, manifest_conflicts=1)
    assert marks("c4", overlaps) == OverlapMarks(manifests=1, manifest_conflicts=1)
    assert [each.cards for each in worst_first(reversed(overlaps))][:2] == [("c1", "c2"), ("c1", "c4")]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        *((path, True) for path in (
            "package-lock.json", "web/package.json", "uv.lock", "Cargo.lock", "Cargo.toml", "go.sum",
            "go.mod", "pyproject.toml", "requirements-dev.txt", "Gemfile", "x.gemspec", "app/App.csproj",
            "Pipfile.lock", "pnpm-lock.yaml", "flake.lock", "constraints.txt", "build.gradle.kts",
        )),
        *((path, False) for path in (
            "package.py", "src/lock.py", "uv.lock/readme.md", "requirements.md", "cargo.rs", "notes.txt", "",
        )),
    ],
)  # fmt: skip
def test_lock_files_and_manifests_are_known_by_their_names(path: str, expected: bool) -> None:
    assert is_manifest(path) is expected


def test_the_mark_says_the_worst_first_and_lock_files_apart() -> None:
    said = {
        OverlapMarks(): "",
        OverlapMarks(overlaps=3): "∩3",
        OverlapMarks(overlaps=3, conflicts=1): "≠1",
        OverlapMarks(overlaps=3, conflicts=1, manifests=2, manifest_conflicts=1): "≠1+2",
        OverlapMarks(manifests=1): "∩+1",
        OverlapMarks(manifests=1, manifest_conflicts=1): "≠+1",
        OverlapMarks(overlaps=2, manifests=1, manifest_conflicts=1): "∩2≠+1",
        OverlapMarks(overlaps=2, unknown=1): "∩2?",
        OverlapMarks(unknown=1): "∩?",
    }
    assert {of: mark(of) for of in said} == said
