"""Pictures of the mail that somebody has looked at and found right."""

import time
from collections.abc import Iterator

import pytest

from tests.clock import NOW
from tests.snapshots.pictures import SnapCompare, after, app, both_sizes, one_idle_card
from widgets.gallery.boards import stage_mail


@pytest.fixture(autouse=True)
def greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Messages show when they were sent by the clock of this machine."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.sample(6)
@both_sizes
@pytest.mark.parametrize(
    "keys",
    [
        (), ("m",), ("m", "l", "j", "enter"), ("m", "j", "t"), ("m", "j", "t", "enter"), ("m", "g"),
        ("m", "d"), ("m", "f"), ("m", "c"), ("m", "l", "G", "r"), ("m", "j", "j", "l", "G", "o", "1"), ("T",),
        ("a", "g", "j", "j", "j"), ("a", "G", "k"),
    ],
    ids=[
        "board", "messages", "forged", "threads", "thread", "gathers", "dead", "flow", "compose", "reply",
        "reference", "team", "queue-card", "queue-message",
    ],
)  # fmt: skip
def test_mail(snap_compare: SnapCompare, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    assert snap_compare(app(stage_mail(NOW)), terminal_size=size, run_before=after(*keys, rest=0.3))


@both_sizes
def test_no_mail(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(app(one_idle_card()), terminal_size=size, run_before=after("m", rest=0.3))
