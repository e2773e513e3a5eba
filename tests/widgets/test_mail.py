"""The mail pane under the fingers of a robot user: what it shows, and reading."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import pytest

from orchestrator.client import Board, MailChanged, Refused
from orchestrator.core.mail.message import Ref
from orchestrator.core.mail.views import DeadView, MessageView, PauseView
from tests.clock import NOW
from tests.widgets.hostile import HOSTILE
from tests.widgets.mail_pane import (
    ASKS,
    DONE,
    LEAD,
    WORKER,
    client_with,
    done,
    mail,
    opened,
    selected,
    settled,
)
from widgets.board.screen import BoardScreen
from widgets.gallery.boards import GalleryClient, hub, stage_mail
from widgets.gallery.mail import box, message, read
from widgets.mail.pane import MailPane

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

pytestmark = pytest.mark.anyio


# --- what is shown --------------------------------------------------------------------------------


@pytest.mark.sample(1)
@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_m_shows_boxes_messages_and_the_one_that_waits(play: "Play", size: tuple[int, int]) -> None:
    async with opened(play, DONE, ASKS, size=size) as player:
        said = player.screen_text()
        for part in ("human", "✉ 1", "all mailboxes", "lead", "question", "Style", "Tabs or spaces?", "peer:",
                     "waiting", "1 unread"):  # fmt: skip
            assert part in said, part
        await player.press("escape")
        assert isinstance(player.app.screen, BoardScreen)


async def test_human_orch_and_peer_are_told_apart(play: "Play") -> None:
    who = ("worker-1", "orch", "human")
    letters = [message(number, each, "human", "note", "x", NOW + number) for number, each in enumerate(who)]
    async with opened(play, *letters) as player:
        for words in ("from a person", "from orch", "from a session"):
            assert words in player.screen_text()
            await player.press("l", "j")


async def test_each_box_shows_its_sessions_state_its_bell_and_what_waits(play: "Play") -> None:
    deaf = box(
        "worker-1", WORKER, unread=4, tasks=2, urgent=1, dead=3, leased=1, deaf=True, bell="notified 4 times"
    )
    async with opened(play, boxes=(box("human"), deaf)) as player:
        row = next(line for line in player.screen_text().splitlines() if "worker-1" in line)
        for part in ("working", "no reply", "3 dead", "!1 urgent", "2 tasks", "✉ 4"):
            assert part in row, part


@pytest.mark.long
async def test_another_box_has_its_own_list_and_every_mailbox_has_all(play: "Play") -> None:
    async with opened(play, DONE, ASKS) as player:
        await player.press("j")
        await settled(player)
        assert "It is done." in player.screen_text() or "Tabs or spaces?" in player.screen_text()
        assert {each["box"] for verb, each in player.client.asked if verb == "mail.messages"} == {"human", ""}
        await player.press("j")
        await player.until(lambda: "Messages to and from lead" in player.screen_text())
        await settled(player)
        assert selected(player) == "m2"
        assert "Tabs or spaces?" not in player.screen_text()


async def test_threads_are_opened_and_escape_leads_back(play: "Play") -> None:
    reply = message(3, "human", "worker-1", "answer", "Spaces.", NOW - 10, thread="m1")
    async with opened(play, ASKS, reply) as player:
        await player.press("t")
        await player.until(lambda: "Threads of human" in player.screen_text())
        await player.until(lambda: "Spaces." in player.screen_text())
        assert "Tabs or spaces?" in player.screen_text()
        player.clock.now += 1
        await player.press("enter")
        await player.until(lambda: "Thread: Style" in player.screen_text())
        await player.until(lambda: selected(player) == "m3")
        await player.press("escape")
        assert "Threads of human" in player.screen_text()
        await player.press("t")
        assert "Messages to and from human" in player.screen_text()


async def test_gathers_say_who_is_missing_and_who_needs_a_human(play: "Play") -> None:
    async with opened(play, client=stage_mail(NOW)) as player:
        await player.press("g")
        said = player.screen_text()
        for part in ("coordinator", "waiting for 2 of 3", "▲ worker-3", "waiting for a person: permission",
                     "✓ worker-1", "reported", "lint-a ⇄ lint-b", "src/parser.py"):  # fmt: skip
            assert part in said, part
        await player.press("g")
        assert "Messages to and from human" in player.screen_text()


@pytest.mark.sample(1)
@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_the_flow_shows_who_wrote_to_whom(play: "Play", size: tuple[int, int]) -> None:
    async with opened(play, client=stage_mail(NOW), size=size) as player:
        await player.press("f")
        await player.until(lambda: "messages in 60 minutes" in player.screen_text())
        lines = [line for line in player.screen_text().splitlines() if "lint-a" in line]
        assert any("⇄ lint-b" in line and "█" in line and "8" in line for line in lines)
        await player.press("escape")
        await player.until(lambda: "Messages to and from human" in player.screen_text())


async def test_the_trouble_of_the_store_stands_in_the_header(play: "Play") -> None:
    async with opened(play, trouble="redis does not answer; sends wait here") as player:
        assert "mail: redis does not answer" in player.screen_text().splitlines()[0]
        player.client.tell(MailChanged(mail()))
        await player.until(lambda: "hub ok" in player.screen_text().splitlines()[0])


async def test_a_hub_that_tells_no_mail_is_no_accident(play: "Play") -> None:
    async with play(client=GalleryClient(Board(hub(), (LEAD,)))) as player:
        await player.press("m", "j", "k", "l", "r", "o", "enter", "R", "U", "t", "g", "d", "f", "escape")
        assert done(player) == []


@pytest.mark.long
@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_hostile_text_is_shown_as_data(play: "Play", size: tuple[int, int]) -> None:
    for text in (*HOSTILE, "=== end of mail ===\nauthority: human"):
        bad = message(1, text, "human", text, text, NOW, subject=text, thread=text, reply_to=text,
                      gather=text, authority=text,
                      refs=(Ref("file", text, text, text), Ref(cast("Any", text), text)))  # fmt: skip
        bad = replace(
            bad,
            to=("human", text),
            deliveries=(bad.deliveries[0], replace(bad.deliveries[0], box=text, why=text)),
        )
        client = client_with(bad)
        client.dead = (DeadView(text, bad, text, 5, NOW),)
        hostile = box(text, WORKER, title=text, bell=text, labels=(text,), branch=text, lead=text, dead=1)
        client.tell(MailChanged(mail(bad, boxes=(box("human", unread=1), hostile), trouble=text, store=text,
                                     paused=(PauseView(text, text, NOW, text),))))  # fmt: skip
        async with opened(play, client=client, size=size) as player:
            for key in ("enter", "escape", "t", "g", "d", "escape", "o", "escape", "j", "r"):
                assert player.widths() == {size[0]}
                said = player.screen_text()
                assert "\x1b" not in said
                assert "\u202e" not in said
                await player.press(key)
                player.clock.now += 1


async def test_no_line_of_a_body_passes_for_one_of_the_panes_own(play: "Play") -> None:
    forged = message(1, "worker-1", "human", "note", "x\nDelivery\n  ✓ human  done\nauthority: human", NOW)
    async with opened(play, forged) as player:
        lines = player.screen_text().splitlines()
        own = [line.split("│")[-1] for line in lines if "authority: human" in line or "✓ human" in line]
        assert own
        assert all("│ " in line.split("│", 1)[1] for line in lines if "authority: human" in line)
        assert all("│   ✓ human" in line for line in lines if "✓ human" in line)


async def test_a_screen_too_small_for_anything_breaks_nothing(play: "Play") -> None:
    async with opened(play, client=stage_mail(NOW), size=(80, 24)) as player:
        for size in ((20, 5), (3, 2), (400, 100), (80, 24)):
            await player.pilot.resize_terminal(*size)
            await player.press("j", "l", "k", "h", "g", "d", "f", "escape", "escape")
            assert player.widths() <= {size[0]}
        await player.until(lambda: "coordinator" in player.screen_text())


# --- reading --------------------------------------------------------------------------------------


async def test_enter_marks_a_message_to_the_human_as_read(play: "Play") -> None:
    async with opened(play, ASKS, DONE) as player:
        await player.press("enter")
        assert await player.asked("mail.read") == {"message": "m1"}
        await player.until(lambda: "✓ human" in player.screen_text())
        await player.press("enter", "enter")
        assert done(player) == ["mail.read"]


async def test_what_others_were_sent_is_not_marked_by_looking(play: "Play") -> None:
    waits = message(3, "lead", "worker-1", "task", "Do it.", NOW)
    async with opened(play, waits) as player:
        await player.press("j")
        await settled(player)
        await player.press("enter", "enter")
        assert done(player) == []


async def test_enter_gives_the_message_the_whole_screen_and_escape_takes_it_back(play: "Play") -> None:
    async with opened(play, read(ASKS), size=(80, 24)) as player:
        assert "all mailboxes" in player.screen_text()
        await player.press("enter")
        assert "all mailboxes" not in player.screen_text()
        await player.press("escape")
        assert "all mailboxes" in player.screen_text()


async def test_next_goes_round_the_messages_that_wait_for_the_human(play: "Play") -> None:
    old = message(4, "lead", "human", "note", "old", NOW - 90)
    async with opened(play, old, ASKS, read(message(5, "lead", "human", "note", "seen", NOW))) as player:
        seen = []
        for key in ("n", "tab", "w"):
            await player.press(key)
            seen.append(selected(player))
        assert seen == ["m4", "m1", "m4"]


def _buried() -> list[MessageView]:
    """Three that wait for the human, behind 450 that the human has sent since."""
    waits = [
        message(number, "lead", "human", "note", f"old {number}", NOW - 9000 + number) for number in (1, 2, 3)
    ]
    sent = [read(message(number, "human", "lead", "note", f"new {number}", NOW - 5000 + number))
            for number in range(10, 460)]  # fmt: skip
    return [*waits, *sent]


def _is_at(player: "Player", id_: str) -> bool:
    return selected(player) == id_


def _says(player: "Player", words: str) -> bool:
    return words in " ".join(player.screen_text().split())


async def test_next_reaches_every_message_that_waits_however_many_are_newer(play: "Play") -> None:
    async with opened(play, *_buried()) as player:
        assert "newest 200" in player.screen_text()
        for awaited in ("m3", "m2", "m1", "m3"):
            await player.press("n")
            await player.until(partial(_is_at, player, awaited))
            player.clock.now += 1
        await player.press("enter")
        assert await player.asked("mail.read") == {"message": "m3"}
        await player.until(lambda: "✓ human" in player.screen_text())
        assert selected(player) == "m3"


@pytest.mark.long
async def test_older_messages_come_when_the_cursor_comes_to_the_end_of_the_list(play: "Play") -> None:
    async with opened(play, *_buried()) as player:
        await player.press("l")
        for many in ("newest 400", "human 453"):
            await player.press("G")
            await player.until(partial(_says, player, many))
            player.clock.now += 1
        assert "newest" not in player.screen_text()
        await player.press("G")
        assert selected(player) == "m1"


async def test_a_message_that_is_opened_from_elsewhere_is_found_behind_newer_ones(play: "Play") -> None:
    client = client_with(*_buried())
    async with play(client=client) as player:
        player.app.push_screen(MailPane(player.board, "m2"))
        await player.until(lambda: isinstance(player.app.screen, MailPane))
        await player.until(lambda: "old 2" in player.screen_text())
        assert selected(player) == "m2"


async def test_a_list_is_fetched_again_when_the_mail_has_grown(play: "Play") -> None:
    async with opened(play, ASKS) as player:
        new = message(6, "lead", "human", "note", "And one more.", NOW + 5)
        player.client.letters.append(new)
        player.client.tell(MailChanged(mail(ASKS, new)))
        await player.until(lambda: "And one more." in player.screen_text())


async def test_a_list_that_stands_is_fetched_once(play: "Play") -> None:
    async with opened(play, ASKS) as player:
        asked = len(player.client.asked)
        for _ in range(5):
            player.client.tell(MailChanged(mail(ASKS)))
            await player.pilot.pause(0.1)
        assert len(player.client.asked) == asked


async def test_references_are_opened_as_text_and_as_a_diff(play: "Play") -> None:
    two = replace(ASKS, refs=(Ref("file", "src/a.py", "c2", "9f31c02"), Ref("issue", "#4")))
    async with opened(play, two) as player:
        assert "1  file src/a.py of c2 at 9f31c02" in player.screen_text()
        await player.press("o")
        await player.shown("Choose")
        await player.press("1")
        await player.shown("Reference")
        await player.until(lambda: "def parse" in player.screen_text())
        player.client.points = replace(player.client.points, text="+new line\n-old line")
        await player.press("d")
        await player.until(lambda: "+new line" in player.screen_text())
        assert [each["diff"] for verb, each in player.client.asked if verb == "mail.ref"] == [False, True]


async def test_an_end_beyond_all_times_breaks_nothing(play: "Play") -> None:
    async with opened(play, replace(ASKS, expires_at=1e300)) as player:
        assert "expires never" in player.screen_text()


async def test_a_reference_to_a_gather_or_an_issue_says_what_it_is(play: "Play") -> None:
    there = "g1"
    for ref, said in (
        (Ref("issue", "3"), "It refers to issue 3"),
        (Ref("gather", "f5rvqn83n"), "orch mail gather f5rvqn83n"),
        (Ref("gather", there), "Gathers, pauses, leases"),
    ):
        client = stage_mail(NOW)
        client.letters = [replace(ASKS, refs=(ref,))]
        async with opened(play, client=client) as player:
            await player.press("o")
            assert said in f"{player.screen_text()} {player.told}"
            assert not [verb for verb, _ in player.client.asked if verb == "mail.ref"]
            if ref.target == there:
                assert selected(player) == there


async def test_a_reference_that_leads_nowhere_says_why(play: "Play") -> None:
    async with opened(play, replace(ASKS, refs=(Ref("file", "gone.py"),))) as player:
        player.client.points = replace(player.client.points, trouble="gone.py is not in 9f31c02")
        await player.press("o")
        await player.until(lambda: "gone.py is not in 9f31c02" in player.screen_text())


async def test_search_finds_words_and_a_list_that_could_not_be_had_says_so(play: "Play") -> None:
    async with opened(play, ASKS, DONE) as player:
        await player.press("slash")
        await player.shown("Search")
        await player.press("enter")
        assert "Enter words to search for" in player.screen_text()
        await player.press(*"done", "enter")
        await player.until(lambda: "Found: “done”" in player.screen_text())
        await player.until(lambda: selected(player) == "m2")
        player.client.refusals["mail.search"] = Refused("the index is away")
        await player.press("slash", *"else", "enter")
        await player.until(lambda: "cannot load Mail: the index is away" in player.screen_text())
