"""The issues' screen: what is listed, marked and imported, by a robot user."""

from typing import TYPE_CHECKING

import pytest

from orchestrator.client import Board, Failed, Refused
from orchestrator.core.forge.issues.searching import Wanted
from orchestrator.core.forge.views import LinkedIssue
from tests.widgets.hostile import HOSTILE
from widgets.gallery.boards import GalleryClient, card, hub
from widgets.gallery.issue_samples import GalleryForge, issue
from widgets.issues.listing import Listing, cards_of
from widgets.issues.screen import IssuesScreen

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

CARD = card(1, "A", "backlog", "new")


async def opened(player: "Player") -> IssuesScreen:
    await player.press("I")
    screen = player.pane(IssuesScreen)
    await player.until(lambda: screen.listing.shown and not screen.reader.reading)
    player.clock.now += 1.0  # a key is meant for what has been on the screen for a moment
    return screen


@pytest.mark.anyio
@pytest.mark.parametrize("size", [(50, 20), (200, 50)])
async def test_marked_issues_become_cards_and_the_cursor_goes_to_the_first(
    play: "Play", size: tuple[int, int]
) -> None:
    async with play(CARD, size=size) as player:
        await opened(player)
        await player.press("j", "v", "v", "c", "i")
        await player.until(lambda: player.app.screen is player.board)
        imported = [asked for verb, asked in player.client.asked if verb == "issues.import"]
        assert [(each["numbers"], each["comments"], each["start"]) for each in imported] == [
            ((47,), True, False),
            ((45,), True, False),
        ]
        assert player.at == "c2"
        assert player.board.mirror.cards["c2"].title == "Dark theme for the settings"
        assert "2 issues imported" in player.told
        await player.until(lambda: "#47 c2" in player.screen_text())
        assert player.widths() == {size[0]}


@pytest.mark.anyio
async def test_a_refused_issue_stays_marked_and_says_why(play: "Play") -> None:
    async with play(CARD, size=(80, 24)) as player:
        screen = await opened(player)
        player.client.refusals["issues.import"] = Refused(
            "ada/shop#48 is taken", "card c9 has it", "Unlink it."
        )
        await player.press("v", "s")
        await player.until(lambda: "not imported" in player.told)
        assert screen.listing.here is not None
        assert screen.listing.here.number == 48
        assert "ada/shop#48 is taken: card c9 has it" in player.told
        assert "× refused" in player.screen_text()
        assert [*screen.listing.marked] == [48]
        del player.client.refusals["issues.import"]
        await player.press("i")
        await player.until(lambda: player.app.screen is player.board)
        assert player.at == "c2"


@pytest.mark.anyio
async def test_what_to_do_stands_in_the_place_of_a_list_that_cannot_be_read(play: "Play") -> None:
    async with play(CARD, size=(80, 24)) as player:
        error = Failed("no token for forge.example", "none is set", "Set github.token_command.")
        player.client.refusals["issues.list"] = error
        await player.press("I")
        await player.until(lambda: "no token for forge.example" in player.screen_text())
        for said in ("none is set", "Set github.token_command.", "r retries."):
            assert said in player.screen_text()
        del player.client.refusals["issues.list"]
        await player.press("r")
        await player.until(lambda: "Crash on an empty" in player.screen_text())
        player.client.refusals["issues.list"] = error  # what is listed stays
        await player.press("r")
        await player.until(lambda: "No token for forge.example" in player.told)
        assert "Crash on an empty" in player.screen_text()


@pytest.mark.anyio
async def test_five_thousand_issues_are_listed_in_parts_and_only_rows_in_sight_are_drawn(
    play: "Play",
) -> None:
    client = GalleryClient(Board(hub(), (CARD,)))
    client.forge = GalleryForge(tuple(issue(number, f"Issue {number}") for number in range(5000, 0, -1)))
    async with play(CARD, client=client, size=(80, 24)) as player:
        screen = await opened(player)
        assert len(screen.listing.shown) == 5000
        pages = [asked["page"] for verb, asked in client.asked if verb == "issues.list"]
        assert pages == [1, *range(2, 51, 5)]
        await player.press("G")
        assert screen.listing.here == client.forge.every[-1]
        assert "Issue 1 " in player.screen_text()
        await player.press("slash", *"4999", "enter")
        assert [each.number for each in screen.listing.shown] == [4999]
        await player.press("escape")
        assert len(screen.listing.shown) == 5000


def read(screen: IssuesScreen) -> bool:
    """The issue under the cursor has been read in full."""
    here = screen.listing.here
    return here is not None and screen.reader.detail(here)[0] is not None


@pytest.mark.anyio
async def test_texts_from_a_forge_are_data(play: "Play") -> None:
    client = GalleryClient(Board(hub(), (CARD,)))
    client.forge = GalleryForge(
        tuple(
            issue(number, text, author=text, labels=(text,), assignees=(text,), milestone=text, comments=2)
            for number, text in enumerate(HOSTILE, 1)
        ),
        body="\n".join((*HOSTILE, "[x](javascript:y)", "```", "# [b]", "- [ ] \x1b]8;;http://x\x07link")),
    )
    async with play(CARD, client=client, size=(80, 24)) as player:
        screen = await opened(player)
        for _ in HOSTILE:
            assert screen.listing.here is not None
            await player.until(lambda: read(screen))
            assert player.widths() == {80}
            assert "\x1b" not in player.screen_text()
            await player.press("l")
            assert player.widths() == {80}
            await player.press("escape", "pagedown", "j")
        await player.press("i")
        await player.until(lambda: player.app.screen is player.board)
        assert player.widths() == {80}


@pytest.mark.anyio
async def test_a_cards_issue_is_linked_and_unlinked_from_the_board(play: "Play") -> None:
    linked = LinkedIssue(
        12, "ada/shop", "Slow", "https://forge.example/ada/shop/issues/12", 0.0, claimed=True
    )
    with_issue = card(2, "B", "review", "idle", issue=linked)
    async with play(CARD, with_issue, size=(80, 24)) as player:
        player.board.perform("issues.link")
        await player.shown("LinkIssue")
        await player.press(*"abc", "enter")
        assert "'abc' is not the number" in player.screen_text()
        await player.press("backspace", "backspace", "backspace", *"#12", "enter")
        assert (await player.asked("issues.link")) == {"card": "c1", "number": 12}
        await player.until(lambda: player.app.screen is player.board)
        player.board.jump("c2")
        await player.until(lambda: "#12 c2" in player.screen_text())
        player.board.perform("issues.unlink")
        await player.shown("Confirm")
        assert "label and claim are taken from the issue" in player.screen_text()
        await player.press("y")
        await player.until(lambda: "unlinked" in player.told)
        assert (await player.asked("issues.unlink"))["force"] is False


ISSUES = {each.number: each for each in GalleryForge().every}


def test_filters_narrow_the_list_and_the_cursor_stays_on_its_issue() -> None:
    listing = Listing()
    listing.take(ISSUES, {47: "c3"})
    listing.step("down", 3)
    listing.look_for(Wanted(labels=("BUG",)))
    assert ([each.number for each in listing.shown], listing.here) == ([48, 12], ISSUES[12])
    listing.look_for(Wanted(assignee="none"), hides=True)
    assert [each.number for each in listing.shown] == [45]
    listing.clear()
    assert listing.here == ISSUES[45]
    assert listing.labels()[0] == ("bug", 2)
    assert listing.assignees() == [("none", 2), ("ada", 2), ("bob", 2)]
    assert listing.milestones() == [("2.0", 2)]


def test_an_issue_with_a_card_is_not_marked_and_loses_its_mark_with_the_card() -> None:
    listing = Listing()
    listing.take(ISSUES, {48: "c3"})
    assert listing.chosen() == ()
    listing.mark()
    listing.mark()
    assert [*listing.marked] == [47]
    listing.take(ISSUES, {48: "c3", 47: "c4"})
    assert not listing.marked
    moved = listing.take({number: ISSUES[number] for number in (12, 7)}, {})
    assert moved
    assert listing.chosen() == (7,)


def test_a_card_belongs_to_an_issue_of_the_same_forge_alone() -> None:
    def on(host: str, id_: int) -> object:
        linked = LinkedIssue(7, "Ada/shop", "", f"https://{host}/ada/shop/issues/7", 0.0, claimed=True)
        return card(id_, "A", "backlog", "new", issue=linked)

    cards = [on("code.example.org", 1), on("forge.example", 2)]
    assert cards_of(cards, "ada/shop", "https://forge.example/ada/shop/issues/9") == {7: "c2"}  # type: ignore[arg-type]
    assert cards_of(cards, "ada/shop", "") == {}  # type: ignore[arg-type]
