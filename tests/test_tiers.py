"""Which cases of a sampled test run each time."""

import pytest

from tests.tiers import spread


@pytest.mark.parametrize(
    ("there", "wanted", "kept"),
    [(5, 9, {0, 1, 2, 3, 4}), (5, 5, {0, 1, 2, 3, 4}), (9, 1, {0}), (9, 3, {0, 4, 8})],
)
def test_a_sample_is_spread_evenly_and_has_the_first_and_the_last(
    there: int, wanted: int, kept: set[int]
) -> None:
    assert spread(there, wanted) == kept
