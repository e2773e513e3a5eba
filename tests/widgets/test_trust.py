"""What nobody has allowed is shown whole before it is allowed from the board."""

from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.client import Board, Untrusted
from orchestrator.core.requests.request import Request
from orchestrator.core.requests.trust import ShowTrust, Trust
from orchestrator.core.trust.repositories import TrustView
from widgets.gallery.boards import GalleryClient, card, hub

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

pytestmark = pytest.mark.anyio


class Client(GalleryClient):
    """A hub that lets a card start once what its repository runs is allowed."""

    before = ""

    def __init__(self) -> None:
        super().__init__(Board(hub(), (card(1, "A", "backlog", "new", repo="/r"),)))
        error = Untrusted("nothing runs yet", "it would run", "orch trust /r")
        error.path = "/r"
        self.refusals["start"] = error

    def _answer(self, request: Request[Any]) -> Any:
        if isinstance(request, ShowTrust):
            assert request.path == "/r"
            text = 'worktree.setup = "make"\nworktree.copy = "\x1b]0;\u202e"'
            return (TrustView("/r", ".orch.toml", text, "d1", False, before=self.before),)
        if isinstance(request, Trust):
            self.refusals.clear()
            return ()
        return super()._answer(request)


async def test_a_refused_start_shows_all_that_would_run_and_starts_once_it_is_allowed(play: "Play") -> None:
    async with play(client=Client()) as player:
        player.board.perform("start")
        await player.shown("Trust")
        await player.until(lambda: 'worktree.setup = "make"' in player.screen_text())
        assert "^[" in player.screen_text()
        assert "<U+202E>" in player.screen_text()
        assert "new" in player.screen_text()
        await player.press("y")
        assert await player.asked("trust.allow") == {"path": "/r", "seen": ("d1",)}
        await player.until(lambda: [verb for verb, _ in player.client.asked].count("start") == 2)


async def test_leaving_allows_nothing_and_says_why_it_did_not_start(play: "Play") -> None:
    client = Client()
    client.before = "worktree.setup = 'true'"
    async with play(client=client) as player:
        player.board.perform("start")
        await player.shown("Trust")
        await player.until(lambda: '+worktree.setup = "make"' in player.screen_text())
        assert "-worktree.setup = 'true'" in player.screen_text()
        await player.press("escape")
        await player.until(lambda: "orch trust /r" in player.told)
        assert "trust.allow" not in [verb for verb, _ in client.asked]
