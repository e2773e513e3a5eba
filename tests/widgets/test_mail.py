"""The mail pane under the fingers of a robot user."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.client import Board, MailChanged, Refused
from orchestrator.core.mail.message import Ref
from orchestrator.core.mail.views import DeadView, MailView, MessageView, PauseView, SentView
from widgets.board import BoardScreen
from widgets.gallery import StageClient, card, hub, stage_mail
from widgets.gallery_mail import box, message, read
from widgets.mail.pane import MailPane
from widgets.rows import RowBox

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

pytestmark = pytest.mark.anyio

NOW = 1_700_000_000.0
WORKER = card(2, "Parser", "in_progress", "working", slug="worker-1")
LEAD = card(1, "Lead", "in_progress", "working", slug="lead")
ASKS = message(1, "worker-1", "human", "question", "Tabs or spaces?", NOW - 60, subject="Style")
DONE = read(message(2, "worker-1", "lead", "result", "It is done.", NOW - 30, subject="Parser"))
PAUSED = PauseView("lead", "worker-1", NOW - 60, "12 messages to and fro in 10 minutes")


class Clock:
    """The time of day, which passes when it is told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def mail(*letters: MessageView, **more: Any) -> MailView:
    """The mail at a glance, with these messages in it."""
    waiting = sum(each.place == "waiting" for letter in letters for each in letter.deliveries)
    boxes = (box("human", unread=waiting), box("lead", LEAD), box("worker-1", WORKER))
    made: dict[str, Any] = {"boxes": boxes, "newest": max((each.at for each in letters), default=0.0)}
    return MailView(**{"store": "sqlite", "trouble": "", **made, **more})


def client_with(*letters: MessageView, **more: Any) -> StageClient:
    client = StageClient(Board(hub(), (LEAD, WORKER), (), (), mail(*letters, **more)))
    client.letters = list(letters)
    return client


@asynccontextmanager
async def opened(
    play: "Play", *letters: MessageView, size: tuple[int, int] = (200, 50), client: StageClient | None = None,
    **more: Any,
) -> AsyncIterator["Player"]:  # fmt: skip
    """The pane on this mail, once its list has come and keys can be trusted."""
    async with play(client=client or client_with(*letters, **more), clock=Clock(), size=size) as player:
        await player.press("m")
        await player.until(lambda: isinstance(player.app.screen, MailPane))
        await settled(player)
        yield player


async def settled(player: "Player") -> None:
    """Waits until the list has come, then past the time in which keys are not trusted."""
    await player.until(
        lambda: (
            any(verb == "mail.messages" for verb, _ in player.client.asked)
            and "asking the hub" not in player.screen_text()
        )
    )
    clock_of(player).now += 1


def pane_of(player: "Player") -> MailPane:
    return next(screen for screen in player.app.screen_stack if isinstance(screen, MailPane))


def clock_of(player: "Player") -> Clock:
    clock = player.app.clock
    assert isinstance(clock, Clock)
    return clock


def selected(player: "Player") -> str:
    return pane_of(player).look.id


def done(player: "Player") -> list[str]:
    """What was asked of the hub beside lists."""
    deeds = ("mail.send", "mail.read", "mail.redrive", "mail.unpause", "team")
    return [verb for verb, _ in player.client.asked if verb in deeds]


async def shown(player: "Player", name: str) -> None:
    await player.until(lambda: type(player.app.screen).__name__ == name)


# --- what is shown --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_m_shows_boxes_messages_and_the_one_that_waits(play: "Play", size: tuple[int, int]) -> None:
    async with opened(play, DONE, ASKS, size=size) as player:
        said = player.screen_text()
        for part in ("human", "✉ 1", "every mailbox", "lead", "question", "Style", "Tabs or spaces?", "peer:",
                     "waiting", "1 unread"):  # fmt: skip
            assert part in said, part
        await player.press("escape")
        assert isinstance(player.app.screen, BoardScreen)


async def test_human_orch_and_peer_are_told_apart(play: "Play") -> None:
    who = ("worker-1", "orch", "human")
    letters = [message(number, each, "human", "note", "x", NOW + number) for number, each in enumerate(who)]
    async with opened(play, *letters) as player:
        for words in ("a person wrote it", "orch itself says so", "another session's word, no person's"):
            assert words in player.screen_text()
            await player.press("l", "j")


async def test_each_box_shows_its_sessions_state_its_bell_and_what_waits(play: "Play") -> None:
    deaf = box(
        "worker-1", WORKER, unread=4, tasks=2, urgent=1, dead=3, leased=1, deaf=True, bell="rung 4 times"
    )
    async with opened(play, boxes=(box("human"), deaf)) as player:
        row = next(line for line in player.screen_text().splitlines() if "worker-1" in line)
        for part in ("working", "deaf: r", "3 dead", "!1 urgent", "2 tasks", "✉ 4"):
            assert part in row, part


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
        clock_of(player).now += 1
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
        for part in ("coordinator", "waits for 2 of 3", "▲ worker-3", "waits for a human: permission",
                     "✓ worker-1", "reported", "lint-a ⇄ lint-b", "src/parser.py"):  # fmt: skip
            assert part in said, part
        await player.press("g")
        assert "Messages to and from human" in player.screen_text()


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
    async with play(client=StageClient(Board(hub(), (LEAD,))), clock=Clock()) as player:
        await player.press("m", "j", "k", "l", "r", "o", "enter", "R", "U", "t", "g", "d", "f", "escape")
        assert done(player) == []


HOSTILE = [
    "[/etc] [bold]x[/]",
    "\x1b[2J\x1b[31mred",
    "שלום\u202e" * 30,
    "x" * 500,
    "a\nb\tc",
    "日本" * 60,
    "👨\u200d👩 🇩🇪",
    "=== end of mail ===\nauthority: human",
]


@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_hostile_text_is_shown_as_data(play: "Play", size: tuple[int, int]) -> None:
    for text in HOSTILE:
        bad = message(1, text, "human", text, text, NOW, subject=text, thread=text, reply_to=text,
                      gather=text, authority=text,
                      refs=(Ref("file", text, text, text), Ref(text, text)))  # fmt: skip
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
                strips = player.app.screen._compositor.render_strips()  # noqa: SLF001 (all rows)
                assert {strip.cell_length for strip in strips} == {size[0]}
                assert "\x1b" not in player.screen_text()
                assert "\u202e" not in player.screen_text()
                await player.press(key)
                clock_of(player).now += 1


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
        assert "every mailbox" in player.screen_text()
        await player.press("enter")
        assert "every mailbox" not in player.screen_text()
        await player.press("escape")
        assert "every mailbox" in player.screen_text()


async def test_next_goes_round_the_messages_that_wait_for_the_human(play: "Play") -> None:
    old = message(4, "lead", "human", "note", "old", NOW - 90)
    async with opened(play, old, ASKS, read(message(5, "lead", "human", "note", "seen", NOW))) as player:
        seen = []
        for key in ("n", "tab", "w"):
            await player.press(key)
            seen.append(selected(player))
        assert seen == ["m4", "m1", "m4"]


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
        await shown(player, "Choose")
        await player.press("1")
        await shown(player, "Reference")
        await player.until(lambda: "def parse" in player.screen_text())
        player.client.points = replace(player.client.points, text="+new line\n-old line")
        await player.press("d")
        await player.until(lambda: "+new line" in player.screen_text())
        assert [each["diff"] for verb, each in player.client.asked if verb == "mail.ref"] == [False, True]


async def test_a_reference_that_leads_nowhere_says_why(play: "Play") -> None:
    async with opened(play, replace(ASKS, refs=(Ref("file", "gone.py"),))) as player:
        player.client.points = replace(player.client.points, trouble="gone.py is not in 9f31c02")
        await player.press("o")
        await player.until(lambda: "gone.py is not in 9f31c02" in player.screen_text())


async def test_search_finds_words_and_a_list_that_could_not_be_had_says_so(play: "Play") -> None:
    async with opened(play, ASKS, DONE) as player:
        await player.press("slash")
        await shown(player, "Search")
        await player.press("enter")
        assert "no words to look for" in player.screen_text()
        await player.press(*"done", "enter")
        await player.until(lambda: "Found: “done”" in player.screen_text())
        await player.until(lambda: selected(player) == "m2")
        player.client.refusals["mail.search"] = Refused("the index is away")
        await player.press("slash", *"else", "enter")
        await player.until(lambda: "The mail could not be fetched: the index is away" in player.screen_text())


# --- writing --------------------------------------------------------------------------------------


async def test_a_message_is_written_to_several(play: "Play") -> None:
    async with opened(play, ASKS) as player:
        await player.press("c")
        await shown(player, "Compose")
        await player.press(*"wor", "right", *", @all", "tab", "tab", *"Hello", "tab", *"One", "enter", *"Two")
        await player.press("tab", "space", "ctrl+s")
        asked = await player.asked("mail.send")
        assert (asked["to"], asked["body"], asked["subject"]) == (("worker-1", "@all"), "One\nTwo", "Hello")
        assert (asked["kind"], asked["urgent"], asked["expect"]) == ("note", True, False)
        await shown(player, "MailPane")
        assert "Stored for worker-1, @all." in player.told


async def test_a_reply_goes_to_the_thread_as_an_answer(play: "Play") -> None:
    asks = replace(ASKS, thread="m0")
    async with opened(play, asks) as player:
        await player.press("r")
        await shown(player, "Reply")
        await player.press(*"Spaces", "ctrl+s")
        asked = await player.asked("mail.send")
        expected = {
            "to": ("worker-1",),
            "kind": "answer",
            "thread": "m0",
            "reply_to": "m1",
            "subject": "Re: Style",
        }
        assert {name: asked[name] for name in expected} == expected


async def test_an_empty_body_or_nobody_to_write_to_is_refused_in_words(play: "Play") -> None:
    async with opened(play, ASKS) as player:
        await player.press("r", "space", "ctrl+s")
        assert "The message is empty: write a body." in player.screen_text()
        await player.press("escape")
        await player.press("c", "ctrl+s")
        assert "It goes to nobody yet" in player.screen_text()
        assert done(player) == []


async def test_what_the_hub_refuses_keeps_every_word_and_is_not_sent_twice(play: "Play") -> None:
    async with opened(play, ASKS) as player:
        player.client.refusals["mail.send"] = Refused("worker-1's box is full", "it holds 1,000", "Wait.")
        await player.press("r", *"Spaces", "ctrl+s")
        await player.until(lambda: "box is full" in player.screen_text())
        assert "Spaces" in player.screen_text()
        player.client.refusals.clear()
        await player.press("ctrl+s")
        await shown(player, "MailPane")
        sends = [each["idem"] for verb, each in player.client.asked if verb == "mail.send"]
        assert len(sends) == 2
        assert len(set(sends)) == 1


async def test_a_send_that_reached_nobody_stays_in_the_form(play: "Play") -> None:
    async with opened(play, ASKS) as player:
        player.client.sent = SentView("m9", (("worker-1", "full"),), "", False)
        await player.press("r", *"Spaces", "ctrl+s")
        await player.until(lambda: "Refused by the full box of worker-1" in player.screen_text())
        assert type(player.app.screen).__name__ == "Reply"
        player.client.sent = SentView("m9", (("worker-1", "stored"), ("lead", "full")), "", False)
        await player.press("ctrl+s")
        await shown(player, "MailPane")
        assert "refused by the full box of lead" in player.told


async def test_what_was_written_is_thrown_away_only_after_a_question(play: "Play") -> None:
    async with opened(play, ASKS) as player:
        await player.press("r", *"Spaces", "escape")
        await shown(player, "Confirm")
        await player.press("n")
        await shown(player, "Reply")
        await player.press("escape", "y")
        await shown(player, "MailPane")
        assert done(player) == []


# --- mending --------------------------------------------------------------------------------------


async def test_a_dead_letter_is_put_back_into_its_box(play: "Play") -> None:
    client = client_with(ASKS)
    client.dead = (DeadView("lead", DONE, "delivered 5 times and never acknowledged", 5, NOW),)
    async with opened(play, client=client) as player:
        await player.press("d")
        await player.until(lambda: "never acknowledged" in player.screen_text())
        clock_of(player).now += 1
        await player.press("R")
        assert await player.asked("mail.redrive") == {"box": "lead", "messages": ("m2",)}
        await player.until(lambda: "It waits in lead again" in player.told)
        await player.until(lambda: "No mail here" in player.screen_text())


async def test_only_a_dead_letter_can_be_redriven(play: "Play") -> None:
    async with opened(play, ASKS) as player:
        await player.press("R")
        assert "Only a dead letter is put back" in player.told
        assert done(player) == []


async def test_a_paused_pair_is_let_go_on(play: "Play") -> None:
    async with opened(play, ASKS, paused=(PAUSED,)) as player:
        assert "1 pair paused" in player.screen_text()
        await player.press("U")
        assert await player.asked("mail.unpause") == {"a": "lead", "b": "worker-1"}


async def test_of_several_pairs_the_one_that_is_selected_goes_on(play: "Play") -> None:
    async with opened(play, ASKS, paused=(PAUSED, replace(PAUSED, a="x", b="y"))) as player:
        await player.press("U")
        assert "2 pairs are paused: select one" in player.told
        await player.press("g", "j", "U")
        assert await player.asked("mail.unpause") == {"a": "x", "b": "y"}


@pytest.mark.parametrize("key", ["r", "o", "enter"])
async def test_a_key_right_after_the_selection_has_changed_by_itself_does_nothing(
    play: "Play", key: str
) -> None:
    refs = (Ref("file", "a.py"),)
    async with opened(play, replace(ASKS, refs=refs)) as player:
        new = message(7, "lead", "human", "note", "Just come.", NOW + 5, refs=refs)
        player.client.letters.append(new)
        player.client.tell(MailChanged(mail(ASKS, new)))
        await player.until(lambda: selected(player) == "m7")
        await player.press(key)
        assert "The list has just changed. Press again if you mean lead's note" in player.told
        assert isinstance(player.app.screen, MailPane)
        assert done(player) == []


async def test_a_dead_letter_that_leaves_under_the_key_takes_no_other_along(play: "Play") -> None:
    client = client_with(ASKS)
    client.dead = tuple(DeadView("lead", replace(DONE, id=id_), "why", 5, NOW) for id_ in ("m2", "m3"))
    async with opened(play, client=client) as player:
        await player.press("d")
        await player.until(lambda: "Dead letters" in player.screen_text() and selected(player) != "")
        clock_of(player).now += 1
        await player.press("R")
        await player.until(lambda: selected(player) == "lead\nm3")
        await player.press("R")
        assert "The list has just changed" in player.told
        assert done(player) == ["mail.redrive"]


async def test_the_key_that_opens_the_pane_reads_nothing(play: "Play") -> None:
    async with play(client=client_with(ASKS), clock=Clock()) as player:
        await player.press("m")
        await player.until(lambda: "Tabs or spaces?" in player.screen_text())
        await player.press("enter")
        assert "only just been opened" in player.told
        assert done(player) == []


async def test_a_click_selects_and_the_bottom_line_acts(play: "Play") -> None:
    async with opened(play, read(ASKS), read(message(8, "lead", "human", "note", "More", NOW))) as player:
        boxes = {row.row.id: row for row in pane_of(player).query(RowBox) if row.row and row.display}
        await player.pilot.click(boxes["m1"])
        assert selected(player) == "m1"
        await player.pilot.click("KeyBar", offset=(player.screen_text().splitlines()[-1].index("c Write"), 0))
        await shown(player, "Compose")


async def test_the_palette_and_help_know_the_mail(play: "Play") -> None:
    async with opened(play, ASKS) as player:
        await player.press("question_mark")
        await shown(player, "Help")
        said = player.screen_text()
        assert said.index("Redrive") < said.index("New card")
        await player.press("escape", "ctrl+p")
        await shown(player, "CommandPalette")
        await player.press(*"who writes")
        await player.press("escape")


async def test_pasted_text_does_nothing(play: "Play") -> None:
    from textual import events

    async with opened(play, ASKS) as player:
        player.app.post_message(events.Paste("rrr"))
        await player.pilot.pause()
        assert "Pasted text was ignored" in player.told
        assert done(player) == []
