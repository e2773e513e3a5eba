"""The hub goes and comes back: the board says so, loses nothing, and starts it when it stays away."""

import threading
from typing import TYPE_CHECKING

import pytest

from orchestrator.client import Board, CardChanged, Failed, HubAway
from tests.poll import PATIENCE
from widgets.feed import Feed, HubUnreachable
from widgets.gallery.boards import GalleryClient, card, hub, stage

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

NOW = 1_700_000_000.0
IDLE = card(3, "Dark mode", "review", "idle")


@pytest.mark.anyio
async def test_while_the_hub_is_away_its_cards_stay_and_the_header_says_so(play: "Play") -> None:
    async with play(IDLE) as player:
        player.client.leave()
        await player.until(lambda: "hub unreachable for <1m" in player.screen_text())
        assert "Dark mode" in player.screen_text()
        player.client.tell(Board(hub(), (card(9, "After the restart", "backlog", "new"),)))
        await player.until(lambda: "After the restart" in player.screen_text())
        assert "Dark mode" not in player.screen_text()
        assert "hub ok" in player.screen_text()


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "keys",
    [["n"], ["n", "tab", "a", "escape"], ["a", "question_mark"]],
    ids=["a form", "a question over a form", "help over the queue"],
)
@pytest.mark.anyio
async def test_the_header_tells_the_truth_under_open_dialogs(play: "Play", keys: list[str]) -> None:
    async with play(client=stage(NOW), size=(80, 24)) as player:
        await player.press(*keys)
        assert len(player.app.screen_stack) > 1 + (len(keys) > 1)
        assert "hub ok" in player.screen_text()
        player.client.leave()
        await player.until(lambda: "hub unreachable" in player.screen_text())
        player.client.tell(Board(hub(sessions=17), (IDLE,)))
        await player.until(lambda: "17/30" in player.screen_text())


@pytest.mark.anyio
async def test_a_hub_that_was_never_there_looks_different_from_an_empty_board(play: "Play") -> None:
    from widgets.app import OrchApp

    client = GalleryClient()
    app = OrchApp(client, clock=lambda: NOW)
    async with app.run_test(size=(80, 24)) as pilot:
        strips = app.screen._compositor.render_strips  # noqa: SLF001 (no public way to the text)
        await pilot.pause()
        assert "connecting" in "".join(strip.text for strip in strips())
        client.leave()
        while "does not respond" not in "".join(strip.text for strip in strips()):
            await pilot.pause(0.01)
        assert "No cards yet" not in "".join(strip.text for strip in strips())


def follow(client: GalleryClient, revive: "object", start_after: float) -> tuple[Feed, threading.Event]:
    woken = threading.Event()
    feed = Feed(client, revive=revive, clock=lambda: NOW, start_after=start_after)  # type: ignore[arg-type]
    feed.start(woken.set)
    return feed, woken


def test_a_burst_is_one_batch_with_one_wake() -> None:
    client = GalleryClient(Board(hub(), (IDLE,)))
    wakes: list[int] = []
    feed = Feed(client, revive=lambda: None, clock=lambda: NOW)
    for _ in range(500):
        client.tell(CardChanged(IDLE))
    done = threading.Event()
    client.tell(Board(hub(version="last"), ()))
    feed.start(lambda: wakes.append(1))
    taken: list[object] = []
    for _ in range(1000):
        taken += feed.take()
        if len(taken) == 502:
            break
        done.wait(0.01)
    feed.stop()
    assert len(taken) == 502
    assert len(wakes) < 50


def test_a_hub_that_stays_away_is_started_again() -> None:
    client = GalleryClient(Board(hub(), ()))
    client.leave()
    revived = threading.Event()

    def revive() -> None:
        revived.set()
        client.tell(Board(hub(version="again"), ()))

    feed, _ = follow(client, revive, 0.0)
    assert revived.wait(PATIENCE)
    feed.stop()


def test_a_hub_that_was_stopped_on_purpose_is_not_started_again() -> None:
    client = GalleryClient(Board(hub(), ()))
    client.leave()
    woken, tries, looks = threading.Event(), [], threading.Semaphore(0)

    def stopped() -> bool:
        looks.release()
        return True

    feed = Feed(client, revive=lambda: tries.append(1), clock=lambda: NOW, stopped=stopped, start_after=0.0)
    feed.start(woken.set)
    for _ in range(2):
        client.leave()
        assert looks.acquire(timeout=PATIENCE)
    assert woken.wait(PATIENCE)
    away = [update for update in feed.take() if isinstance(update, HubUnreachable)]
    feed.stop()
    assert away
    assert all(each.stopped for each in away)
    assert not tries


def tried_twice(fails: Exception) -> HubUnreachable:
    """What is first told of a hub that stays away, though starting it is tried twice and fails so."""
    client = GalleryClient()
    client.leave()
    client.leave()
    tries: list[int] = []
    second = threading.Event()

    def revive() -> None:
        tries.append(1)
        if len(tries) > 1:
            second.set()
        raise fails

    feed, woken = follow(client, revive, 0.0)
    assert woken.wait(PATIENCE)
    assert second.wait(PATIENCE)
    away = [update for update in feed.take() if isinstance(update, HubUnreachable)]
    feed.stop()
    return away[0]


def test_a_hub_that_cant_be_started_says_why_and_is_tried_again() -> None:
    away = tried_twice(Failed("cannot start the hub", "the port is taken"))
    assert away.since == NOW
    assert "the port is taken" in str(away.error)


def test_a_hub_of_another_version_is_said_to_be_one_and_tried_again() -> None:
    away = tried_twice(TypeError("unexpected keyword argument 'colour'"))
    assert "different version" in str(away.error)


GAVE_UP = Failed(
    "cannot start the hub", "port 7801 of the hub is in use by nginx", "Free it, or set another."
)


@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
@pytest.mark.anyio
async def test_why_the_hub_gave_up_is_on_the_board_and_told_whole_once(
    play: "Play", size: tuple[int, int]
) -> None:
    async with play(IDLE, size=size) as player:
        for why in (HubAway("gone"), GAVE_UP, HubAway("gone"), GAVE_UP):
            player.client.leave(why)
            await player.until(lambda: player.board.mirror.error is why)  # noqa: B023 (waited for at once)
        header = player.screen_text().splitlines()[0]
        assert "hub unreachable for <1m · port 7801 of the hub is in use by nginx" in header
        told = [(each.title, each.message) for each in player.app._notifications]  # noqa: SLF001
        assert told == [
            (
                "Cannot start the hub",
                "port 7801 of the hub is in use by nginx. Free it, or set another.",
            )
        ]
        player.client.tell(Board(hub(), (IDLE,)))
        await player.until(lambda: "hub ok" in player.screen_text())
        player.client.leave(GAVE_UP)
        await player.until(lambda: len(player.app._notifications) == 2)  # noqa: SLF001
