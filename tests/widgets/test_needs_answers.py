"""Requests, plans and questions, answered in the queue by a robot user."""

from typing import TYPE_CHECKING

import pytest

from orchestrator.client import NeedsChanged, Refused
from orchestrator.core.requests.needs import Answer
from tests.clock import NOW
from tests.widgets.needs_pane import ASKING, BASH, EDIT, MANY, ONE, opened, pane_of, selected, verbs
from widgets.dialogs.dialog import Prompt
from widgets.gallery.needs import detail, need

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

pytestmark = pytest.mark.anyio


# --- permissions ----------------------------------------------------------------------------------


async def test_a_allows_once_and_the_answer_stands_there_until_the_need_leaves(play: "Play") -> None:
    async with opened(play, detail(BASH), detail(EDIT)) as player:
        await player.press("a")
        assert await player.asked("answer") == {
            "need": "c1.k3f", "verdict": "allow", "message": "", "options": (), "always": 0, "seen": "",
        }  # fmt: skip
        await player.until(lambda: "allowing" in player.screen_text())
        await player.press("a", "d", "A")
        assert verbs(player) == ["answer"]
        assert "already allowing" in player.told
        player.client.tell(NeedsChanged((EDIT,)))
        await player.until(lambda: selected(player) == "c2.m71")
        assert "allowing" not in player.screen_text().replace("already allowing", "")


@pytest.mark.long
async def test_what_the_hub_refuses_puts_the_need_back_with_its_words(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        player.client.refusals["answer"] = Refused("c1.k3f is no longer open", "it was answered elsewhere")
        await player.press("a")
        await player.until(lambda: "it was answered elsewhere" in player.screen_text())
        player.client.refusals.clear()
        await player.press("a")
        await player.until(lambda: verbs(player) == ["answer", "answer"])
        await player.until(lambda: "answered elsewhere" not in player.screen_text())


async def test_a_refusal_of_what_has_left_the_list_is_told(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        player.client.refusals["answer"] = Refused("c1.k3f is no longer open", "it was answered elsewhere")
        player.client.tell(NeedsChanged(()))
        pane_of(player).answer(BASH, "allowing", lambda client: client.submit(Answer("c1.k3f", "allow")))
        await player.until(lambda: "it was answered elsewhere" in player.told)


async def test_the_only_suggestion_is_shown_and_confirmed_before_it_is_allowed_always(play: "Play") -> None:
    async with opened(play, detail(BASH, always=("allow Bash(npm test) in this worktree",))) as player:
        assert "allow Bash(npm test) in this worktree" in player.screen_text()
        await player.press("A")
        await player.shown("Choose")
        assert verbs(player) == []
        await player.press("enter")
        asked = await player.asked("answer")
        assert (asked["verdict"], asked["always"]) == ("always", 0)


@pytest.mark.sample(2)
@pytest.mark.parametrize(("keys", "number"), [("2", 1), ("down enter", 1), ("j j enter", 2), ("enter", 0)])
async def test_one_of_several_suggestions_is_chosen(play: "Play", keys: str, number: int) -> None:
    async with opened(play, detail(BASH, always=("here", "everywhere", "accept edits"))) as player:
        await player.press("A")
        await player.shown("Choose")
        await player.press(*keys.split())
        asked = await player.asked("answer")
        assert (asked["verdict"], asked["always"]) == ("always", number)


async def test_always_is_grey_without_suggestions_and_says_why(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        await player.press("A")
        assert "suggests nothing to allow always" in player.told
        assert verbs(player) == []


async def test_d_denies_with_a_reason_of_several_lines(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        await player.press("d")
        await player.shown("Words")
        await player.press(*"not now", "enter", *"use make", "ctrl+s")
        asked = await player.asked("answer")
        assert (asked["verdict"], asked["message"]) == ("deny", "not now\nuse make")
        await player.shown("NeedsPane")
        assert "denying" in player.screen_text()


async def test_a_reason_may_be_left_out(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        await player.press("d")
        await player.shown("Words")
        await player.press("ctrl+s")
        assert (await player.asked("answer"))["message"] == ""


async def test_a_refused_denial_keeps_the_reason(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        player.client.refusals["answer"] = Refused("c1.k3f is no longer open", "it was answered elsewhere")
        await player.press("d")
        await player.shown("Words")
        await player.press(*"long words", "ctrl+s")
        await player.until(lambda: "it was answered elsewhere" in player.screen_text())
        assert player.app.screen.query_one(Prompt).text == "long words"
        await player.press("escape")
        await player.shown("Confirm")


async def test_a_denial_goes_to_the_need_for_which_it_was_begun(play: "Play") -> None:
    async with opened(play, detail(BASH), detail(EDIT)) as player:
        await player.press("d")
        await player.shown("Words")
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
        await player.shown("Words")
        assert "Send back c1's plan" in player.screen_text()
        await player.press(*"smaller", "ctrl+s")
        asked = await player.asked("answer")
        assert (asked["verdict"], asked["message"]) == ("deny", "smaller")


# --- questions ------------------------------------------------------------------------------------


QUESTION = need(ASKING, "question", "Which format?", NOW, options=("ISO", "Local", "Both"))


@pytest.mark.sample(1)
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
        assert (asked["verdict"], asked["options"]) == ("allow", (("Local",),))


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
        assert (await player.asked("answer"))["options"] == (("Orders", "Customers"),)


async def test_questions_come_one_after_the_other(play: "Play") -> None:
    async with opened(play, detail(QUESTION, questions=(MANY, ONE))) as player:
        await player.press("1", "a")
        assert verbs(player) == []
        await player.press("3", "left", "2", "right", "enter")
        assert (await player.asked("answer"))["options"] == (("Orders", "Invoices"), ("Both",))


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
        await player.shown("Words")
        await player.press("ctrl+s")
        assert "Enter some text" in player.screen_text()
        await player.press(*"RFC 2822", "ctrl+s")
        await player.shown("NeedsPane")
        assert "“RFC 2822”" in player.screen_text()
        await player.press("1", "o")
        await player.shown("Words")
        await player.press(*"taxes", "ctrl+s")
        await player.shown("NeedsPane")
        await player.press("a")
        assert (await player.asked("answer"))["options"] == (("RFC 2822",), ("Orders", "taxes"))


async def test_a_number_without_an_option_says_how_many_there_are(play: "Play") -> None:
    async with opened(play, detail(QUESTION, questions=(ONE,))) as player:
        await player.press("7")
        assert "There are only 3 options" in player.told


async def test_what_was_chosen_is_kept_while_another_need_is_looked_at(play: "Play") -> None:
    async with opened(play, detail(QUESTION, questions=(ONE,)), detail(EDIT)) as player:
        await player.press("3", "j", "k")
        assert "● Both" in player.screen_text()


async def test_a_question_can_be_denied(play: "Play") -> None:
    async with opened(play, detail(QUESTION, questions=(ONE,))) as player:
        await player.press("d")
        await player.shown("Words")
        await player.press(*"ask later", "ctrl+s")
        assert (await player.asked("answer"))["verdict"] == "deny"
