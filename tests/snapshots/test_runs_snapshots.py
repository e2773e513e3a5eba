"""Pictures of runs and gates that somebody has looked at and found right."""

import pytest

from tests.clock import NOW
from tests.snapshots.pictures import SnapCompare, after, app, both_sizes, one_idle_card
from widgets.gallery.boards import stage_runs


@pytest.mark.sample(5)
@both_sizes
@pytest.mark.parametrize(
    "keys",
    [
        (), ("r",), ("r", "w"), ("r", "w", "w"), ("r", "G", "k", "l"), ("r", "g", "l", "j"),
        ("r", "w", "enter"), ("r", "w", "d"), ("r", "D"), ("W",), ("a", "g"), ("a", "g", "j", "j"),
    ],
    ids=[
        "board", "stuck", "gate", "quorum", "script", "fan-out", "whole", "deny", "mark-done", "run",
        "queue-gate", "queue-stage",
    ],
)  # fmt: skip
def test_runs(snap_compare: SnapCompare, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    assert snap_compare(app(stage_runs(NOW)), terminal_size=size, run_before=after(*keys))


@both_sizes
def test_no_runs(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(app(one_idle_card()), terminal_size=size, run_before=after("r"))
