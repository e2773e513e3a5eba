"""The queue on a hub's own disk: what it hands out, and in which order."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestrator.core.mail.message import Post, SendResult, SendStatus
from orchestrator.store.mail.redis.outbox import Outbox
from tests.store.mail.bench import message, post


@contextmanager
def outbox(folder: Path) -> Iterator[Outbox]:
    box = Outbox(folder / "outbox.db")
    box.open()
    yield box
    asyncio.run(box.close())


def put(box: Outbox, *posts: Post) -> None:
    for each in posts:
        asyncio.run(box.put(each))


def after(box: Outbox) -> str:
    """The next one's id; empty where nothing may be tried now."""
    found = asyncio.run(box.next())
    return found.message.id if found else ""


def answered(box: Outbox, full: tuple[str, ...] = ()) -> str:
    """The id of the next one, which the store has taken, save for those boxes."""
    found = asyncio.run(box.next())
    assert found
    fates = tuple((to, SendStatus.FULL if to in full else SendStatus.STORED) for to in found.message.to)
    asyncio.run(box.settle(found, SendResult(found.message.id, fates)))
    return found.message.id


def test_what_came_back_from_a_full_box_is_overtaken_by_nothing_that_goes_there_alone(tmp_path: Path) -> None:
    with outbox(tmp_path) as box:
        put(box, post(message("bob", name="first")), post(message("bob", name="second")))
        put(box, post(message("eve", name="other")), post(message(("bob", "eve"), name="both")))
        assert answered(box, full=("bob",)) == "first"
        assert [answered(box), answered(box, full=("bob",))] == ["other", "both"]
        assert (after(box), box.waiting, box.full) == ("", 0, 3)
        asyncio.run(box.try_full_again())
        assert answered(box, full=("bob",)) == "first"
        assert (after(box), box.full) == ("", 3), "the box has room by now, yet the first comes first"
        asyncio.run(box.try_full_again())
        assert [answered(box), answered(box), answered(box)] == ["first", "second", "both+"]
        assert (box.waiting, box.full) == (0, 0)


def test_the_order_is_kept_over_a_restart(tmp_path: Path) -> None:
    with outbox(tmp_path) as box:
        put(box, post(message("bob", name="first")))
        assert answered(box, full=("bob",)) == "first"
    with outbox(tmp_path) as box:
        put(box, post(message("bob", name="second")))
        assert (after(box), box.full) == ("", 2)
        asyncio.run(box.try_full_again())
        assert [answered(box), answered(box)] == ["first", "second"]
