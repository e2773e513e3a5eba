"""The form that starts a team."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from orchestrator.client import Board, CardChanged, Refused
from widgets.gallery.boards import GalleryClient, card, hub
from widgets.runs.dialogs.start_team import description

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

pytestmark = pytest.mark.anyio


async def opened(player: "Player") -> None:
    await player.press("T")
    await player.shown("StartTeam")


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GalleryClient:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return GalleryClient(Board(hub(), (card(1, "A", "review", "idle"),)))


async def test_a_short_description_starts_a_team_and_the_cursor_goes_to_its_coordinator(
    play: "Play", client: GalleryClient, tmp_path: Path
) -> None:
    async with play(client=client) as player:
        await opened(player)
        await player.press("tab", "tab", *"Do: it", "enter", *"now", "tab", "backspace", "5", "ctrl+s")
        asked = await player.asked("team")
        assert yaml.safe_load(asked["text"]) == {"team": "Do: it now", "task": "Do: it\nnow", "workers": 5}
        assert (asked["repo"], asked["file"]) == (str(tmp_path), "")
        await player.until(lambda: "Team started: c31, c32." in player.told)
        client.tell(CardChanged(card(31, "Lead", "in_progress", "starting")))
        await player.until(lambda: player.at == "c31")


async def test_a_file_is_read_and_sent_with_its_name(
    play: "Play", client: GalleryClient, tmp_path: Path
) -> None:
    (tmp_path / "auth.yml").write_text("team: auth\ntask: x\n")
    async with play(client=client) as player:
        await opened(player)
        await player.press(*"auth.yml", "ctrl+s")
        asked = await player.asked("team")
        assert asked["text"] == "team: auth\ntask: x\n"
        assert asked["file"] == str(tmp_path / "auth.yml")


async def test_a_file_that_can_not_be_read_is_said_in_the_form(play: "Play", client: GalleryClient) -> None:
    async with play(client=client) as player:
        await opened(player)
        await player.press(*"gone.yml", "ctrl+s")
        await player.until(lambda: "cannot read" in player.screen_text())
        assert client.asked == []


async def test_all_that_is_wrong_with_a_file_stands_in_the_form_whole(
    play: "Play", client: GalleryClient, tmp_path: Path
) -> None:
    (tmp_path / "bad.yml").write_text("tem: auth\n")
    client.refusals["team"] = Refused(
        "\n".join(f"bad.yml:{line}:1: something is wrong" for line in range(1, 9))
    )
    async with play(client=client) as player:
        await opened(player)
        await player.press(*"bad.yml", "ctrl+s")
        await player.until(lambda: "bad.yml:8:1: something is wrong" in player.screen_text())
        assert "bad.yml:1:1" in player.screen_text()


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("fill", "said"),
    [
        ((), "Enter a task, or a team file"),
        ((*"a.yml", "tab", "tab", *"x"), "not both"),
        (("tab", "tab", *"x", "tab", "backspace", *"many"), "Enter the number of workers"),
    ],
    ids=["nothing", "both", "no number"],
)
async def test_what_is_missing_is_said_and_nothing_starts(
    play: "Play", client: GalleryClient, fill: tuple[str, ...], said: str
) -> None:
    async with play(client=client) as player:
        await opened(player)
        await player.press(*fill, "ctrl+s")
        assert said in player.screen_text()
        assert client.asked == []


@pytest.mark.parametrize("task", ["a\nb: #c", 'x\x7f\x85\u2028y"\\ 😀\ufeff', "[/etc] {a} %YAML", "---\n..."])
def test_any_task_comes_through_as_it_was_written(task: str) -> None:
    assert yaml.safe_load(description("", 3, task))["task"] == task


def test_a_description_has_no_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    loading: Callable[..., object] = pytest.importorskip("orchestrator.teams.loading").load
    assert loading(description("auth", 3, "Implement docs/auth.md"))
