"""The order in which to land the cards of a repository."""

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.overlaps.order import Size, Turn, landing_order
from orchestrator.core.overlaps.overlap import Overlap


def order(sizes: dict[str, Size], *overlaps: Overlap) -> list[str]:
    return [each.card for each in landing_order(sizes, overlaps)]


def test_few_cards_need_a_rebase_and_among_equals_the_smallest_comes_first_then_the_oldest() -> None:
    sizes = {"c1": Size(1, 1), "c2": Size(9, 2), "c3": Size(5, 4), "c4": Size(5, 3)}
    assert order(sizes) == ["c1", "c4", "c3", "c2"]
    overlaps = (Overlap("c1", "c2", ("a",), ("a",)), Overlap("c1", "c3", ("b",), ("b",)))
    assert order(sizes, *overlaps) == ["c4", "c3", "c2", "c1"], "only c1 is rebased"
    assert landing_order(sizes, overlaps)[1] == Turn("c3", 5, conflicts=("c1",))
    clean = Overlap("c1", "c2", ("a",))
    assert order(sizes, clean) == order(sizes), "what git can merge holds nobody up"


def test_a_card_comes_after_those_that_it_contains() -> None:
    sizes = {"c1": Size(9, 1), "c2": Size(1, 2)}
    (first, second) = landing_order(sizes, [Overlap("c1", "c2", holds="c2")])
    assert (first.card, second.card, second.after) == ("c1", "c2", ("c1",))


cards = st.lists(st.integers(1, 9).map(lambda n: f"c{n}"), unique=True, max_size=7)


@given(cards, st.data())
def test_every_card_has_one_turn_and_every_conflict_is_named_once(
    names: list[str], data: st.DataObject
) -> None:
    sizes = {name: Size(data.draw(st.integers(0, 3)), 0.0) for name in names}
    pairs = [(a, b) for a in names for b in names if int(a[1:]) < int(b[1:])]
    chosen = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    overlaps = [
        Overlap(a, b, holds=data.draw(st.sampled_from([a, b])))
        if data.draw(st.booleans())
        else Overlap(a, b, ("x",), ("x",))
        for a, b in chosen
    ]
    turns = landing_order(sizes, overlaps)
    assert sorted(each.card for each in turns) == sorted(names)
    conflicts = [{turn.card, other} for turn in turns for other in turn.conflicts]
    assert len(conflicts) == sum(each.in_conflict for each in overlaps)
    assert all({*each.cards} in conflicts for each in overlaps if each.in_conflict)
