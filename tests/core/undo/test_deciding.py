"""Which act is undone, what refuses it, and what becomes of the card."""

from dataclasses import replace

import pytest

from orchestrator.core.commands import (
    Command,
    FinishCard,
    Rejected,
    RemoveCard,
    SendPrompt,
    StartCard,
    UndoAct,
)
from orchestrator.core.decide import decide
from orchestrator.core.effects import MoveBaseBack, RestoreWorktree, owed
from orchestrator.core.events import EndingFailed, Event, SessionClosed, WorktreeRemoved
from orchestrator.core.evolve import evolve
from orchestrator.core.follow import completed
from orchestrator.core.landing.events import BranchMerged, LandingMade
from orchestrator.core.landing.queue import admitted
from orchestrator.core.model import Act, Card, Failure, Landed, State, Worktree
from orchestrator.core.requests.cards import Acknowledge, Hold, Pin, Release, Reopen, Shelve, Stop, Unpin
from orchestrator.core.sessions.model import Evidence, Facts, Session, Source, Status
from orchestrator.core.trust.caller import Speaker
from orchestrator.core.undo.acts import with_act
from orchestrator.core.undo.decide import WITHIN, last_act
from orchestrator.core.undo.events import BaseMovedBack, WorktreeRestored
from orchestrator.core.undo.text import told
from orchestrator.core.worktrees.repo import Loss

ME, OTHER, SESSION = Speaker("ada"), Speaker("bo"), Speaker("ada", "session c9", "c9", "its process")
TREE = Worktree("/r-orch/1", "orch/1", "old", made=True)
SAID = Evidence(Source.ORCH, "it", 0.0)


def session(status: Status = Status.IDLE, *, unread: bool = False) -> Session:
    return Session(1, "s1", 0.0, status, 0.0, "idle", SAID, facts=Facts(registry="idle"), unread=unread)


def card(number: int = 1, **more: object) -> Card:
    made = Card(
        f"c{number}", f"n{number}", "A card", "", "/r", "main", f"orch/{number}", f"/r-orch/{number}", 0.0,
        worktree=replace(TREE, path=f"/r-orch/{number}", branch=f"orch/{number}"), set_up=True,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


class Board:
    """A board on which people and sessions act, without a world around it."""

    def __init__(self, *cards: Card) -> None:
        self.state = State(cards={each.id: each for each in cards})
        self.now = 0.0

    def take(self, *events: Event) -> None:
        more: tuple[Event, ...] = events
        while more:
            for event in more:
                self.state = evolve(self.state, event)
            done = [found for each in self.state.cards.values() if (found := completed(each, self.now))]
            more = done[0] if done else admitted(self.state, self.now)

    def does(self, command: Command, by: Speaker | None = ME) -> Rejected | None:
        self.now += 1.0
        decision = with_act(command, decide(self.state, command, self.now), by, self.now)
        if isinstance(decision, Rejected):
            return decision
        self.take(*decision)
        return None

    def undoes(self, of_card: str = "", by: Speaker = ME) -> str:
        """What refuses it; empty if it is undone or under way."""
        act = last_act(self.state, by.user, of_card, self.now)
        if isinstance(act, Rejected):
            return f"{act.what}: {act.why}"
        no = self.does(UndoAct(act.card, act.at, by.user, of_card))
        return f"{no.what}: {no.why}. {no.hint}" if no else ""

    def ends(self, rescue: str = "") -> None:
        """The world does what an ending owes."""
        name = next(each.id for each in self.state.cards.values() if each.ending)
        if self.state.cards[name].session:
            self.take(SessionClosed(self.now, name, 1))
        if name in self.state.cards and owed(self.state.cards[name]):
            self.take(WorktreeRemoved(self.now, name, rescue, tip="tip"))

    def lands(self, name: str, how: str = "merge") -> Landed:
        assert self.does(FinishCard(name, how, rescue=False, loss=Loss())) is None  # type: ignore[arg-type]
        made = Landed(how, "orch/1", "tip", "main", "old", "new")
        self.take(LandingMade(self.now, name, made))
        self.take(BranchMerged(self.now, name, "new"))
        self.ends()
        return made


@pytest.mark.parametrize(
    ("before", "command"),
    [
        (card(), Hold("c1", "wait")),
        (card(held="wait"), Hold("c1", "wait for Bo")),
        (card(held="wait"), Release("c1")),
        (card(), Pin("c1")),
        (card(pinned=True), Unpin("c1")),
        (card(finished="keep", finished_at=3.0, session=session()), Reopen("c1")),
        (card(session=session(unread=True)), Acknowledge("c1")),
        (card(session=session(), failure=Failure("a", "b", "c", 1.0)), Acknowledge("c1")),
    ],
)
def test_what_takes_no_effect_is_taken_back_at_once(before: Card, command: Command) -> None:
    board = Board(before)
    assert board.does(command) is None
    assert board.state.cards["c1"] != before
    assert board.undoes() == ""
    assert board.state.cards["c1"] == before
    assert board.undoes() == "nothing to undo: no act of yours in the last 24 hours"


def test_each_undo_goes_one_act_further_back_and_one_card_can_be_named() -> None:
    board = Board(card(1), card(2))
    for command in (Hold("c1", "a"), Pin("c2"), Hold("c1", "b")):
        board.does(command)
    assert board.undoes("c2") == ""
    assert (board.state.cards["c2"].pinned, board.state.cards["c1"].held) == (False, "b")
    assert board.undoes() == ""
    assert board.state.cards["c1"].held == "a"
    assert board.undoes() == ""
    assert board.state.cards["c1"].held is None


@pytest.mark.parametrize("by", [OTHER, SESSION])
def test_what_somebody_else_did_later_is_not_undone_with_it(by: Speaker) -> None:
    board = Board(card())
    board.does(Hold("c1", "mine"))
    board.does(Hold("c1", "theirs"), by)
    assert f"the hold of c1 by {by.origin or by.user} came after it" in board.undoes()
    assert board.state.cards["c1"].held == "theirs"


def test_what_somebody_else_did_later_to_something_else_of_the_card_stays() -> None:
    board = Board(card())
    board.does(Pin("c1"))
    board.does(Hold("c1", "theirs"), OTHER)
    assert board.undoes() == ""
    assert (board.state.cards["c1"].pinned, board.state.cards["c1"].held) == (False, "theirs")


def test_only_what_the_person_did_is_undone() -> None:
    board = Board(card())
    board.does(Hold("c1", "session"), SESSION)
    board.does(Pin("c1"), OTHER)
    board.does(Hold("c1", "orch"), None)
    assert board.undoes().startswith("nothing to undo")
    assert board.undoes(by=OTHER) == ""
    assert board.state.cards["c1"].held == "orch"


def test_what_changed_otherwise_meanwhile_is_not_undone() -> None:
    board = Board(card(1), card(2), card(3, session=session(unread=True)))
    board.does(Hold("c1", "a"))
    board.does(Release("c1"), None)
    assert "it was released since" in board.undoes()
    board.does(Pin("c2"))
    board.does(Unpin("c2"), None)
    assert "it was unpinned since" in board.undoes()
    board.does(Acknowledge("c3"))
    gone_on = replace(board.state.cards["c3"].session, facts=Facts(turn_at=9.0))  # type: ignore[type-var]
    board.state = replace(board.state, cards={"c3": card(3, session=gone_on)})
    assert "its session has gone on since" in board.undoes()


def test_an_act_of_yesterday_is_not_undone() -> None:
    board = Board(card())
    board.does(Hold("c1", "a"))
    board.now += WITHIN - 1
    assert board.undoes() == ""
    board.does(Hold("c1", "a"))
    board.now += WITHIN + 1
    assert "nothing to undo" in board.undoes()


def test_another_act_than_the_one_that_was_seen_is_not_undone() -> None:
    board = Board(card())
    board.does(Hold("c1", "a"))
    seen = last_act(board.state, "ada", "", board.now)
    assert isinstance(seen, Act)
    board.does(Pin("c1"))
    no = board.does(UndoAct("c1", seen.at, "ada"))
    assert no is not None
    assert (no.what, no.why) == ("nothing was undone", "the last act is the pin of c1 by now")


def test_a_prompt_is_not_undone_and_says_what_to_do() -> None:
    board = Board(card(session=replace(session(), pane="%1")))
    board.does(SendPrompt("c1", "p1", "Go on.", queue=True))
    said = board.undoes()
    assert "cannot undo the prompt to c1: the session has it" in said
    assert "orch nudge n1 interrupt" in said


def live(number: int) -> Card:
    return card(number, session=replace(session(), pane=f"%{number}"))


def skipped(board: Board, of_card: str = "") -> tuple[str, ...]:
    """What undoing skips; it asks first if it skips anything."""
    act = last_act(board.state, "ada", of_card, board.now)
    assert isinstance(act, Act)
    what = told(board.state, act, of_card)
    assert what.asks or not what.skipped
    return what.skipped


def test_undo_goes_to_the_last_act_before_a_prompt_and_a_stop_and_names_them() -> None:
    board = Board(live(1), live(2))
    board.does(Hold("c1", "a"))
    board.does(Pin("c1"))
    board.does(SendPrompt("c1", "p1", "Go on.", queue=True))
    board.does(Stop("c2"))
    assert skipped(board) == ("stop of c2", "prompt to c1")
    assert skipped(board, "c1") == ("prompt to c1",)
    assert board.undoes() == ""
    assert (board.state.cards["c1"].pinned, board.state.cards["c1"].held) == (False, "a")
    assert board.undoes("c1") == ""
    assert board.state.cards["c1"].held is None
    assert [each.id for each in board.state.cards["c1"].outbox] == ["p1"]
    assert "cannot undo the stop of c2" in board.undoes()
    board.does(Pin("c1"))
    assert skipped(board) == ()


def test_undo_skips_an_act_of_which_nothing_is_left() -> None:
    board = Board(card(1), card(2))
    board.does(Pin("c1"))
    board.does(Hold("c2", "a"))
    board.does(Release("c2"), None)
    assert skipped(board) == ("hold of c2",)
    assert board.undoes() == ""
    assert not board.state.cards["c1"].pinned


def test_undo_does_not_go_past_what_somebody_else_did_since_or_what_is_in_progress() -> None:
    board = Board(card(1), card(2), card(3))
    board.does(Pin("c1"))
    board.does(Hold("c2", "mine"))
    board.does(Hold("c2", "theirs"), OTHER)
    said = board.undoes()
    assert "the hold of c2 by bo came after it" in said
    assert "orch undo CARD" in said
    board.does(FinishCard("c3", "merge", rescue=False, loss=Loss()))
    assert "finish is in progress" in board.undoes()
    assert board.state.cards["c1"].pinned


def test_a_reopened_card_that_starts_is_not_put_back_into_done() -> None:
    board = Board(card(finished="keep", finished_at=3.0))
    board.does(Reopen("c1"))
    assert board.does(StartCard("c1", "s1")) is None
    assert board.state.cards["c1"].launch is not None
    assert "cannot undo the start of c1" in board.undoes()
    assert board.state.cards["c1"].finished is None


def test_a_session_that_was_sent_a_prompt_is_not_unread_again() -> None:
    board = Board(card(session=replace(session(unread=True), pane="%1")))
    board.does(Acknowledge("c1"))
    board.does(SendPrompt("c1", "p1", "Go on.", queue=True))
    assert "cannot undo the prompt to c1" in board.undoes()
    assert getattr(board.state.cards["c1"].session, "unread", None) is False


def test_a_card_sent_to_the_backlog_is_back_and_its_session_resumed() -> None:
    board = Board(card(session=session()))
    board.does(Shelve("c1"))
    board.ends()
    assert board.state.cards["c1"].shelved
    assert board.undoes() == ""
    back = board.state.cards["c1"]
    assert (back.shelved, back.ending) == (False, None)
    assert back.launch is not None
    assert (back.launch.session_id, back.launch.resume, back.launch.run) == ("s1", True, 2)


@pytest.mark.parametrize(
    ("before", "resumed"),
    [
        (card(session=session()), True),
        (card(session=session(), held="wait"), False),
        (card(session=session(), run="r1", stage="build"), False),
        (card(session=session(), where="headless"), False),
        (card(session=replace(session(Status.EXITED), closed=True)), False),
        (card(), False),
    ],
)
def test_only_a_session_that_was_running_is_resumed(before: Card, resumed: bool) -> None:
    board = Board(before)
    board.does(FinishCard("c1", "keep", rescue=False, loss=Loss()))
    if before.session and not before.session.closed:
        board.ends()
    assert board.state.cards["c1"].finished == "keep"
    assert board.undoes() == ""
    back = board.state.cards["c1"]
    assert (back.finished, back.finished_at, back.launch is not None) == (None, None, resumed)
    assert resumed or back.held == before.held


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_a_landing_is_taken_back_worktree_first_then_the_base(how: str) -> None:
    board = Board(card())
    made = board.lands("c1", how)
    assert board.state.cards["c1"].finished == how
    assert board.undoes() == ""
    assert owed(board.state.cards["c1"]) == RestoreWorktree("c1")
    assert board.state.cards["c1"].finished == how, "until it is undone"
    board.take(WorktreeRestored(board.now, "c1", TREE))
    assert owed(board.state.cards["c1"]) == MoveBaseBack("c1")
    assert getattr(board.state.cards["c1"].ending, "made", None) == made
    board.take(BaseMovedBack(board.now, "c1", "old"))
    back = board.state.cards["c1"]
    assert (back.finished, back.landed, back.worktree, back.ending) == (None, None, TREE, None)
    assert board.undoes().startswith("nothing to undo")


def test_an_undo_that_fails_leaves_the_card_finished_and_can_be_asked_for_again() -> None:
    board = Board(card())
    board.lands("c1")
    board.undoes()
    board.take(EndingFailed(board.now, "c1", Failure("not moved", "pushed", "", 1.0)))
    failed = board.state.cards["c1"]
    assert (failed.finished, failed.ending) == ("merge", None)
    assert board.undoes() == ""
    assert owed(board.state.cards["c1"]) == RestoreWorktree("c1")


def test_a_landing_that_waits_for_its_turn_is_taken_out_of_the_queue() -> None:
    board = Board(card(1), card(2))
    for name in ("c1", "c2"):
        board.does(FinishCard(name, "merge", rescue=False, loss=Loss()))
    assert board.undoes() == ""
    assert board.state.cards["c2"].ending is None
    assert "finish is in progress" in board.undoes()


def test_a_landing_that_was_refused_is_no_act() -> None:
    board = Board(card())
    board.does(Pin("c1"))
    board.does(FinishCard("c1", "merge", rescue=False, loss=Loss()))
    board.take(EndingFailed(board.now, "c1", Failure("not merged", "conflict", "", 1.0)))
    assert board.undoes() == ""
    assert not board.state.cards["c1"].pinned


def test_a_removed_card_is_back_with_all_that_belongs_to_it() -> None:
    before = card(held="wait", labels=("x",), pinned=True, session=session())
    board = Board(before)
    board.does(RemoveCard("c1", rescue=True, loss=Loss()))
    board.ends("refs/orch/rescue/c1/now")
    assert "c1" not in board.state.cards
    assert board.undoes() == ""
    ending = board.state.cards["c1"].ending
    assert ending is not None
    assert ending.gone is not None
    assert (ending.gone.rescue, ending.gone.tip) == ("refs/orch/rescue/c1/now", "tip")
    board.take(WorktreeRestored(board.now, "c1", TREE))
    back = board.state.cards["c1"]
    assert back.session is not None
    assert back.session.status is Status.EXITED
    assert replace(back, session=before.session, set_up=True) == before


def test_a_removed_card_whose_name_is_taken_is_not_restored() -> None:
    board = Board(card())
    board.does(RemoveCard("c1", rescue=True, loss=Loss()))
    board.ends("refs/orch/rescue/c1/now")
    board.state = replace(board.state, cards={"c2": replace(card(2), slug="n1")})
    said = board.undoes()
    assert "c2 has its name n1 by now" in said
    assert "orch rescue restore refs/orch/rescue/c1/now" in said


def test_what_undoing_would_do_is_said_beforehand() -> None:
    board = Board(card(session=session()))
    board.lands("c1")
    act = last_act(board.state, "ada", "", board.now)
    assert isinstance(act, Act)
    what = told(board.state, act)
    assert (what.act, what.asks) == ("merge of c1", True)
    assert what.steps == (
        "Worktree /r-orch/1 and branch orch/1 are restored.",
        "main is back at old.",
        "c1 leaves Done.",
        "Its session is resumed.",
    )
