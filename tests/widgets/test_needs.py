"""The queue under the fingers of a robot user: every key, every kind of need."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.client import Board, CardChanged, NeedsChanged, Refused
from orchestrator.core.views import Need, NeedDetail, Question
from widgets.board import BoardScreen
from widgets.dialogs.dialog import Prompt
from widgets.gallery import StageClient, card, hub, stage
from widgets.gallery_needs import detail, need
from widgets.needs.pane import NeedsPane
from widgets.rows import RowBox

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

pytestmark = pytest.mark.anyio

NOW = 1_700_000_000.0
ASKING = card(1, "Migrate billing", "blocked", "permission", attention=1)
OTHER = card(2, "Dark mode", "blocked", "permission", attention=1, branch="orch/dark")
BASH = need(ASKING, "permission", "Bash npm test", NOW - 60, id="c1.k3f")
EDIT = need(OTHER, "permission", "Edit app.py", NOW - 30, id="c2.m71")
ONE = Question("Which format?", "Format", False, (("ISO", "sorts"), ("Local", "reads well"), ("Both", "")))
MANY = Question("Which exports?", "Exports", True, (("Orders", ""), ("Invoices", ""), ("Customers", "")))


class Clock:
    """The time of day, which passes when it is told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def opened(
    play: "Play", *wholes: NeedDetail, key: str = "a", size: tuple[int, int] = (200, 50), **more: Any
) -> AsyncIterator["Player"]:
    """The pane on these needs, once it can be trusted and has the first request."""
    cards = {each.need.card: card(int(each.need.card[1:]), each.need.title, "blocked", "permission",
             attention=each.need.urgency) for each in wholes}  # fmt: skip
    cards |= {each.id: each for each in more.pop("cards", ())}
    client = StageClient(Board(hub(), tuple(cards.values()), tuple(each.need for each in wholes)))
    client.details = {each.need.id: each for each in wholes}
    clock = Clock()
    async with play(client=client, clock=clock, size=size, **more) as player:
        await player.press(key)
        await player.until(lambda: isinstance(player.app.screen, NeedsPane))
        await settled(player, clock)
        yield player


async def settled(player: "Player", clock: Clock | None = None) -> None:
    """Waits until the selected request has been fetched, then past the time in which keys are not trusted."""
    pane = pane_of(player)
    await player.until(lambda: pane.look is None or pane.look.detail is not None or bool(pane.look.error))
    (clock or clock_of(player)).now += 1


def pane_of(player: "Player") -> NeedsPane:
    return next(screen for screen in player.app.screen_stack if isinstance(screen, NeedsPane))


def clock_of(player: "Player") -> Clock:
    clock = player.app.clock
    assert isinstance(clock, Clock)
    return clock


def selected(player: "Player") -> str:
    found = pane_of(player).need
    return found.id if found else ""


def verbs(player: "Player") -> list[str]:
    return [verb for verb, _ in player.client.asked if verb not in ("need", "preview")]


async def shown(player: "Player", name: str) -> None:
    await player.until(lambda: type(player.app.screen).__name__ == name)


# --- opening and closing --------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_a_opens_the_pane_with_all_that_waits_and_escape_closes_it(
    play: "Play", size: tuple[int, int]
) -> None:
    async with opened(play, detail(BASH, "npm test -- --watch=no"), detail(EDIT), size=size) as player:
        said = player.screen_text()
        for part in ("permission", "Bash npm test", "Edit app.py", "npm test -- --watch=no", "a Allow"):
            assert part in said
        before = player.board.cursor
        await player.press("j", "escape")
        assert isinstance(player.app.screen, BoardScreen)
        assert player.board.cursor == before


async def test_q_closes_the_pane_and_not_the_board(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        await player.press("q")
        await player.until(lambda: isinstance(player.app.screen, BoardScreen))


async def test_it_opens_on_the_need_of_the_card_under_the_cursor(play: "Play") -> None:
    client = StageClient(Board(hub(), (ASKING, OTHER), (BASH, EDIT)))
    async with play(client=client, clock=Clock()) as player:
        player.board.jump("c2")
        await player.press("a")
        assert selected(player) == "c2.m71"


async def test_an_empty_pane_says_so_and_fills(play: "Play") -> None:
    async with opened(play, cards=[ASKING]) as player:
        assert "Nothing waits for you" in player.screen_text()
        await player.press("a")
        assert "Nothing waits for you" in player.told
        player.client.tell(NeedsChanged((BASH,)))
        await player.until(lambda: "Bash npm test" in player.screen_text())


async def test_the_palette_opens_the_pane_and_in_it_offers_its_actions(play: "Play") -> None:
    async with play(client=stage(NOW), clock=Clock()) as player:
        await player.press("ctrl+p")
        await shown(player, "CommandPalette")
        await player.press(*"needs you")
        await player.until(lambda: "the most urgent first" in player.screen_text())
        await player.press("enter")
        await shown(player, "NeedsPane")
        await settled(player)
        await player.press("ctrl+p")
        await shown(player, "CommandPalette")
        await player.press(*"interrupt")
        await player.until(lambda: "is no help to" in player.screen_text())


async def test_help_in_the_pane_begins_with_its_keys(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        await player.press("question_mark")
        await shown(player, "Help")
        said = player.screen_text()
        assert said.index("Allow always") < said.index("New card")


async def test_the_users_own_key_closes_it_too(play: "Play") -> None:
    client = StageClient(Board(hub(), (ASKING,), (BASH,)))
    client.options = replace(client.options, keys={"queue": "Q", "answer.allow": "y"})
    async with play(client=client, clock=Clock()) as player:
        await player.press("Q")
        await settled(player)
        assert "y Allow once" in player.screen_text()
        await player.press("a")
        assert verbs(player) == []
        await player.press("y")
        assert (await player.asked("answer"))["verdict"] == "allow"
        await player.press("Q")
        assert isinstance(player.app.screen, BoardScreen)


# --- the list -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "ends"),
    [
        ("j", "c2.x"), ("down", "c2.x"), ("j k", "c1.x"), ("j up", "c1.x"), ("n", "c2.x"), ("tab", "c2.x"),
        ("w", "c2.x"), ("n n n", "c1.x"), ("G", "c3.x"), ("end g", "c1.x"), ("k", "c1.x"),
    ],
)  # fmt: skip
async def test_the_selection_goes_where_its_keys_say(play: "Play", keys: str, ends: str) -> None:
    three = [detail(replace(BASH, id=f"c{number}.x", card=f"c{number}")) for number in (1, 2, 3)]
    async with opened(play, *three, key="a") as player:
        pane_of(player).go(None)
        await player.press("g", *keys.split())
        assert selected(player) == ends


async def test_a_request_is_fetched_when_the_selection_rests_and_only_once(play: "Play") -> None:
    async with opened(play, detail(BASH, "first command"), detail(EDIT, "second command")) as player:
        await player.press("j")
        await player.until(lambda: "second command" in player.screen_text())
        await player.press("k")
        assert "first command" in player.screen_text()
        asked = [arguments["need"] for verb, arguments in player.client.asked if verb == "need"]
        assert asked == ["c1.k3f", "c2.m71"]


async def test_going_through_the_list_asks_only_where_it_rests(play: "Play") -> None:
    many = [detail(replace(BASH, id=f"c{number}.x", card=f"c{number}")) for number in range(1, 31)]
    async with opened(play, *many) as player:
        await player.press(*["j"] * 3)
        for _ in range(25):
            pane_of(player).perform("cursor.down")
        await player.until(lambda: any(each == ("need", {"need": "c29.x"}) for each in player.client.asked))
        assert sum(verb == "need" for verb, _ in player.client.asked) < 8


async def test_a_request_that_can_not_be_fetched_says_why_and_is_asked_for_again(play: "Play") -> None:
    client = StageClient(Board(hub(), (ASKING,), (BASH,)))
    client.refusals["need"] = Refused("c1.k3f is gone")
    async with play(client=client, clock=Clock()) as player:
        await player.press("a")
        await player.until(lambda: "could not be fetched" in player.screen_text())
        clock_of(player).now += 1
        player.client.refusals.clear()
        await player.press("a")
        assert verbs(player) == []
        await settled(player)
        await player.press("a")
        assert (await player.asked("answer"))["need"] == "c1.k3f"


async def test_a_need_that_is_gone_leaves_at_once_and_the_next_is_selected(play: "Play") -> None:
    async with opened(play, detail(BASH), detail(EDIT)) as player:
        player.client.tell(NeedsChanged((EDIT,)))
        await player.until(lambda: "Bash npm test" not in player.screen_text())
        assert selected(player) == "c2.m71"


async def test_a_more_urgent_need_does_not_move_the_selection(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        player.client.tell(NeedsChanged((EDIT, BASH)))
        await player.until(lambda: "Edit app.py" in player.screen_text())
        assert selected(player) == "c1.k3f"


async def test_the_mouse_selects_and_twice_attaches(play: "Play") -> None:
    async with opened(play, detail(BASH), detail(EDIT)) as player:
        boxes = {box.row.id: box for box in pane_of(player).query(RowBox) if box.row}
        await player.pilot.click(boxes["c2.m71"])
        assert selected(player) == "c2.m71"
        await player.pilot.double_click(boxes["c2.m71"])
        assert (await player.asked("attach"))["card"] == "c2"


async def test_a_long_request_scrolls(play: "Play") -> None:
    diff = "\n".join(f"+line {number}" for number in range(200))
    async with opened(play, detail(BASH, diff, diff=True), size=(80, 24)) as player:
        assert "+line 0" in player.screen_text()
        await player.press("pagedown", "ctrl+d")
        assert "+line 0" not in player.screen_text()
        for _ in range(30):
            await player.press("pagedown")
        assert "+line 199" in player.screen_text()
        await player.press(*["ctrl+u"] * 10, *["pageup"] * 30)
        assert "+line 0" in player.screen_text()


# --- permissions ----------------------------------------------------------------------------------


async def test_a_allows_once_and_the_answer_stands_there_until_the_need_leaves(play: "Play") -> None:
    async with opened(play, detail(BASH), detail(EDIT)) as player:
        await player.press("a")
        assert await player.asked("answer") == {
            "need": "c1.k3f", "verdict": "allow", "message": "", "options": [], "always": 0, "by": "tui",
        }  # fmt: skip
        await player.until(lambda: "allowing" in player.screen_text())
        await player.press("a", "d", "A")
        assert verbs(player) == ["answer"]
        assert "allowing already" in player.told
        player.client.tell(NeedsChanged((EDIT,)))
        await player.until(lambda: selected(player) == "c2.m71")
        assert "allowing" not in player.screen_text().replace("allowing already", "")


async def test_what_the_hub_refuses_puts_the_need_back_with_its_words(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        player.client.refusals["answer"] = Refused("c1.k3f is not open any more", "it was answered elsewhere")
        await player.press("a")
        await player.until(lambda: "it was answered elsewhere" in player.screen_text())
        player.client.refusals.clear()
        await player.press("a")
        await player.until(lambda: verbs(player) == ["answer", "answer"])
        await player.until(lambda: "answered elsewhere" not in player.screen_text())


async def test_a_refusal_of_what_has_left_the_list_is_told(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        player.client.refusals["answer"] = Refused("c1.k3f is not open any more", "it was answered elsewhere")
        player.client.tell(NeedsChanged(()))
        pane_of(player).answer(BASH, "allowing", lambda client: client.answer("c1.k3f", "allow", by="tui"))
        await player.until(lambda: "it was answered elsewhere" in player.told)


async def test_the_only_suggestion_is_allowed_always_at_once(play: "Play") -> None:
    async with opened(play, detail(BASH, always=("allow Bash(npm test) in this worktree",))) as player:
        assert "allow Bash(npm test) in this worktree" in player.screen_text()
        await player.press("A")
        asked = await player.asked("answer")
        assert (asked["verdict"], asked["always"]) == ("always", 0)


@pytest.mark.parametrize(("keys", "number"), [("2", 1), ("down enter", 1), ("j j enter", 2), ("enter", 0)])
async def test_one_of_several_suggestions_is_chosen(play: "Play", keys: str, number: int) -> None:
    async with opened(play, detail(BASH, always=("here", "everywhere", "accept edits"))) as player:
        await player.press("A")
        await shown(player, "Choose")
        await player.press(*keys.split())
        asked = await player.asked("answer")
        assert (asked["verdict"], asked["always"]) == ("always", number)


async def test_always_is_grey_without_suggestions_and_says_why(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        await player.press("A")
        assert "suggests nothing that could be allowed always" in player.told
        assert verbs(player) == []


async def test_d_denies_with_a_reason_of_several_lines(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        await player.press("d")
        await shown(player, "Words")
        await player.press(*"not now", "enter", *"use make", "ctrl+s")
        asked = await player.asked("answer")
        assert (asked["verdict"], asked["message"]) == ("deny", "not now\nuse make")
        await shown(player, "NeedsPane")
        assert "denying" in player.screen_text()


async def test_a_reason_may_be_left_out(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        await player.press("d")
        await shown(player, "Words")
        await player.press("ctrl+s")
        assert (await player.asked("answer"))["message"] == ""


async def test_a_refused_denial_keeps_the_reason(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        player.client.refusals["answer"] = Refused("c1.k3f is not open any more", "it was answered elsewhere")
        await player.press("d")
        await shown(player, "Words")
        await player.press(*"long words", "ctrl+s")
        await player.until(lambda: "it was answered elsewhere" in player.screen_text())
        assert player.app.screen.query_one(Prompt).text == "long words"
        await player.press("escape")
        await shown(player, "Confirm")


async def test_a_denial_goes_to_the_need_for_which_it_was_begun(play: "Play") -> None:
    async with opened(play, detail(BASH), detail(EDIT)) as player:
        await player.press("d")
        await shown(player, "Words")
        player.client.tell(NeedsChanged((EDIT, BASH)))
        pane_of(player).go(None)
        await player.press(*"no", "ctrl+s")
        assert (await player.asked("answer"))["need"] == "c1.k3f"


# --- plans ----------------------------------------------------------------------------------------


async def test_a_plan_is_read_and_approved(play: "Play") -> None:
    plan = need(ASKING, "plan", "Split the page", NOW)
    async with opened(play, detail(plan, "# Plan\n\n1. Move it.\n2. Test it.")) as player:
        assert "2. Test it." in player.screen_text()
        assert "a Approve" in player.screen_text()
        await player.press("a")
        assert (await player.asked("answer"))["verdict"] == "allow"


async def test_a_plan_is_sent_back_with_what_to_change(play: "Play") -> None:
    plan = need(ASKING, "plan", "Split the page", NOW)
    async with opened(play, detail(plan, "1. Move it.")) as player:
        await player.press("d")
        await shown(player, "Words")
        assert "Send c1's plan back" in player.screen_text()
        await player.press(*"smaller", "ctrl+s")
        asked = await player.asked("answer")
        assert (asked["verdict"], asked["message"]) == ("deny", "smaller")


# --- questions ------------------------------------------------------------------------------------

QUESTION = need(ASKING, "question", "Which format?", NOW, options=("ISO", "Local", "Both"))


@pytest.mark.parametrize("send", ["a", "enter"])
async def test_a_number_chooses_and_a_or_enter_sends(play: "Play", send: str) -> None:
    async with opened(play, detail(QUESTION, questions=(ONE,))) as player:
        assert "reads well" in player.screen_text()
        await player.press("1", "2")
        assert "● Local" in player.screen_text()
        assert "○ ISO" in player.screen_text()
        assert verbs(player) == []
        await player.press(send)
        asked = await player.asked("answer")
        assert (asked["verdict"], asked["options"]) == ("allow", [["Local"]])


async def test_enter_goes_to_the_session_as_long_as_nothing_is_chosen(play: "Play") -> None:
    async with opened(play, detail(QUESTION, questions=(ONE,))) as player:
        await player.press("a")
        assert "Choose an answer first" in player.told
        await player.press("enter")
        assert (await player.asked("attach"))["card"] == "c1"
        assert "answer" not in verbs(player)


async def test_several_answers_are_toggled(play: "Play") -> None:
    async with opened(play, detail(QUESTION, questions=(MANY,))) as player:
        await player.press("1", "2", "3", "2")
        assert "■ Orders" in player.screen_text()
        assert "□ Invoices" in player.screen_text()
        await player.press("a")
        assert (await player.asked("answer"))["options"] == [["Orders", "Customers"]]


async def test_questions_come_one_after_the_other(play: "Play") -> None:
    async with opened(play, detail(QUESTION, questions=(MANY, ONE))) as player:
        await player.press("1", "a")
        assert verbs(player) == []
        await player.press("3", "left", "2", "right", "enter")
        assert (await player.asked("answer"))["options"] == [["Orders", "Invoices"], ["Both"]]


async def test_the_question_that_comes_up_is_brought_into_sight(play: "Play") -> None:
    async with opened(play, detail(QUESTION, questions=(ONE, MANY)), size=(80, 16)) as player:
        assert "Which exports?" not in player.screen_text()
        await player.press("1")
        assert "Which exports?" in player.screen_text()
        await player.press("left")
        assert "1 of 2" in player.screen_text()


async def test_a_question_is_answered_in_the_users_own_words(play: "Play") -> None:
    async with opened(play, detail(QUESTION, questions=(ONE, MANY))) as player:
        await player.press("o")
        await shown(player, "Words")
        await player.press("ctrl+s")
        assert "nothing written yet" in player.screen_text()
        await player.press(*"RFC 2822", "ctrl+s")
        await shown(player, "NeedsPane")
        assert "“RFC 2822”" in player.screen_text()
        await player.press("1", "o")
        await shown(player, "Words")
        await player.press(*"taxes", "ctrl+s")
        await shown(player, "NeedsPane")
        await player.press("a")
        assert (await player.asked("answer"))["options"] == [["RFC 2822"], ["Orders", "taxes"]]


async def test_a_number_without_an_option_says_how_many_there_are(play: "Play") -> None:
    async with opened(play, detail(QUESTION, questions=(ONE,))) as player:
        await player.press("7")
        assert "There are 3 options" in player.told


async def test_what_was_chosen_is_kept_while_another_need_is_looked_at(play: "Play") -> None:
    async with opened(play, detail(QUESTION, questions=(ONE,)), detail(EDIT)) as player:
        await player.press("3", "j", "k")
        assert "● Both" in player.screen_text()


async def test_a_question_can_be_denied(play: "Play") -> None:
    async with opened(play, detail(QUESTION, questions=(ONE,))) as player:
        await player.press("d")
        await shown(player, "Words")
        await player.press(*"ask later", "ctrl+s")
        assert (await player.asked("answer"))["verdict"] == "deny"


# --- what is not a request ------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "how"), [("c", "continue"), ("i", "interrupt")])
async def test_one_key_helps_a_stuck_session_on(play: "Play", key: str, how: str) -> None:
    stuck = need(ASKING, "stall", "no sign of life for 8 minutes", NOW)
    async with opened(play, detail(stuck)) as player:
        await player.press(key)
        assert await player.asked("nudge") == {"card": "c1", "how": how, "by": "tui"}
        await player.until(lambda: "c1: " in player.told)
        await player.press(key)
        await player.until(lambda: verbs(player) == ["nudge", "nudge"])


async def test_a_restart_is_asked_about_first(play: "Play") -> None:
    stuck = need(ASKING, "stall", "no sign of life for 8 minutes", NOW)
    async with opened(play, detail(stuck)) as player:
        await player.press("r")
        await shown(player, "Confirm")
        await player.press("y")
        assert (await player.asked("nudge"))["how"] == "restart"


async def test_a_session_that_ended_is_resumed(play: "Play") -> None:
    ended = card(1, "Old", "blocked", "exited", attention=2)
    async with opened(play, detail(need(ended, "exit", "exited with 1", NOW)), cards=[ended]) as player:
        await player.press("R")
        assert await player.asked("resume") == {"card": "c1"}


async def test_an_error_and_a_dialog_say_what_to_do(play: "Play") -> None:
    dialog = need(ASKING, "dialog", "Do you trust this folder?", NOW, hint="Answer it in the session.")
    async with opened(play, detail(dialog)) as player:
        assert "Answer it in the session." in player.screen_text()
        await player.press("a")
        assert "asks nothing that can be allowed" in player.told
        await player.press("enter")
        assert (await player.asked("attach"))["card"] == "c1"


async def test_a_request_that_is_not_held_is_answered_in_its_session(play: "Play") -> None:
    away = replace(BASH, answerable=False, options=(), hint="The hub was away.")
    async with opened(play, detail(away)) as player:
        assert "The hub was away. enter goes there." in player.screen_text()
        for key in ("a", "A", "d"):
            await player.press(key)
        assert "The hub was away" in player.told
        assert verbs(player) == []


async def test_what_ended_with_a_question_is_replied_to_and_marked_as_seen(play: "Play") -> None:
    idle = card(1, "Notes", "review", "idle", unread=True, asks=True, attention=4)
    async with opened(
        play, detail(need(idle, "asks", "Also this?", NOW), "All of it."), cards=[idle]
    ) as player:
        assert "All of it." in player.screen_text()
        await player.press("u")
        assert await player.asked("acknowledge") == {"card": "c1"}
        await player.press("s")
        await shown(player, "SendPrompt")
        await player.press(*"yes", "ctrl+s")
        assert (await player.asked("send"))["text"] == "yes"
        await shown(player, "NeedsPane")


async def test_space_shows_the_pane_of_the_selected_need(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        player.client.screen = replace(player.client.screen, text="what stands there")
        await player.press("space")
        await player.until(lambda: "what stands there" in player.screen_text())


# --- many, and of any kind ------------------------------------------------------------------------


async def test_fifty_needs_at_once_are_all_listed_answered_and_gone(play: "Play") -> None:
    many = [
        detail(replace(BASH, id=f"c{number}.x", card=f"c{number}", summary=f"Bash step {number};"))
        for number in range(1, 51)
    ]
    async with opened(play, *many, size=(80, 24)) as player:
        player.client.settles = True
        seen = set()
        for _ in range(50):
            await settled(player)
            seen.add(selected(player))
            assert pane_of(player).look is not None
            await player.press("a")
            await player.until(lambda: selected(player) not in seen)
        assert seen == {each.need.id for each in many}
        assert verbs(player) == ["answer"] * 50
        await player.until(lambda: "Nothing waits for you" in player.screen_text())


async def test_hostile_text_breaks_nothing(play: "Play") -> None:
    texts = ["[/x]", "\x1b[2J\x1b[31mred", "שלום\u202e" * 40, "x" * 500, "a\nb\tc", "日本" * 80]
    wholes = []
    for number, text in enumerate(texts, 1):
        told = need(card(number, "t", "blocked", "question"), "question", text, NOW, title=text, hint=text)
        wholes.append(
            detail(told, text, questions=(Question(text, text, True, ((text, text),)),), always=(text,))
        )
    for size in ((200, 50), (80, 24)):
        async with opened(play, *wholes, size=size) as player:
            for _ in texts:
                await player.press("1", "n")
                await settled(player)
                strips = player.app.screen._compositor.render_strips()  # noqa: SLF001 (all rows)
                assert {strip.cell_length for strip in strips} == {size[0]}
                assert "\x1b" not in player.screen_text()
            assert "[/x]" in player.screen_text()


async def test_a_screen_too_small_for_anything_breaks_nothing(play: "Play") -> None:
    async with play(client=stage(NOW), clock=Clock(), size=(80, 24)) as player:
        await player.press("a")
        for size in ((20, 5), (3, 2), (400, 100), (80, 24)):
            await player.pilot.resize_terminal(*size)
            await player.press("j", "k")
        await player.until(lambda: "psql" in player.screen_text())


async def test_the_bottom_line_can_be_clicked(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        await player.pilot.click("KeyBar", offset=(2, 0))
        assert (await player.asked("answer"))["verdict"] == "allow"


# --- the guard ------------------------------------------------------------------------------------


async def test_the_key_that_opens_the_pane_does_not_answer_when_it_is_pressed_twice(play: "Play") -> None:
    client = StageClient(Board(hub(), (ASKING,), (BASH,)))
    async with play(client=client, clock=Clock()) as player:
        await player.press("a")
        pane = pane_of(player)
        await player.until(lambda: pane.look is not None and pane.look.detail is not None)
        clock_of(player).now += 0.3
        await player.press("a")
        assert "only just been opened" in player.told
        assert verbs(player) == []


async def test_a_key_that_is_held_down_answers_nothing_it_was_not_pressed_for(play: "Play") -> None:
    async with opened(play, detail(BASH), detail(EDIT)) as player:
        await player.press("a")
        await player.asked("answer")
        player.client.tell(NeedsChanged((EDIT,)))
        await player.until(lambda: selected(player) == "c2.m71")
        pane = pane_of(player)
        await player.until(lambda: pane.look is not None and pane.look.detail is not None)
        for _ in range(25):
            clock_of(player).now += 0.033
            await player.press("a")
        assert verbs(player) == ["answer"]
        clock_of(player).now += 0.6
        await player.press("a")
        await player.until(lambda: verbs(player) == ["answer", "answer"])


@pytest.mark.parametrize("key", ["a", "A", "d", "1", "o", "c", "i", "r", "s", "u", "R", "enter"])
async def test_a_key_does_not_hit_the_need_that_has_just_slipped_under_the_selection(
    play: "Play", key: str
) -> None:
    stuck = need(OTHER, "stall", "silent", NOW)
    idle = card(2, "Dark mode", "review", "idle", unread=True)
    async with opened(play, detail(BASH), detail(stuck), cards=[idle]) as player:
        await player.press("k")
        player.client.tell(NeedsChanged((stuck,)))
        await player.until(lambda: selected(player) == stuck.id)
        clock_of(player).now += 0.1
        await player.press(key)
        assert "c1.k3f has just been settled" in player.told
        assert "c2's stalled" in player.told
        assert verbs(player) == []
        assert isinstance(player.app.screen, NeedsPane)


async def test_a_need_that_comes_up_in_an_empty_list_is_not_answered_blindly(play: "Play") -> None:
    async with opened(play, cards=[ASKING]) as player:
        player.client.tell(NeedsChanged((BASH,)))
        await player.until(lambda: selected(player) == BASH.id)
        pane = pane_of(player)
        await player.until(lambda: pane.look is not None and pane.look.detail is not None)
        await player.press("a")
        assert "just come up" in player.told
        assert verbs(player) == []


async def test_nothing_is_answered_before_its_request_stands_on_the_screen(play: "Play") -> None:
    async with opened(play, detail(BASH), detail(EDIT)) as player:
        player.client.refusals["need"] = Refused("not yet")
        await player.press("j", "a")
        assert selected(player) == "c2.m71"
        assert verbs(player) == []


async def test_the_other_cards_can_change_without_disturbing_an_answer(play: "Play") -> None:
    async with opened(play, detail(BASH), cards=[ASKING, OTHER]) as player:
        player.client.tell(CardChanged(replace(OTHER, reason="new words")))
        await player.pilot.pause(0.1)
        await player.press("a")
        assert (await player.asked("answer"))["need"] == "c1.k3f"


async def test_next_on_the_board_goes_by_the_order_of_needs(play: "Play") -> None:
    third = card(3, "Third", "review", "idle", attention=5)
    needs: tuple[Need, ...] = (need(third, "asks", "?", NOW), EDIT, BASH)
    client = StageClient(Board(hub(), (ASKING, OTHER, third), needs))
    async with play(client=client, clock=Clock()) as player:
        player.board.jump("c3")
        seen = []
        for _ in range(3):
            await player.press("tab")
            seen.append(player.at)
        assert seen == ["c2", "c1", "c3"]


async def test_the_board_can_help_a_stuck_card_on_too(play: "Play") -> None:
    async with play(card(1, "Stuck", "blocked", "stalled")) as player:
        player.board.perform("nudge")
        await shown(player, "Choose")
        await player.press("2")
        assert await player.asked("nudge") == {"card": "c1", "how": "interrupt", "by": "tui"}
