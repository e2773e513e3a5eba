"""What holds for every sequence of signals and commands."""

import asyncio
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.core.board.columns import place
from orchestrator.core.board.shown import view
from orchestrator.core.commands import (
    Command,
    FinishCard,
    NewCard,
    Rejected,
    RemoveCard,
    ResumeCard,
    SendPrompt,
    StartCard,
)
from orchestrator.core.decide import decide
from orchestrator.core.effects import (
    AddWorktree,
    EndSession,
    MakeLanding,
    MoveBase,
    OpenWindow,
    RemoveWorktree,
    SetUpWorktree,
    TypePrompt,
    alive,
    may_type,
    owed,
)
from orchestrator.core.events import (
    EndingFailed,
    Event,
    SessionChanged,
    SessionClosed,
    SetupFinished,
    StartFailed,
    WindowOpened,
    WorktreeAdded,
    WorktreeRemoved,
)
from orchestrator.core.evolve import evolve
from orchestrator.core.follow import Capacity, admit, completed, running
from orchestrator.core.landing.events import BranchMerged, LandingMade, LandingOutdated
from orchestrator.core.landing.queue import admitted, lands, waits
from orchestrator.core.literals import Finishing
from orchestrator.core.model import Card, Column, Failure, Landed, State, Worktree
from orchestrator.core.requests.cards import (
    Acknowledge,
    CancelLanding,
    Hold,
    Release,
    Reopen,
    Restart,
    Shelve,
    Stop,
)
from orchestrator.core.sessions.model import Evidence, Facts, Session, Signs, Source, Status
from orchestrator.core.sessions.prompt_events import PromptPasted, PromptPasting
from orchestrator.core.sessions.signals import Signal
from orchestrator.core.sessions.states import OVER, STATES
from orchestrator.core.sessions.transitions import transition
from orchestrator.core.worktrees.repo import Loss, RepoFacts
from orchestrator.store.journal import Journal
from tests.core.strategies import signals
from tests.examples import examples

ROOM = Capacity(max_sessions=3, more=2, memory="")


def session() -> Session:
    said = Evidence(Source.ORCH, "opened window", 100.0)
    return Session(1, "s1", 100.0, Status.STARTING, 100.0, "", said, facts=Facts(first_prompt=True))


@given(st.lists(signals, max_size=40))
def test_every_sequence_of_signals_leaves_a_valid_session(sequence: list[Signal]) -> None:
    now = session()
    for signal in sequence:
        before, now = now, transition(now, signal)
        assert now.status in STATES
        assert now.run == before.run
        assert now.since >= 100.0
        if before.status in OVER:
            assert now.status is before.status
        if now.status not in OVER:
            assert now.why or now.status in (Status.RETRYING, Status.ERROR, Status.RATE_LIMITED, *NAMED)


NAMED = (Status.PERMISSION, Status.QUESTION, Status.PLAN, Status.SETUP)


@given(st.lists(signals, max_size=40))
def test_a_prompt_is_never_typed_unless_the_registry_says_that_the_agent_rests(
    sequence: list[Signal],
) -> None:
    now = session()
    for signal in sequence:
        now = transition(now, signal)
        if may_type(now):
            assert now.facts.registry in ("idle", "shell")
            assert not now.facts.asks


@given(st.lists(signals, max_size=40), st.data())
def test_a_signal_that_is_told_twice_in_a_row_changes_nothing_more(
    sequence: list[Signal], data: st.DataObject
) -> None:
    now = session()
    for signal in sequence:
        now = transition(now, signal)
    again = data.draw(signals)
    once = transition(now, again)
    assert transition(once, again).status is once.status


class Life:
    """A board whose world answers at random, as far as the rules let it."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.state = State()
        self.events: list[Event] = []
        self.now = 100.0
        self.ids = 0

    def take(self, *events: Event) -> None:
        queue = list(events)
        while queue:
            event = queue.pop(0)
            self.state = evolve(self.state, event)
            self.events.append(event)
            if not queue:
                queue += admit(self.state, ROOM, self.now)
            if not queue:
                queue += admitted(self.state, self.now)
            if not queue:
                for card in self.state.cards.values():
                    if done := completed(card, self.now):
                        queue += done
                        break

    def fresh(self) -> str:
        self.ids += 1
        return f"id{self.ids}"

    def card(self) -> Card | None:
        return self.draw(st.sampled_from(list(self.state.cards.values()))) if self.state.cards else None

    def command(self) -> None:
        loss = self.draw(st.sampled_from([Loss(), Loss(changed=("a.py",)), Loss(commits=("abc x",))]))
        card = self.draw(st.sampled_from([*self.state.cards, "c99"])) if self.state.cards else "c99"
        yes = self.draw(st.booleans())
        endings: tuple[Finishing, ...] = ("merge", "squash", "rebase", "keep", "discard")
        how = self.draw(st.sampled_from(endings))
        commands: list[Command] = [
            self.new(),
            StartCard(card, self.fresh()),
            Stop(card),
            ResumeCard(card),
            Restart(card),
            SendPrompt(card, self.fresh(), "go on", yes),
            Hold(card, "wait"),
            Release(card),
            Shelve(card),
            FinishCard(card, how, yes, loss),
            Reopen(card),
            Acknowledge(card),
            CancelLanding(card),
            RemoveCard(card, yes, loss, force=self.draw(st.booleans())),
        ]
        command = self.draw(st.sampled_from(commands))
        decision = decide(self.state, command, self.now)
        if isinstance(decision, Rejected):
            assert decision.what
            return
        if isinstance(command, RemoveCard) or (isinstance(command, FinishCard) and command.how == "discard"):
            assert command.loss.nothing or command.rescue
        self.take(*decision)

    def new(self) -> NewCard:
        used = frozenset(card.branch for card in self.state.cards.values())
        repo = RepoFacts("/r/shop", "main", "abc", used | {"main"}, (("main", "/r/shop"),))
        title = self.draw(st.sampled_from(["Auth refactor", "[/x]", "Tests"]))
        template = "{parent}/{repo}-orch/{slug}"
        backlog = self.draw(st.booleans())
        return NewCard(
            title, "do it", repo, "", "", "", "", "", backlog, template, "orch/{slug}", "/h", self.fresh()
        )

    def signal(self) -> None:
        card = self.card()
        if card and card.session:
            self.take(SessionChanged(self.now, card.id, transition(card.session, self.draw(signals))))

    def world(self) -> None:
        card = self.card()
        wish = owed(card) if card else None
        if card is None or wish is None:
            return
        failure = Failure("it failed", "why", "hint", self.now)
        fails = self.draw(st.integers(0, 5)) == 0
        match wish:
            case AddWorktree() | SetUpWorktree() | OpenWindow() if fails:
                self.take(StartFailed(self.now, card.id, failure))
            case MakeLanding() | MoveBase() | RemoveWorktree() if fails:
                self.take(EndingFailed(self.now, card.id, failure))
            case AddWorktree():
                self.take(WorktreeAdded(self.now, card.id, Worktree(card.path, card.branch, "abc", True)))
            case SetUpWorktree():
                self.take(SetupFinished(self.now, card.id))
            case OpenWindow():
                self.take(WindowOpened(self.now, card.id, wish.run, "@1", "%1", 7, 1))
            case TypePrompt():
                self.take(PromptPasting(self.now, card.id, wish.prompt))
                self.take(PromptPasted(self.now, card.id, wish.prompt))
            case EndSession():
                self.take(SessionClosed(self.now, card.id, wish.run))
            case MakeLanding():
                assert card.ending is not None
                made = Landed(card.ending.how, card.branch, "tip", card.base, "abc", "def")
                self.take(LandingMade(self.now, card.id, made))
            case MoveBase() if self.draw(st.booleans()):
                self.take(LandingOutdated(self.now, card.id))
            case MoveBase():
                self.take(BranchMerged(self.now, card.id, "def"))
            case RemoveWorktree():
                self.take(WorktreeRemoved(self.now, card.id, "refs/orch/rescue/x" if wish.rescue else ""))


@st.composite
def lives(draw: st.DrawFn) -> Life:
    life = Life(draw)
    for _ in range(draw(st.integers(1, 30))):
        life.now += 1
        draw(st.sampled_from([life.command, life.command, life.world, life.world, life.signal]))()
        check(life.state)
    return life


def check(state: State) -> None:
    """The rules that no life of a board may break."""
    assert running(state) + sum(1 for card in state.cards.values() if card.launch) <= len(state.cards)
    slugs = [card.slug for card in state.cards.values()]
    assert len(slugs) == len(set(slugs))
    for card in state.cards.values():
        placing = place(card)
        column, state_word, reason, since = placing.column, placing.state, placing.reason, placing.since
        assert since > 0
        assert state_word in {*(each.value for each in Status), "new", "queued"}
        if column is Column.BLOCKED and not (card.session and card.session.status in NAMED):
            assert reason
        if card.finished:
            assert column is Column.DONE
        assert view(card).attention >= 0
        assert not (card.launch and alive(card)), "one session at a time"
        assert card.ending is None or owed(card) is not None or waits(card), "an ending has something to do"
    landing = [card for card in state.cards.values() if lands(card) and not waits(card)]
    assert len({card.repo for card in landing}) == len(landing), "one landing at a time in a repository"
    idle = {card.repo for card in state.cards.values() if waits(card)} - {card.repo for card in landing}
    assert not idle, "whoever waits to land waits for somebody"


@settings(max_examples=examples(150))
@given(lives())
def test_no_life_of_a_board_breaks_its_rules_and_replaying_it_gives_the_same_state(life: Life) -> None:
    state = State()
    for event in life.events:
        state = evolve(state, event)
    assert state == life.state
    assert running(state) <= ROOM.max_sessions


@settings(max_examples=examples(15))
@given(lives())
def test_the_journal_gives_back_the_state_that_its_events_made(life: Life) -> None:
    async def write(path: Path) -> None:
        journal = Journal(path)
        state = journal.load()
        for event in life.events:
            state = evolve(state, event)
            await journal.append([event], state)
        journal.close()

    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        asyncio.run(write(path))
        again = Journal(path)
        try:
            assert again.load() == life.state
        finally:
            again.close()


def test_signs_of_life_are_not_worth_remembering() -> None:
    from orchestrator.core.sessions.transitions import worth_remembering

    now = session()
    assert not worth_remembering(now, replace(now, signs=Signs(last_at=500.0), why="else"))
    assert worth_remembering(now, replace(now, unread=True))
