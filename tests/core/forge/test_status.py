"""What an issue shows of its card."""

from dataclasses import replace

import pytest

from orchestrator.core.events import (
    CardCreated,
    CardReopened,
    EndingAsked,
    Event,
    SessionChanged,
    StartAdmitted,
    StartQueued,
    WindowOpened,
    WorktreeAdded,
)
from orchestrator.core.evolve import evolve
from orchestrator.core.forge.events import ItemClaimed, ItemLinked, ItemPublished, ItemReleased
from orchestrator.core.forge.following import following, progressed
from orchestrator.core.forge.issues.comment import REMOVED, TEXTS, done_text
from orchestrator.core.forge.issues.status import StatusRules, published
from orchestrator.core.forge.links import CardForge, Link
from orchestrator.core.forge.outbox.compare import Synced
from orchestrator.core.forge.outbox.fields import ME, Fields, Standing, Wanted, digest
from orchestrator.core.landing.events import BranchMerged, LandingMade
from orchestrator.core.landing.methods import METHODS
from orchestrator.core.literals import Finishing
from orchestrator.core.model import Card, Landed, State, Worktree
from orchestrator.core.sessions.model import Status
from tests.core.forge.world import ITEM

RULES = StatusRules(
    claim=True,
    label="orch",
    in_progress="in progress",
    in_review="in review",
    assign=True,
    comment=True,
    close=True,
    review_after=60.0,
)
CLAIM = "Claimed."
SEEN = Fields("Crash", "", Standing(), ("bug",), comment=digest(CLAIM), comment_id=5, others=2)


class Board:
    """A state, and what follows in it."""

    def __init__(self, rules: StatusRules = RULES) -> None:
        self.rules, self.state, self.now = rules, State(), 100.0
        made = CardCreated(1.0, "c1", "crash", "Crash", "", "/repo", "main", "orch/crash", "/wt")
        self.note(made)

    def note(self, *events: Event) -> None:
        """These events, and what follows from each."""
        for event in events:
            self.state = evolve(self.state, event)
            while (card := self.state.cards.get("c1")) and (
                more := following(self.state, card, lambda _: self.rules, self.now)
            ):
                for each in more:
                    self.state = evolve(self.state, each)

    def claimed(self) -> None:
        self.note(ItemLinked(2.0, "c1", ITEM, "Crash", "https://forge.example/7", Synced(SEEN), "wanted"))
        self.note(ItemClaimed(3.0, "c1", ITEM, digest(CLAIM), SEEN, Wanted()))

    def started(self) -> None:
        self.note(StartQueued(4.0, "c1", 1, "s", False), StartAdmitted(4.0, "c1"))
        self.note(WorktreeAdded(4.0, "c1", Worktree("/wt", "orch/crash", "b", False)))

    def session(self, status: Status) -> None:
        if self.card.session is None:
            self.note(WindowOpened(5.0, "c1", 1, "@1", "%1", 7, 8))
        session = self.card.session
        assert session is not None
        self.note(SessionChanged(self.now, "c1", replace(session, status=status, since=self.now)))

    def later(self, seconds: float) -> None:
        self.now += seconds
        self.note(*progressed(self.state, self.card, lambda _: self.rules, self.now))

    def finished(self, how: Finishing, commit: str = "c0ffee") -> None:
        idle = replace(self.card, launch=None, session=None, worktree=None)
        self.state = replace(self.state, cards={"c1": idle})
        self.note(EndingAsked(self.now, "c1", "finish", how=how))
        if how in METHODS:
            landed = Landed(how, "orch/crash", "t", "main", "o", commit)
            self.note(LandingMade(self.now, "c1", landed), BranchMerged(self.now, "c1", commit))

    def removed(self) -> None:
        self.note(EndingAsked(self.now, "c1", "remove", how="keep"))

    @property
    def card(self) -> Card:
        return self.state.cards["c1"]

    @property
    def forge(self) -> CardForge:
        return (self.state.cards.get("c1") or self.state.departed["c1"]).forge

    @property
    def link(self) -> Link:
        (found,) = self.forge.links
        return found

    @property
    def stage(self) -> str:
        return self.link.progress.stage

    @property
    def wanted(self) -> Wanted:
        return self.link.synced.wanted


def test_a_started_card_wants_the_label_the_assignee_and_the_comment() -> None:
    board = Board()
    board.claimed()
    assert board.wanted == Wanted()
    board.started()
    assert (board.wanted.labels, board.wanted.assignees) == (("in progress",), (ME,))
    assert board.wanted.comment == TEXTS["progress"]


def test_an_issue_that_is_being_claimed_shows_its_card_afterwards() -> None:
    board = Board()
    board.note(ItemLinked(2.0, "c1", ITEM, "Crash", "https://forge.example/7", Synced(SEEN), "wanted"))
    board.started()
    assert board.wanted == Wanted()
    board.note(
        ItemClaimed(5.0, "c1", ITEM, digest(CLAIM), SEEN, Wanted(labels=("orch",), assignees=("ada",)))
    )
    assert board.wanted.labels == ("in progress", "orch")


def test_what_a_person_takes_away_is_not_wanted_again_while_the_card_stays_as_it_is() -> None:
    board = Board()
    board.claimed()
    board.started()
    board.state = _given_up(board)
    board.session(Status.WORKING)
    board.session(Status.PERMISSION)
    board.session(Status.WORKING)
    board.later(1000.0)
    assert board.wanted == Wanted()


def _given_up(board: Board) -> State:
    link = board.link
    nothing = replace(link, synced=replace(link.synced, wanted=Wanted()))
    card = replace(board.card, forge=replace(board.forge, issue=nothing))
    return replace(board.state, cards={"c1": card})


def test_a_pause_between_two_turns_is_no_review() -> None:
    board = Board()
    board.claimed()
    board.started()
    board.session(Status.WORKING)
    board.session(Status.IDLE)
    board.later(59.0)
    assert board.stage == "progress"
    board.later(2.0)
    assert board.stage == "review"
    assert (board.wanted.labels, board.wanted.comment) == (("in review",), TEXTS["review"])
    board.session(Status.WORKING)
    assert (board.wanted.labels, board.wanted.comment) == (("in progress",), TEXTS["progress"])


@pytest.mark.parametrize(
    ("off", "left"),
    [
        ("in_progress", Wanted(assignees=(ME,), comment=TEXTS["progress"])),
        ("assign", Wanted(labels=("in progress",), comment=TEXTS["progress"])),
        ("comment", Wanted(labels=("in progress",), assignees=(ME,))),
    ],
)
def test_each_rule_can_be_switched_off(off: str, left: Wanted) -> None:
    board = Board(replace(RULES, **{off: type(getattr(RULES, off))()}))
    board.claimed()
    board.started()
    assert board.wanted == left


def test_a_landed_commit_closes_the_issue_only_once_it_can_be_seen() -> None:
    board = Board()
    board.claimed()
    board.started()
    board.finished("squash")
    assert (board.stage, board.wanted.switch) == ("landed", None)
    assert board.wanted.comment == TEXTS["landed"]
    assert board.wanted.labels == ()
    board.note(ItemPublished(9.0, "c1", ITEM, *published(board.link, lambda _: RULES)))
    assert board.wanted.comment == done_text("c0ffee")
    assert board.wanted.switch is not None
    assert (board.wanted.switch.open, board.wanted.switch.others) == (False, 2)
    assert board.stage == "done"


def test_a_commit_that_is_seen_after_the_landing_was_undone_closes_nothing() -> None:
    board = Board()
    board.claimed()
    board.started()
    board.finished("squash")
    late = ItemPublished(9.0, "c1", ITEM, *published(board.link, lambda _: RULES))
    board.note(CardReopened(8.0, "c1"), late)
    assert board.wanted.switch is None


@pytest.mark.parametrize("ours", [True, False])
def test_reopening_a_card_reopens_only_what_orch_closed(ours: bool) -> None:
    board = Board()
    board.claimed()
    board.started()
    board.finished("merge")
    board.note(ItemPublished(9.0, "c1", ITEM, *published(board.link, lambda _: RULES)))
    link = board.link
    closed = replace(link.synced.seen, standing=Standing(False, "completed"))
    synced = Synced(closed, replace(link.synced.written, closed=ours), Wanted())
    card = replace(board.card, forge=replace(board.forge, issue=replace(link, synced=synced)))
    board.state = replace(board.state, cards={"c1": card})
    board.note(CardReopened(10.0, "c1"))
    switch = board.wanted.switch
    assert (switch is not None and switch.open) is ours


def test_a_discarded_card_leaves_nothing_of_orchs_on_its_issue() -> None:
    board = Board()
    board.claimed()
    board.started()
    seen = replace(SEEN, labels=("bug", "in progress", "orch"), assignees=("ada", "bob"))
    link = board.link
    synced = Synced(seen, replace(link.synced.written, assignee="ada"), link.synced.wanted)
    card = replace(board.card, forge=replace(board.forge, issue=replace(link, synced=synced)))
    board.state = replace(board.state, cards={"c1": card})
    board.finished("discard")
    assert board.wanted == Wanted(no_labels=("in progress", "orch"), no_assignees=("ada",))
    assert (board.link.claim, board.link.parting) == ("releasing", TEXTS["discarded"])
    board.note(CardReopened(10.0, "c1"))
    assert board.link.claim == "wanted", "it is claimed again"
    assert board.stage == "backlog", "what it shows follows from the claim"


def test_a_removed_card_is_kept_until_the_forge_knows() -> None:
    board = Board()
    board.claimed()
    board.removed()
    assert "c1" not in board.state.cards
    assert (board.link.claim, board.link.parting) == ("releasing", REMOVED)
    board.note(ItemReleased(11.0, "c1", ITEM))
    assert board.state.departed == {}


def test_work_that_landed_is_closed_though_its_card_was_removed_meanwhile() -> None:
    board = Board()
    board.claimed()
    board.started()
    board.finished("merge")
    board.removed()
    assert board.stage == "landed"
    board.note(ItemPublished(12.0, "c1", ITEM, *published(board.link, lambda _: RULES)))
    assert board.wanted.switch is not None
    assert board.link.parting == "", "the comment that names the commit stays"


def test_a_card_without_an_issue_leaves_nothing_behind() -> None:
    board = Board()
    board.started()
    board.state = replace(board.state, cards={"c1": replace(board.card, launch=None)})
    board.removed()
    assert (board.state.cards, board.state.departed) == ({}, {})
