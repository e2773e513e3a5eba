"""Whatever is killed while cards land: each lands once and whole, or is put aside with its reason."""

import itertools
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from orchestrator.core.literals import Finishing
from orchestrator.paths import Home
from orchestrator.world.worktrees.landing import place as landing
from tests.conftest import git
from tests.hub.killed import Lives, kinds
from tests.hub.landing_rig import LandingRig
from tests.hub.stage import Stage
from tests.world.kills import Killed, kills_at

pytestmark = pytest.mark.slow

_REMEMBERED = 10
"""Landed cards that the fuzz test checks and keeps on its board before it begins a fresh one."""

METHODS: tuple[Finishing, ...] = ("merge", "squash", "rebase")


@pytest.fixture
def rig(home: Home, repo: Path) -> LandingRig:
    home.make()
    return LandingRig(home, repo)


def killing(number: int, when: str) -> Callable[[str], None]:
    """Kills at the write of that number."""
    count = itertools.count(1)

    def wrote(place: str) -> None:
        if place == when and next(count) == number:
            raise Killed

    return wrote


def all_landed(rig: LandingRig, files: dict[str, str]) -> None:
    """Checks that the base holds each file, that each card was landed once, and that nothing is left over."""
    for file, text in files.items():
        assert (rig.repo / file).read_text() == text
        touched = git(rig.repo, "log", "--format=%s", "--first-parent", "--", file)
        assert len(touched.splitlines()) == 1, f"{file} was landed more than once: {touched}"
    assert git(rig.repo, "status", "--porcelain", "--untracked-files=no") == ""
    assert not (rig.repo / ".git" / landing.FOLDER).exists()
    assert git(rig.repo, "for-each-ref", "refs/orch") == "", "nothing had to be rescued"
    assert all(card.finished and not card.worktree for card in rig.state.cards.values())


def test_killed_before_any_write_each_card_of_the_queue_lands_once(rig: LandingRig) -> None:
    """What was done in the world is not written down: it is looked for."""
    numbers, files = itertools.count(1), dict[str, str]()
    for at in itertools.count(1):
        queue = [(next(numbers), METHODS[at % 3]), (next(numbers), METHODS[at // 3 % 3])]
        cards = [(rig.card(n, f"{n}.txt", f"{n}\n"), how) for n, how in queue]
        files |= {f"{n}.txt": f"{n}\n" for n, _ in queue}
        for card, how in cards:
            rig.ask(card, how)
        rig.wrote = killing(at, "before")
        killed = True
        with suppress(Killed):
            rig.live()
            killed = False
        rig.wrote = lambda _: None
        rig.live()
        all_landed(rig, files)
        if not killed:
            break
    assert at > 6


def test_one_that_conflicts_is_put_aside_and_the_rest_lands_on_what_was_before(rig: LandingRig) -> None:
    first, second = rig.card(1, "same.txt", "one\n"), rig.card(2, "same.txt", "two\n")
    third = rig.card(3, "other.txt", "three\n")
    asked: tuple[tuple[str, Finishing], ...] = ((first, "squash"), (second, "merge"), (third, "rebase"))
    for card, how in asked:
        rig.ask(card, how)
    rig.live()
    cards = rig.state.cards
    assert (cards[first].finished, cards[third].finished) == ("squash", "rebase")
    failure = cards[second].failure
    assert failure is not None
    assert "both changed same.txt" in failure.why
    assert (cards[second].finished, cards[second].worktree is not None) == (None, True)
    assert git(rig.repo, "log", "--format=%s").splitlines() == [
        "n3 writes other.txt",
        "Card n1",
        "First commit",
    ]


@pytest.mark.fuzz
@pytest.mark.timeout(7200)
def test_a_thousand_random_kills_lose_no_work_and_land_nothing_twice(
    rig: LandingRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice, kills, number = random.Random(), 0, 0  # noqa: S311 (nothing secret)
    seed = dice.randrange(10**9)
    dice.seed(seed)
    print(f"seed {seed}")
    files: dict[str, str] = {}
    while kills < 1000:
        queue = []
        for _ in range(dice.randint(1, 3)):
            number += 1
            files[f"{number}.txt"] = f"{number}\n"
            queue.append(rig.card(number, f"{number}.txt", f"{number}\n"))
        for card in queue:
            rig.ask(card, dice.choice(METHODS))
        alive = False
        while not alive:
            with monkeypatch.context() as patched:
                if dice.random() < 0.7:
                    kills_at(patched, dice.randint(1, 12), after=dice.random() < 0.5)
                else:
                    rig.wrote = killing(dice.randint(1, 5), dice.choice(["before", "after"]))
                try:
                    rig.live()
                    alive = True
                except Killed:
                    kills += 1
                rig.wrote = lambda _: None
        all_landed(rig, files)
        if len(files) >= _REMEMBERED:  # a board that never forgets makes each round slower
            print(f"{kills} kills, {number} landings")
            files.clear()
            rig.journal.clear()


@pytest.mark.sample(1)
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("when", ["after", "before"])
def test_a_hub_killed_at_every_event_of_two_landings_lands_each_once(
    stage: Stage, warm_python: Path, when: str
) -> None:
    stage.start()
    for name in ("one", "two"):
        stage.new(name, f'demo: edit {name}.txt "made"; commit Make {name}; say Done.')
    for card in ("c1", "c2"):
        stage.until(card, "idle", reason="Done.")
        stage.client.stop(card)
    stage.client.stop_hub()
    with Lives(stage, warm_python, when) as lives:
        for card, how in (("c1", "squash"), ("c2", "merge")):
            lives.say(lambda card=card, how=how: _asked(stage, card, how))
        lives.say(lambda: all(stage.card(card).finished for card in ("c1", "c2")))
    told = kinds(stage.home.journal)
    assert lives.number > 6
    assert told.count("BranchMerged") == 2
    assert git(stage.repo, "log", "--format=%s", "--first-parent").splitlines() == [
        "Merge orch/two: two", "one", "First commit",
    ]  # fmt: skip
    assert git(stage.repo, "status", "--porcelain") == ""


def _asked(stage: Stage, card: str, how: str) -> bool:
    """Whether the landing is under way or done; else it is asked for."""
    if stage.card(card).finished or "land" in stage.card(card).reason:
        return True
    stage.client.finish(card, how, wait=False)  # type: ignore[arg-type]
    return True
