"""`@pytest.mark.sample(N)`: of a test's many cases N, evenly spread, run each time; the others are `long`.

A case that is named on the command line runs whatever its place among the others.
"""

from collections import defaultdict

import pytest


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    cases: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("sample"):
            cases[item.nodeid.partition("[")[0]].append(item)
    for each in cases.values():
        mark = each[0].get_closest_marker("sample")
        assert mark is not None
        kept = spread(len(each), mark.args[0])
        for place, item in enumerate(each):
            if place not in kept:
                item.add_marker(pytest.mark.long)


def spread(there: int, wanted: int) -> set[int]:
    """`wanted` places out of `there`, the first and the last among them; all where there are no more."""
    if wanted >= there:
        return set(range(there))
    if wanted == 1:
        return {0}
    return {place * (there - 1) // (wanted - 1) for place in range(wanted)}
