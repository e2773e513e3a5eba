"""Starting a workflow from the board."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from orchestrator.client import Board, Failed, Refused
from orchestrator.core.workflow.views import InputNote, WorkflowFile
from widgets.gallery.boards import GalleryClient, card, hub
from widgets.runs.dialogs.start_run import RunWorkflow
from widgets.runs.pane import RunsPane

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

CARD = card(1, "Auth", "review", "idle", repo="/src/shop")


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The form offers the repository around the current directory."""
    monkeypatch.chdir(tmp_path)


async def open_form(player: "Player") -> RunWorkflow:
    await player.press("W")
    await player.until(lambda: isinstance(player.app.screen, RunWorkflow))
    form = player.app.screen
    assert isinstance(form, RunWorkflow)
    await player.asked("workflow.list")
    await player.pilot.pause()
    return form


async def choose(player: "Player", name: str) -> None:
    field = player.app.screen.query_one("#file", Input)
    field.value = ""
    await player.press(*name)


async def test_it_shows_the_workflows_with_their_stages_and_what_is_wrong_with_them(play: "Play") -> None:
    async with play(CARD) as player:
        await open_form(player)
        assert (await player.asked("workflow.list"))["repo"] == "/src/shop"
        said = player.screen_text()
        assert "implement-feature → implement-tests → review-gate → merge" in said
        assert '× 4:5: unknown key "agnet"' in said


async def test_a_workflow_is_started_with_its_inputs_and_the_runs_open_on_it(play: "Play") -> None:
    async with play(CARD) as player:
        form = await open_form(player)
        await choose(player, "release")
        await player.until(lambda: "string, required" in player.screen_text())
        form.query_one("#input-0", Input).focus()
        await player.press(*"4.2", "ctrl+s")
        assert await player.asked("run") == {
            "file": "release", "repo": "/src/shop", "inputs": {"version": "4.2"}, "headless": False,
        }  # fmt: skip
        await player.until(lambda: isinstance(player.app.screen, RunsPane))
        pane = player.app.screen
        assert isinstance(pane, RunsPane)
        assert pane.run_view is not None
        assert pane.run_view.name == "release"


async def test_an_input_without_default_has_to_be_given(play: "Play") -> None:
    async with play(CARD) as player:
        await open_form(player)
        await choose(player, "release")
        await player.press("ctrl+s")
        assert "Enter a value for version" in player.screen_text()
        assert all(verb == "workflow.list" for verb, _ in player.client.asked)


async def test_down_goes_through_the_workflows(play: "Play") -> None:
    async with play(CARD) as player:
        form = await open_form(player)
        assert form.query_one("#file", Input).value == "auth-refactor"
        await player.press("down")
        assert form.query_one("#file", Input).value == "release"
        assert "▌ release" in player.screen_text()


async def test_a_file_at_any_path_is_run_with_inputs_in_words(play: "Play") -> None:
    async with play(CARD) as player:
        form = await open_form(player)
        await choose(player, "/tmp/my.yml")
        form.query_one("#pairs", Input).value = 'a=1 b="two words"'
        await player.press("ctrl+s")
        asked = await player.asked("run")
        assert (asked["file"], asked["inputs"]) == ("/tmp/my.yml", {"a": "1", "b": "two words"})


@pytest.mark.sample(1)
@pytest.mark.parametrize("pairs", ["novalue", "=x", 'a="open'])
async def test_inputs_that_make_no_sense_are_refused_in_the_form(play: "Play", pairs: str) -> None:
    async with play(CARD) as player:
        form = await open_form(player)
        await choose(player, "/tmp/my.yml")
        form.query_one("#pairs", Input).value = pairs
        await player.press("ctrl+s")
        assert form.query_one("#trouble").has_class("-shown")
        assert all(verb == "workflow.list" for verb, _ in player.client.asked)


@pytest.mark.sample(1)
@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_all_that_is_wrong_with_a_file_can_be_read(play: "Play", size: tuple[int, int]) -> None:
    wrong = "\n".join(f"{number}:5: unknown key “agnet”. [/etc]" for number in range(1, 41))
    async with play(CARD, size=size) as player:
        form = await open_form(player)
        player.client.refusals["run"] = Refused("release.yml cannot run", wrong)
        await player.press("ctrl+s")
        await player.until(lambda: "1:5: unknown key “agnet”. [/etc]" in player.screen_text())
        trouble = form.query_one("#trouble", VerticalScroll)
        trouble.focus()
        await player.until(lambda: trouble.has_focus)
        await player.press("end")
        await player.until(lambda: "40:5: unknown key" in player.screen_text())
        assert form.query_one("#file", Input).value == "auth-refactor"
        player.client.refusals.clear()
        await player.press("ctrl+s")
        await player.until(lambda: isinstance(player.app.screen, RunsPane))


async def test_a_repository_that_can_not_be_read_says_why(play: "Play") -> None:
    client = GalleryClient(Board(hub(), (CARD,)))
    client.refusals["workflow.list"] = Failed("/src/shop is no repository")
    async with play(client=client) as player:
        await open_form(player)
        await player.until(lambda: "/src/shop is no repository" in player.screen_text())


async def test_another_repository_brings_its_own_workflows(play: "Play") -> None:
    async with play(CARD) as player:
        form = await open_form(player)
        player.client.files = (WorkflowFile("other", "/o.yml", ("[/x] \x1b[31m",), (("[n]", "s", "d"),), ""),)
        form.query_one("#repo", Input).value = "/src/other"
        await player.until(lambda: ("workflow.list", {"repo": "/src/other"}) in player.client.asked)
        await player.until(lambda: "[/x] ^[[31m" in str(form.query_one("#known", Static).content))
        await choose(player, "other")
        await player.until(lambda: "[n]" in player.screen_text())


async def test_it_can_be_started_from_the_runs_too(play: "Play") -> None:
    async with play(CARD) as player:
        await player.press("r")
        await player.until(lambda: isinstance(player.app.screen, RunsPane))
        await open_form(player)
        await player.press("ctrl+s")
        await player.asked("run")
        await player.until(lambda: isinstance(player.app.screen, RunsPane))
        assert sum(isinstance(each, RunsPane) for each in player.app.screen_stack) == 1
        await player.until(lambda: "auth-refactor" in player.screen_text())


async def test_what_is_typed_replaces_the_name_that_was_filled_in(play: "Play") -> None:
    async with play(CARD) as player:
        form = await open_form(player)
        field = form.query_one("#file", Input)
        await player.until(lambda: field.value == "auth-refactor")
        await player.press(*"release")
        assert field.value == "release"


async def test_what_the_file_says_of_an_input_is_shown_and_its_choices_are_gone_through(play: "Play") -> None:
    async with play(CARD) as player:
        note = InputNote("level", "How loud it is", ("low", "high"))
        player.client.files = (
            WorkflowFile("alert", "/a.yml", ("send",), (("level", "string", ""),), "", (note,)),
        )
        form = await open_form(player)
        await player.until(lambda: "How loud it is: one of low, high" in player.screen_text())
        form.query_one("#input-0", Input).focus()
        await player.press("down", "down", "ctrl+s")
        assert (await player.asked("run"))["inputs"] == {"level": "high"}
