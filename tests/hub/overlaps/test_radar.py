"""Overlaps kept up to date on a real repository, without the rest of a hub."""

import asyncio
import math
import os
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from orchestrator.core.board.views import CardView
from orchestrator.core.events import CardCreated, CardRemoved, WorktreeAdded
from orchestrator.core.follow import Capacity
from orchestrator.core.overlaps.overlap import Overlap
from orchestrator.core.overlaps.views import LeftOut
from orchestrator.core.sessions.model import Evidence, Session, Source, Status
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.overlaps.radar import Radar
from orchestrator.hub.places.local import ProcessPlace, WindowPlace
from orchestrator.hub.places.places import Places
from orchestrator.paths import Home
from orchestrator.store.journal import Journal
from orchestrator.world.tmux import Tmux
from orchestrator.world.worktrees import add, look
from tests.agents.programs import CLAUDE
from tests.conftest import git


@dataclass
class Rig:
    repo: Path
    engine: Engine
    radar: Radar
    calls: Path

    def card(self, number: int, where: str = "local") -> Path:
        """A card with a worktree."""
        name, slug = f"c{number}", f"n{number}"
        path = self.repo.parent / "repo-orch" / slug
        tree = add(self.repo, path, f"orch/{slug}", look(self.repo).base, existing=False)
        created = CardCreated(
            float(number),
            name,
            slug,
            slug,
            "",
            str(self.repo),
            "main",
            f"orch/{slug}",
            str(path),
            where=where,
        )
        self.engine.record((created, WorktreeAdded(1.0, name, tree)))
        return path

    def begin_session(self, card: str, last_at: float, status: Status = Status.IDLE) -> None:
        """The card's session, which did something at that time."""
        session = Session(1, "s", 1.0, status, 1.0, "", Evidence(Source.HOOK, "", 1.0), pane="%1")
        session = replace(session, signs=replace(session.signs, last_at=last_at))
        old = self.engine.state.cards[card]
        cards = {**self.engine.state.cards, card: replace(old, session=session)}
        self.engine.state = replace(self.engine.state, cards=cards)

    def finish(self, card: str) -> None:
        """The card is in Done, with its worktree."""
        done = replace(self.engine.state.cards[card], finished="keep", finished_at=1.0)
        self.engine.state = replace(self.engine.state, cards={**self.engine.state.cards, card: done})

    async def round(self) -> int:
        """One look as the hub takes it by itself; the number of git processes that it took."""
        before = self._begun()
        await self.radar._look()  # noqa: SLF001 (without its clock)
        self.radar._rest_until = 0.0  # noqa: SLF001
        return self._begun() - before

    async def overlaps(self) -> tuple[Overlap, ...]:
        return tuple(each for found in await self.radar.ask(None, "now") for each in found.overlaps)

    def view(self, card: str) -> CardView:
        return next(each for each in self.engine.cards if each.id == card)

    def _begun(self) -> int:
        return self.calls.read_text().count("+")

    def most_at_once(self) -> int:
        most = now = 0
        for sign in self.calls.read_text():
            now += {"+": 1, "-": -1}.get(sign, 0)
            most = max(most, now)
        return most


def in_a_hub(
    home: Home, repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, tell: bool = False
) -> Callable[[Callable[[Rig], Awaitable[None]]], None]:
    calls = tmp_path / "calls"
    calls.touch()
    (tmp_path / "bin").mkdir()
    shim = tmp_path / "bin/git"
    real = shutil.which("git")
    shim.write_text(
        f'#!/bin/sh\nprintf + >> {calls}\n{real} "$@"\ncode=$?\nprintf - >> {calls}\nexit $code\n'
    )
    shim.chmod(0o700)
    monkeypatch.setenv("PATH", f"{shim.parent}:{os.environ['PATH']}")

    def run(live: Callable[[Rig], Awaitable[None]]) -> None:
        async def life() -> None:
            engine = Engine(
                Journal(tmp_path / "journal.db"), room=lambda: Capacity(30, 30, ""), stall=(300.0, 900.0)
            )
            windows = WindowPlace(home, "", CLAUDE, Tmux(home.tmux_socket))
            places = Places(windows, ProcessPlace(home, "", CLAUDE))
            await live(Rig(repo, engine, Radar(engine, home, places, tell=tell), calls))
            engine.journal.close()

        asyncio.run(life())

    return run


Hub = Callable[[Callable[[Rig], Awaitable[None]]], None]


@pytest.fixture
def hub(home: Home, repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    return in_a_hub(home, repo, tmp_path, monkeypatch)


@pytest.fixture
def telling_hub(home: Home, repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    return in_a_hub(home, repo, tmp_path, monkeypatch, tell=True)


def test_both_cards_are_marked_and_nothing_is_run_while_nothing_changes(hub: Hub) -> None:
    async def live(rig: Rig) -> None:
        one, two = rig.card(1), rig.card(2)
        rig.card(3)
        (one / "README.md").write_text("one\n")
        (two / "README.md").write_text("two\n")
        assert await rig.round() > 0
        conflict = Overlap("c1", "c2", ("README.md",), ("README.md",))
        assert await rig.overlaps() == (conflict,)
        assert [(rig.view(card).overlaps, rig.view(card).conflicts) for card in ("c1", "c2", "c3")] == [
            (1, 1),
            (1, 1),
            (0, 0),
        ]
        assert rig.most_at_once() == 2, "no more git processes at once"
        rig.radar._files_at = 0.0  # noqa: SLF001 (the times of files are looked at, too)
        assert [await rig.round(), await rig.round()] == [0, 0]

        rig.begin_session("c3", last_at=5.0)
        alone = await rig.round()
        assert 0 < alone < 12, "only the worktree whose session did something"
        assert await rig.round() == 0

        (two / "README.md").write_text("A repository.\n")
        (two / "other.txt").write_text("two\n")
        assert await rig.overlaps() == (), "found by the times of its files"
        assert rig.view("c1").conflicts == 0
        assert [turn.card for turn in (await rig.radar.ask(None, "known"))[0].order] == ["c1", "c2"]

    hub(live)


def test_a_file_that_only_another_card_changed_is_watched_in_an_idle_worktree(hub: Hub) -> None:
    async def live(rig: Rig) -> None:
        one, two = rig.card(1), rig.card(2)
        (one / "README.md").write_text("one\n")
        await rig.round()
        assert await rig.overlaps() == ()
        (two / "README.md").write_text("two\n")
        assert [each.conflicts for each in await rig.overlaps()] == [("README.md",)]
        git(two, "checkout", "--quiet", "--", "README.md")
        assert await rig.overlaps() == ()

    hub(live)


def test_a_base_that_moves_takes_no_worktree_to_be_read_again(hub: Hub) -> None:
    async def live(rig: Rig) -> None:
        for number in (1, 2):
            (rig.card(number) / "new.txt").write_text(f"{number}\n")
        whole = await rig.round()
        git(rig.repo, "commit", "--quiet", "--allow-empty", "--message", "Move")
        rig.radar._files_at = 0.0  # noqa: SLF001
        assert 0 < await rig.round() < whole / 2
        assert len(await rig.overlaps()) == 1

    hub(live)


def test_cards_that_cannot_be_read_say_so_and_do_not_hide_the_others(hub: Hub) -> None:
    async def live(rig: Rig) -> None:
        paths = [rig.card(number) for number in (1, 2, 3)]
        for number, path in enumerate(paths):
            (path / "new.txt").write_text(f"{number}\n")
        shutil.rmtree(paths[2])
        rig.card(4, where="gone-host")
        await rig.round()
        for _ in range(100):
            if "c4" in rig.radar._readings:  # noqa: SLF001
                break
            await asyncio.sleep(0.01)
        (found,) = await rig.radar.ask(None, "now")
        assert [each.cards for each in found.overlaps] == [("c1", "c2")]
        assert [each.card for each in found.left_out] == ["c3", "c4"]
        assert "is missing" in found.left_out[0].why
        assert "gone-host" in found.left_out[1].why
        card = rig.engine.state.cards["c3"]
        known = rig.radar.known(card)
        assert known
        assert known.left_out[0] == LeftOut("c3", found.left_out[0].why)

    hub(live)


def test_cards_of_a_repository_that_was_moved_say_so_and_no_round_fails(hub: Hub) -> None:
    async def live(rig: Rig) -> None:
        for number in (1, 2):
            rig.card(number)
        rig.repo.rename(rig.repo.parent / "moved")
        await rig.round()
        (found,) = await rig.radar.ask(None, "known")
        assert [each.card for each in found.left_out] == ["c1", "c2"]
        assert "repo does not exist" in found.left_out[0].why

    hub(live)


def test_a_file_whose_name_is_not_utf_8_is_watched_as_any(hub: Hub) -> None:
    async def live(rig: Rig) -> None:
        paths = [rig.card(number) for number in (1, 2)]
        for number, path in enumerate(paths):
            (path / "caf\udce9").write_text(f"{number}\n")
        await rig.round()
        assert len(await rig.overlaps()) == 1
        (paths[0] / "caf\udce9").write_text("1\n")
        rig.radar._files_at = 0.0  # noqa: SLF001 (without its clock)
        await rig.round()
        assert await rig.overlaps() == (), "both have the same content"

    hub(live)


def test_a_card_that_goes_takes_its_overlaps_along(hub: Hub) -> None:
    async def live(rig: Rig) -> None:
        for number in (1, 2, 3):
            (rig.card(number) / "new.txt").write_text(f"{number}\n")
        await rig.round()
        assert rig.view("c1").conflicts == 2
        rig.engine.record((CardRemoved(1.0, "c3"),))
        assert await rig.round() == 0
        assert rig.view("c1").conflicts == 1
        rig.engine.record((CardRemoved(1.0, "c2"),))
        assert await rig.round() == 0
        assert (rig.view("c1").conflicts, await rig.radar.ask(None, "now")) == (0, ())

    hub(live)


def test_a_card_in_done_and_its_partners_lose_their_marks_even_while_git_rests(hub: Hub) -> None:
    async def live(rig: Rig) -> None:
        for number in (1, 2, 3):
            (rig.card(number) / "new.txt").write_text(f"{number}\n")
        await rig.round()
        assert [rig.view(card).conflicts for card in ("c1", "c2", "c3")] == [2, 2, 2]
        rig.radar._rest_until = math.inf  # noqa: SLF001
        rig.finish("c3")
        assert await rig.round() == 0
        assert [rig.view(card).conflicts for card in ("c1", "c2", "c3")] == [1, 1, 0]
        (found,) = await rig.radar.ask(None, "known")
        assert [each.cards for each in found.overlaps] == [("c1", "c2")]
        assert {card for card, _ in found.slugs} == {each.card for each in found.order} == {"c1", "c2"}
        rig.radar._rest_until = math.inf  # noqa: SLF001
        rig.finish("c2")
        await rig.round()
        assert [rig.view(card).conflicts for card in ("c1", "c2", "c3")] == [0, 0, 0]
        assert await rig.radar.ask(None, "known") == ()

    hub(live)


def test_objects_that_were_pruned_are_written_again(hub: Hub) -> None:
    async def live(rig: Rig) -> None:
        one, two = rig.card(1), rig.card(2)
        (one / "new.txt").write_text("one\n")
        await rig.round()
        shutil.rmtree(rig.radar.home.overlaps(str(rig.repo)))
        (two / "new.txt").write_text("two\n")
        rig.begin_session("c2", last_at=5.0)
        await rig.round()
        assert rig.view("c1").unknown_overlaps == 1, "not taken for no conflict"
        await rig.round()
        assert (rig.view("c1").conflicts, rig.view("c1").unknown_overlaps) == (1, 0)

    hub(live)


def test_running_sessions_are_told_once_about_each_card(telling_hub: Hub) -> None:
    async def live(rig: Rig) -> None:
        one, two = rig.card(1), rig.card(2)
        rig.begin_session("c1", 1.0)
        (one / "README.md").write_text("A repository.\nOne\n")
        (two / "README.md").write_text("Two\nA repository.\n")
        for _ in range(2):
            await rig.round()
        (two / "README.md").write_text("A repository.\nTwo\n")
        await rig.overlaps()
        (two / "more.txt").write_text("more\n")
        rig.begin_session("c2", 2.0)
        await rig.overlaps()
        told = {card.id: card.overlap_notes for card in rig.engine.state.cards.values()}
        assert {card: [(each.other, each.kind) for each in notes] for card, notes in told.items()} == {
            "c1": [("c2", "overlap"), ("c2", "conflict")],
            "c2": [("c1", "conflict")],
        }

    telling_hub(live)
