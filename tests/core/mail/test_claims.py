"""Two sessions don't do the same work."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.core.commands import Rejected
from orchestrator.core.mail.claims import (
    MOST_AT_ONCE,
    Claim,
    Conflict,
    Thing,
    claimed,
    normal,
    overlap,
    thing,
    too_many,
)


def claim(
    what: str, holder: str = "ann", *, exclusive: bool = True, until: float = 100.0, scope: str = "/r"
) -> Claim:
    return Claim(scope, what, holder, "s1", exclusive, 10.0, until)


@pytest.mark.parametrize(
    ("path", "is_the_same_as"),
    [
        ("src/api/", "src/api"),
        ("./src//api", "src/api"),
        ("src/x/../api", "src/api"),
        ("/src", "src"),
        ("src\\api", "src/api"),
        ("", "."),
        ("./", "."),
        ("../x", "../x"),
    ],
)
def test_a_path_has_one_form(path: str, is_the_same_as: str) -> None:
    assert normal(path) == is_the_same_as


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("src/api", ("/r", "src/api")),
        ("/w/src/api/", ("/r", "src/api")),
        ("/r", ("/r", ".")),
        ("pages/[id].tsx", ("/r", "pages/[id].tsx")),
        ("topic: release ", ("", "release")),
    ],
)
def test_a_session_names_paths_of_its_repository_and_topics(said: str, means: Thing) -> None:
    assert thing(said, "/r", ("/w", "/r")) == means


@pytest.mark.parametrize(
    "said",
    [
        "src/*.py",
        "**/*.py",
        "src/?.py",
        "src/{a,b}.py",
        "../x",
        "src/../../x",
        "/w/../x",
        "/etc",
        "topic:",
        " ",
    ],
)
def test_what_names_no_place_in_the_repository_is_refused_and_not_taken_literally(said: str) -> None:
    refused = thing(said, "/r", ("/w", "/r"))
    assert isinstance(refused, Rejected)
    assert refused.hint


def test_what_is_asked_for_again_is_held_once() -> None:
    mine = [claim(f"f{number}") for number in range(MOST_AT_ONCE)]
    things = [(each.scope, each.what) for each in mine]
    assert too_many(mine, things) is None
    assert too_many(mine[:97], things) is None
    assert too_many(mine, [("/r", "another")]) is not None


def test_a_folder_covers_what_is_in_it_and_nothing_beside_it() -> None:
    assert overlap(claim("src/api"), claim("src/api/a.py"))
    assert overlap(claim("src/api/a.py"), claim("src"))
    assert not overlap(claim("src/api"), claim("src/api2"))
    assert overlap(claim("."), claim("x"))
    assert not overlap(claim("src"), claim("src", scope="/other"))


def test_shared_stands_beside_shared_and_exclusive_alone() -> None:
    shared = claim("a", exclusive=False)
    assert not isinstance(claimed([shared], [claim("a", "bob", exclusive=False)], 20.0), Conflict)
    refused = claimed([shared], [claim("a/b", "bob")], 20.0)
    assert isinstance(refused, Conflict)
    assert refused.by == shared
    assert refused.refusal.what == "a/b is held by ann (by its lease on a)"
    assert "shared, for another 1 min at most" in refused.refusal.why


def test_what_one_holds_already_is_renewed_and_never_in_its_own_way() -> None:
    longer = claim("a", until=500.0)
    assert claimed([claim("a"), claim("b")], [longer], 20.0) == (claim("b"), longer)


def test_what_has_run_out_is_gone() -> None:
    assert claimed([claim("a")], [claim("a", "bob", until=200.0)], 100.0) == (claim("a", "bob", until=200.0),)


paths = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3).map("/".join).map(normal)
wishes = st.lists(
    st.builds(claim, paths, st.sampled_from(["ann", "bob"]), exclusive=st.booleans(), until=st.just(100.0)),
    min_size=1,
    max_size=3,
).filter(lambda some: len({each.holder for each in some}) == 1)


@settings(deadline=None)
@given(st.lists(wishes))
def test_no_two_ever_hold_the_same_where_one_is_exclusive(sequence: list[list[Claim]]) -> None:
    standing: tuple[Claim, ...] = ()
    for wanted in sequence:
        after = claimed(standing, wanted, 20.0)
        if isinstance(after, Conflict):
            assert any(overlap(after.by, each) for each in wanted)
            continue
        standing = after
        for one in standing:
            for other in standing:
                if one.holder != other.holder and overlap(one, other):
                    assert not one.exclusive
                    assert not other.exclusive
