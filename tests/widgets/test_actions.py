"""Every key that does something to a card: what is asked of the hub, and what a refusal looks like."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Checkbox, Input, Select

from orchestrator.client import Failed, Refused
from orchestrator.core.board.updates import CardChanged
from orchestrator.core.board.views import AgentOptions, Attachment, Settings
from widgets.board.dialogs.new_card import NewCard, title_from
from widgets.board.screen import BoardScreen
from widgets.dialogs.dialog import Dialog, Prompt
from widgets.dialogs.repository import repo_around
from widgets.gallery.boards import GalleryClient, board, card
from widgets.gallery.landing import in_trouble

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

pytestmark = pytest.mark.anyio

NOW = 1_700_000_000.0
WORKING = card(1, "Auth refactor", "in_progress", "working")
IDLE = card(3, "Dark mode", "review", "idle", unread=True, branch="orch/dark")
NEW = card(4, "Speed up CI", "backlog", "new")
ENDED = card(6, "Old branch", "review", "exited")
HELD = card(7, "Later", "blocked", "working", held="wait")
DONE = card(8, "Finished", "done", "exited", finished="keep")


async def on_the_board(player: "Player") -> None:
    await player.until(lambda: isinstance(player.app.screen, BoardScreen))


def removal(card: str, **more: bool) -> tuple[str, dict[str, object]]:
    return "rm", {"card": card, "rescue": False, "keep": False, "force": False, **more}


def verbs(player: "Player") -> list[str]:
    return [verb for verb, _ in player.client.asked]


# --- a new card -----------------------------------------------------------------------------------


async def test_n_makes_a_card_of_all_that_the_form_holds(play: "Play") -> None:
    client = GalleryClient(board(NOW))
    client.options = Settings({}, "", "", ("opus", "sonnet"), ("default", "plan"), "sonnet", "")
    async with play(client=client) as player:
        await player.press("n")
        await player.shown("NewCard")
        await player.press(*"Fix it", "tab", *"Do this", "enter", *"and that", "tab")
        form = player.app.screen
        form.query_one("#repo", Input).value = "/src/other"
        form.query_one("#base", Input).value = "v2"
        form.query_one("#mode", Select).value = "plan"
        form.query_one("#model", Input).focus()
        await player.press("down", "ctrl+s")
        made = await player.asked("new")
        assert made == {
            "title": "Fix it", "prompt": "Do this\nand that", "repo": "/src/other", "base": "v2",
            "branch": "", "name": "", "model": "opus", "permission_mode": "plan", "agent": "",
            "labels": (), "backlog": False,
        }  # fmt: skip
        await on_the_board(player)
        await player.until(lambda: player.board.card is not None and player.board.card.title == "Fix it")


async def test_the_form_has_a_choice_of_agent_where_there_are_several(play: "Play") -> None:
    client = GalleryClient(board(NOW))
    claude = AgentOptions(("opus",), ("default", "plan"))
    client.options = replace(
        client.options, agents=("claude", "aider"), options={"claude": claude, "aider": AgentOptions()}
    )
    async with play(client=client) as player:
        await player.press("n")
        await player.shown("NewCard")
        await player.press(*"Fix it")
        assert "Permissions" in player.screen_text()
        player.app.screen.query_one("#agent", Select).value = "aider"
        await player.until(lambda: "Permissions" not in player.screen_text())
        assert "Model" not in player.screen_text()
        await player.press("ctrl+s")
        assert (await player.asked("new"))["agent"] == "aider"


async def test_the_form_does_not_ask_for_the_only_agent(play: "Play") -> None:
    async with play(WORKING) as player:
        await player.press("n")
        await player.shown("NewCard")
        assert not player.app.screen.query("#agent")


async def test_a_card_may_go_to_the_backlog_and_its_title_may_be_left_out(play: "Play") -> None:
    async with play(WORKING) as player:
        await player.press("n")
        await player.shown("NewCard")
        player.app.screen.query_one(Prompt).text = "\n# Make it faster\nSomehow."
        player.app.screen.query_one("#now", Checkbox).value = False
        await player.press("ctrl+s")
        made = await player.asked("new")
        assert (made["title"], made["backlog"]) == ("Make it faster", True)


async def test_an_empty_form_says_what_it_lacks(play: "Play") -> None:
    async with play(WORKING) as player:
        await player.press("n")
        await player.shown("NewCard")
        await player.press("ctrl+s")
        assert "Enter a title or a prompt" in player.screen_text()
        await player.press(*"Title")
        player.app.screen.query_one("#repo", Input).value = ""
        await player.press("ctrl+s")
        assert "Enter a repository" in player.screen_text()
        assert "new" not in verbs(player)


async def test_what_the_hub_refuses_stays_in_the_form(play: "Play") -> None:
    async with play(WORKING) as player:
        player.client.refusals["new"] = Refused(
            "cannot create a worktree", "the repository has no commit", "Commit first."
        )
        await player.press("n")
        await player.shown("NewCard")
        await player.press(*"Mine", "ctrl+s")
        await player.until(lambda: "the repository has no commit" in player.screen_text())
        assert isinstance(player.app.screen, NewCard)
        assert player.app.screen.query_one("#title", Input).value == "Mine"
        player.client.refusals.clear()
        await player.press("ctrl+s")
        await on_the_board(player)


async def test_escape_asks_before_a_prompt_is_thrown_away(play: "Play") -> None:
    async with play(WORKING) as player:
        await player.press("n")
        await player.shown("NewCard")
        await player.press("escape")
        await on_the_board(player)
        await player.press("n")
        await player.shown("NewCard")
        player.app.screen.query_one(Prompt).text = "an hour's work"
        await player.press("escape")
        await player.shown("Confirm")
        await player.press("n")
        await player.shown("NewCard")
        assert player.app.screen.query_one(Prompt).text == "an hour's work"
        await player.press("escape")
        await player.shown("Confirm")
        await player.press("y")
        await on_the_board(player)
        assert "new" not in verbs(player)


def test_the_repository_around_a_folder_is_found(tmp_path: Path) -> None:
    inside = tmp_path / "repo" / "src" / "deep"
    inside.mkdir(parents=True)
    (tmp_path / "repo" / ".git").touch()
    assert repo_around(inside) == str(tmp_path / "repo")


def test_a_title_is_taken_from_the_prompts_first_words() -> None:
    assert title_from("\n\n## Fix the  \nrest") == "Fix the"
    assert title_from("  \n") == ""
    assert len(title_from("x" * 500)) == 80


# --- sending --------------------------------------------------------------------------------------


async def test_s_sends_at_once_to_an_idle_session(play: "Play") -> None:
    async with play(IDLE) as player:
        await player.press("s")
        await player.shown("SendPrompt")
        await player.press(*"go on", "ctrl+s")
        assert await player.asked("send") == {"card": "c3", "text": "go on", "queue": False}
        await on_the_board(player)


async def test_s_offers_to_wait_until_the_session_is_idle(play: "Play") -> None:
    async with play(WORKING) as player:
        await player.press("s")
        await player.shown("SendPrompt")
        assert "not idle (working)" in player.screen_text()
        await player.press(*"then test", "ctrl+s")
        assert (await player.asked("send"))["queue"] is True


async def test_a_refused_prompt_is_not_lost(play: "Play") -> None:
    async with play(IDLE) as player:
        player.client.refusals["send"] = Refused("c3 is not idle", "it asks for a permission")
        await player.press("s")
        await player.shown("SendPrompt")
        await player.press("ctrl+s")
        assert "Enter a prompt" in player.screen_text()
        await player.press(*"hello", "ctrl+s")
        await player.until(lambda: "it asks for a permission" in player.screen_text())
        assert player.app.screen.query_one(Prompt).text == "hello"
        await player.press("escape")
        await player.shown("Confirm")


async def test_s_offers_to_resume_a_session_that_has_ended(play: "Play") -> None:
    async with play(ENDED) as player:
        await player.press("s")
        await player.shown("Confirm")
        assert "has ended" in player.screen_text()
        await player.press("y")
        assert await player.asked("resume") == {"card": "c6", "go_on": False}


# --- one key, one command -------------------------------------------------------------------------


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("view", "key", "verb"),
    [
        (NEW, "L", "start"), (NEW, "shift+right", "start"), (ENDED, "R", "resume"), (ENDED, "H", "resume"),
        (IDLE, "u", "acknowledge"), (IDLE, "x", "stop"), (HELD, "H", "release"), (HELD, "L", "release"),
        (DONE, "H", "reopen"), (DONE, "shift+left", "reopen"), (WORKING, "p", "pin"), (DONE, "p", "pin"),
    ],
)  # fmt: skip
async def test_a_key_asks_the_hub_at_once(play: "Play", view: object, key: str, verb: str) -> None:
    async with play(view) as player:
        await player.press(key)
        assert "card" in await player.asked(verb)


async def test_the_key_that_pins_unpins_a_pinned_card(play: "Play") -> None:
    async with play(replace(WORKING, pinned=True)) as player:
        await player.press("p")
        assert await player.asked("unpin") == {"card": "c1"}
        assert "pin" not in verbs(player)


@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_a_pinned_card_is_marked_and_stands_first_in_its_column(
    play: "Play", size: tuple[int, int]
) -> None:
    urgent = card(9, "Ship it now", "in_progress", "working", attention=1)
    async with play(replace(WORKING, pinned=True), urgent, size=size) as player:
        lines = player.screen_text().splitlines()
        first = next(line for line in lines if WORKING.title in line or urgent.title in line)
        assert WORKING.title in first
        assert any("↑" in line for line in lines)


@pytest.mark.parametrize(
    ("view", "key", "verb"), [(WORKING, "x", "stop"), (WORKING, "H", "shelve")]
)  # fmt: skip
async def test_what_ends_work_is_asked_about_first(play: "Play", view: object, key: str, verb: str) -> None:
    async with play(view) as player:
        await player.press(key)
        await player.shown("Confirm")
        await player.press("enter")
        await on_the_board(player)
        assert verb not in verbs(player)
        await player.press(key)
        await player.shown("Confirm")
        await player.press("right", "enter")
        assert (await player.asked(verb))["card"] == "c1"


async def test_review_to_in_progress_asks_for_the_next_prompt(play: "Play") -> None:
    async with play(IDLE) as player:
        await player.press("H")
        await player.shown("SendPrompt")
        await player.press(*"more", "ctrl+s")
        assert (await player.asked("send"))["text"] == "more"


async def test_in_progress_to_blocked_holds_with_a_note(play: "Play") -> None:
    async with play(WORKING) as player:
        await player.press("L")
        await player.shown("HoldDialog")
        await player.press(*"wait", "enter")
        assert await player.asked("hold") == {"card": "c1", "note": "wait"}
        await on_the_board(player)


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("key", "how"),
    [("m", "merge"), ("s", "squash"), ("r", "rebase"), ("k", "keep"), ("d", "discard"), ("enter", "merge")],
)
async def test_to_done_asks_how_to_finish(play: "Play", key: str, how: str) -> None:
    async with play(IDLE) as player:
        await player.press("L")
        await player.shown("Finish")
        await player.press(key)
        waits = how in ("keep", "discard")
        given = {"card": "c3", "how": how, "rescue": False, "into": "", "wait": waits}
        assert await player.asked("finish") == given
        await on_the_board(player)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_what_landing_would_do_is_shown_before_anything_happens(
    play: "Play", size: tuple[int, int]
) -> None:
    async with play(IDLE, size=size) as player:
        await player.press("L")
        await player.shown("Finish")
        await player.until(lambda: "3 commits, 4 files +249" in player.screen_text())
        for part in ("2 commits of main", "conflicts none", "make test must pass", "Squash", "Rebase"):
            assert part in " ".join(player.screen_text().split()), part
        wide = size[0] > 80
        assert ("src/theme/colours.ts" in player.screen_text()) == wide
        assert ("Read the theme from the system" in player.screen_text()) == wide
        assert verbs(player) == ["landing"]


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_a_method_that_is_refused_says_why_and_the_session_can_be_asked_to_resolve(
    play: "Play", size: tuple[int, int]
) -> None:
    async with play(IDLE, size=size) as player:
        player.client.survey = in_trouble(IDLE)
        await player.press("L")
        await player.shown("Finish")
        await player.until(lambda: "conflicts" in player.screen_text())
        for part in ("2 files: src/theme/colours.ts", "1 changed file", "lands after c4, c7", "Resolve"):
            assert part in player.screen_text(), part
        await player.press("m")
        await player.until(lambda: "Commit the changes first" in player.screen_text())
        assert "finish" not in verbs(player)
        await player.press("p")
        sent = await player.asked("send")
        assert (sent["card"], sent["queue"]) == ("c3", True)
        assert "- src/theme/switch.ts" in sent["text"]
        await on_the_board(player)


async def test_an_ended_session_is_resumed_before_it_is_asked_to_resolve(play: "Play") -> None:
    async with play(replace(IDLE, state="exited", session_state="exited")) as player:
        player.client.survey = in_trouble(IDLE)
        await player.press("L")
        await player.until(lambda: "conflicts" in player.screen_text())
        await player.press("p")
        await player.shown("Confirm")
        await player.press("y")
        assert await player.asked("resume") == {"card": "c3", "go_on": False}
        assert "send" not in verbs(player)


async def test_the_dialog_follows_its_card_and_closes_when_that_is_done(play: "Play") -> None:
    async with play(IDLE) as player:
        await player.press("L")
        await player.shown("Finish")
        player.client.tell(CardChanged(replace(IDLE, landing="check running")))
        await player.until(lambda: "cancel its landing" in player.screen_text())
        player.client.tell(CardChanged(replace(IDLE, column="done", finished="merge", reason="merged")))
        await on_the_board(player)
        assert "finish" not in verbs(player)


async def test_a_card_that_waits_to_land_can_be_taken_out_of_the_queue(play: "Play") -> None:
    waiting = replace(IDLE, queue_position=2, reason="waiting to land (merge)")
    async with play(waiting) as player:
        await player.press("L")
        await player.shown("Finish")
        await player.press("m")
        assert "finish" not in verbs(player)
        await player.press("c")
        assert await player.asked("finish.cancel") == {"card": "c3"}
        await on_the_board(player)


async def test_work_that_would_be_discarded_is_named_and_rescue_offered(play: "Play") -> None:
    async with play(IDLE) as player:
        player.client.refusals["finish"] = Refused("2 changed files would be lost", "they are not committed")
        await player.press("L")
        await player.shown("Finish")
        await player.press("d")
        await player.shown("Confirm")
        assert "2 changed files would be lost" in player.screen_text()
        player.client.refusals.clear()
        await player.press("y")
        given = {"card": "c3", "how": "discard", "rescue": True, "into": "", "wait": True}
        await player.until(lambda: ("finish", given) in player.client.asked)
        await on_the_board(player)


async def test_a_merge_that_the_hub_refuses_says_why_in_the_dialog(play: "Play") -> None:
    async with play(IDLE) as player:
        player.client.refusals["finish"] = Failed("the merge has conflicts", "in README.md")
        await player.press("L")
        await player.shown("Finish")
        await player.press("m")
        await player.until(lambda: "in README.md" in player.screen_text())


async def test_i_shows_everything_and_scrolls(play: "Play") -> None:
    async with play(IDLE) as player:
        await player.press("i")
        await player.shown("Details")
        await player.until(lambda: "Do what the title says." in player.screen_text())
        for part in ("orch/dark", "PreToolUse Bash npm test", "session-3", "History"):
            assert part in player.screen_text()
        await player.press("j", "k", "q")
        await on_the_board(player)


async def test_help_and_quit(play: "Play") -> None:
    async with play(IDLE) as player:
        await player.press("question_mark")
        await player.shown("Help")
        await player.until(lambda: "Resume the conversation of an ended session" in player.screen_text())
        await player.press("escape")
        await on_the_board(player)
        await player.press("q")
        await player.until(lambda: not player.app.is_running)


@pytest.mark.parametrize(
    ("key", "words"), [("enter", "Start it"), ("x", "no running session"), ("R", "no conversation")]
)
async def test_a_grey_key_says_why_and_changes_nothing(play: "Play", key: str, words: str) -> None:
    async with play(NEW) as player:
        assert player.board.check_action("do", ("attach",)) is None
        assert player.board.check_action("do", ("new",)) is True
        await player.press(key)
        assert words in player.told
        assert verbs(player) == []


async def test_a_move_that_cant_be_says_why(play: "Play") -> None:
    async with play(NEW) as player:
        await player.press("H")
        assert "no column beyond" in player.told
        assert verbs(player) == []


async def test_a_refusal_is_shown_in_words(play: "Play") -> None:
    async with play(NEW) as player:
        player.client.refusals["start"] = Refused("c4 can't start", "30 of 30 [/x] sessions run", "Stop one.")
        await player.press("L")
        await player.until(lambda: "C4 can't start" in player.told)
        assert "30 of 30 [/x] sessions run. Stop one." in player.told


# --- the palette ----------------------------------------------------------------------------------


async def test_the_palette_does_what_has_no_key(play: "Play") -> None:
    async with play(HELD) as player:
        await player.press("ctrl+p")
        await player.shown("Palette")
        await player.press(*"release")
        await player.until(lambda: "Release the card from hold" in player.screen_text())
        await player.press("enter")
        assert await player.asked("release") == {"card": "c7"}


async def test_the_palette_says_why_an_action_cant_be_done(play: "Play") -> None:
    async with play(IDLE) as player:
        await player.press("ctrl+p")
        await player.shown("Palette")
        await player.press(*"reopen")
        await player.until(lambda: "c3 is not done" in player.screen_text())


async def test_the_palette_jumps_to_a_card_by_its_title(play: "Play") -> None:
    async with play(WORKING, IDLE, NEW) as player:
        await player.press("ctrl+p")
        await player.shown("Palette")
        await player.press(*"dark mode")
        await player.until(lambda: "Go to this card" in player.screen_text())
        await player.press("enter")
        await player.until(lambda: player.at == "c3")


@pytest.mark.sample(1)
@pytest.mark.parametrize("times", [1, 3])
async def test_enter_right_after_the_words_does_what_they_find_once(play: "Play", times: int) -> None:
    async with play(HELD) as player:
        await player.press("ctrl+p")
        await player.shown("Palette")
        await player.until(lambda: "New card" in player.screen_text())  # and the first of what is offered
        line = player.app.screen.query_one(Input)
        line.value = "release"
        for _ in range(times):
            await line.action_submit()
        assert await player.asked("release") == {"card": "c7"}
        await player.press("?")
        await player.shown("Help")
        assert verbs(player).count("release") == 1


@pytest.mark.sample(1)
@pytest.mark.parametrize(("key", "opens", "leave"), [("ctrl+p", "Palette", "escape"), ("?", "Help", "leave")])
async def test_two_escapes_at_once_close_one_screen(play: "Play", key: str, opens: str, leave: str) -> None:
    async with play(IDLE) as player:
        await player.press("a")
        await player.press(key)
        await player.shown(opens)
        front = player.app.screen
        await front.run_action(leave)
        await front.run_action(leave)
        await player.shown("NeedsPane")


async def test_removing_names_what_would_be_lost_and_offers_rescue(play: "Play") -> None:
    async with play(IDLE) as player:
        player.client.refusals["rm"] = Refused("3 commits would be lost", "they are on no remote")
        player.board.perform("rm")
        await player.shown("Confirm")
        await player.press("y")
        await player.until(lambda: "3 commits would be lost" in player.screen_text())
        player.client.refusals.clear()
        await player.press("y")
        await player.until(lambda: removal("c3", rescue=True) in player.client.asked)


async def test_removing_a_card_at_work_says_that_its_session_ends_and_asks_again_where_it_began_since(
    play: "Play",
) -> None:
    async with play(WORKING, IDLE) as player:
        player.board.jump("c1")
        player.board.perform("rm")
        await player.shown("Confirm")
        assert "Its session is working and will end" in player.screen_text()
        await player.press("y")
        assert ("rm", await player.asked("rm")) == removal("c1", force=True)
        player.client.asked.clear()
        player.client.refusals["rm"] = Refused("c3 is at work", "it works", "or end it: --force")
        player.board.jump("c3")
        player.board.perform("rm")
        await player.press("y")
        assert ("rm", await player.asked("rm")) == removal("c3")
        await player.until(lambda: "Cannot remove c3" in player.screen_text())
        player.client.refusals.clear()
        await player.press("y")
        await player.until(lambda: removal("c3", force=True) in player.client.asked)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("opens", "typed"),
    [("n", "title"), ("T", "name"), ("W", "file"), ("hold", "note")],
)
async def test_escape_asks_before_a_typed_line_is_thrown_away(play: "Play", opens: str, typed: str) -> None:
    async with play(IDLE) as player:
        for words, leaves in (("", True), ("an hour's work", False)):
            if opens == "hold":
                player.board.perform("hold")
            else:
                await player.press(opens)
            await player.until(lambda: isinstance(player.app.screen, Dialog))
            player.app.screen.query_one(f"#{typed}", Input).value = words
            await player.press("escape")
            if leaves:
                await on_the_board(player)
        await player.shown("Confirm")
        await player.press("n")
        await player.until(lambda: type(player.app.screen).__name__ != "Confirm")
        assert player.app.screen.query_one(f"#{typed}", Input).value == "an hour's work"


# --- the user's keys and attaching ----------------------------------------------------------------


async def test_the_users_keys_work_and_the_registrys_no_longer(play: "Play") -> None:
    client = GalleryClient(board(NOW))
    client.options = Settings({"new": "N", "help": "f1", "hodl": "b"}, "", "", (), (), "", "")
    async with play(client=client) as player:
        assert "hodl" in player.told
        await player.press("n")
        assert isinstance(player.app.screen, BoardScreen)
        assert "N New card" in player.screen_text()
        await player.press("N")
        await player.shown("NewCard")


async def test_attaching_inside_the_same_tmux_runs_its_command_and_tells_what_it_says(play: "Play") -> None:
    async with play(IDLE) as player:
        player.client.road = Attachment(("sh", "-c", "echo no such window >&2; exit 1"), inside=True)
        await player.press("enter")
        await player.until(lambda: "no such window" in player.told)


async def test_a_button_does_what_its_key_does(play: "Play") -> None:
    async with play(IDLE) as player:
        await player.press("s")
        await player.shown("SendPrompt")
        await player.press(*"hi")
        await player.pilot.click(player.app.screen.query_one("#send", Button))
        assert (await player.asked("send"))["text"] == "hi"
