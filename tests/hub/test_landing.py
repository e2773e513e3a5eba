"""Landing in a real hub: the queue, the check, what is refused by configuration and trust."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orchestrator.client import Refused
from orchestrator.core.requests.cards import CancelLanding
from orchestrator.hub.effects.landing import LandingEffects
from orchestrator.paths import Home
from tests.conftest import git
from tests.hub.landing_rig import LandingRig
from tests.hub.stage import Stage
from tests.poll import poll

pytestmark = pytest.mark.slow


def writes(file: str, text: str) -> str:
    return f'demo: edit {file} "{text}"; commit Write {file}; say Done.'


def test_cards_land_in_turn_and_one_that_fails_or_is_taken_out_holds_up_no_other(stage: Stage) -> None:
    goes = stage.repo.parent / "goes"
    stage.set("ORCH_LANDING__CHECK", f"ls; until [ -e {goes} ]; do sleep 0.05; done; ! grep -q broken *.txt")
    stage.start()
    client = stage.client
    for file, text in (
        ("same.txt", "a"),
        ("same.txt", "b"),
        ("bad.txt", "broken"),
        ("out.txt", "c"),
        ("d.txt", "d"),
    ):
        stage.new(f"Write {text}", writes(file, text))
    cards = ("c1", "c2", "c3", "c4", "c5")
    for card in cards:
        stage.until(card, "idle", reason="Done.")
    for card, how in zip(cards, ("merge", "merge", "squash", "merge", "rebase"), strict=True):
        client.finish(card, how, wait=False)  # type: ignore[arg-type]
    poll(lambda: "checking the result" in stage.card("c1").reason, "the check of c1")
    assert [stage.card(card).queue_position for card in cards] == [None, 1, 2, 3, 4]
    assert stage.card("c2").reason == "waiting to land (merge)"
    assert client.survey("c5").ahead == ("c1", "c2", "c3", "c4")
    assert client.cancel_landing("c4").column == "review"
    goes.touch()
    assert client.finished("c1").finished == "merge"
    with pytest.raises(Refused, match=r"both changed same\.txt.*--resolve"):
        client.finished("c2")
    with pytest.raises(Refused, match=r"the check .* ended with exit code 1"):
        client.finished("c3")
    assert client.finished("c5").finished == "rebase"
    assert (stage.card("c2").column, stage.card("c2").queue_position) == ("blocked", None)
    assert "bad.txt" in stage.card("c3").output
    shown = client.show("c5")
    assert shown.landed is not None
    assert shown.landed.output.split() == ["README.md", "d.txt", "same.txt"]
    assert any("made on main" in each.said for each in shown.history)
    assert git(stage.repo, "log", "--first-parent", "--format=%s").splitlines() == [
        "Write d.txt", "Merge orch/write-a: Write a", "First commit",
    ]  # fmt: skip
    assert git(stage.repo, "status", "--porcelain") == ""
    assert all(stage.card(card).worktree for card in ("c2", "c3", "c4"))
    with pytest.raises(Refused, match="is not being finished"):
        client.finished("c4")


@pytest.fixture
def rig(home: Home, repo: Path) -> LandingRig:
    home.make()
    return LandingRig(home, repo)


def why(rig: LandingRig, card: str) -> str:
    """Why the card's landing failed; empty where it did not."""
    rig.ask(card, "merge")
    rig.live()
    failure = rig.state.cards[card].failure
    return f"{failure.what}: {failure.why}. {failure.hint}" if failure else ""


def test_a_protected_branch_is_not_landed_on(rig: LandingRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCH_LANDING__PROTECTED", "release/* ma*")
    before = git(rig.repo, "rev-parse", "main")
    assert "main is protected (landing.protected has 'ma*')" in why(rig, rig.card(1, "a.txt", "a\n"))
    assert git(rig.repo, "rev-parse", "main") == before


def test_a_check_that_a_repository_brings_along_runs_only_once_it_is_allowed(
    rig: LandingRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = rig.repo.parent / "ran"
    (rig.repo / ".orch.toml").write_text(f"[landing]\ncheck = 'touch {ran}'\n")
    card = rig.card(1, "a.txt", "a\n")
    monkeypatch.setenv("ORCH_TRUST__REPOSITORIES", "")
    assert "orch trust" in why(rig, card)
    assert not ran.exists()
    monkeypatch.setenv("ORCH_TRUST__REPOSITORIES", "*")
    assert why(rig, card) == ""
    assert ran.exists()


def test_a_repository_can_not_lift_the_protection_of_a_branch(rig: LandingRig) -> None:
    card = rig.card(1, "a.txt", "a\n")
    (rig.repo / ".orch.toml").write_text("[landing]\nprotected = []\n")
    with pytest.raises(Exception, match=r"landing\.protected"):
        why(rig, card)


def test_a_cancelled_landing_ends_its_check_and_the_base_stays(
    rig: LandingRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = rig.repo.parent / "pid"
    monkeypatch.setenv("ORCH_LANDING__CHECK", f"echo $$ > {pid}; sleep 300")
    card, before = rig.card(1, "a.txt", "a\n"), git(rig.repo, "rev-parse", "main")
    rig.ask(card, "merge")
    effects = LandingEffects(rig.home, lambda: rig.state, lambda _: {}, threading.Event())
    with ThreadPoolExecutor() as threads:
        making = threads.submit(effects.make, rig.state.cards[card])
        poll(lambda: pid.exists() and pid.read_text().strip(), "the check")
        rig.order(CancelLanding(card))
        assert making.result(30) == ()
    poll(lambda: not Path("/proc", pid.read_text().strip()).exists(), "the end of the check")
    rig.live()
    failure = rig.state.cards[card].failure
    assert failure is not None
    assert (failure.why, git(rig.repo, "rev-parse", "main")) == ("cancelled", before)
