"""A hub without a disk, and the world around it: everything goes as in the hub, one thing after the other."""

from collections.abc import Iterable

from orchestrator.core.board.shown import start_queue
from orchestrator.core.commands import Command, Rejected
from orchestrator.core.decide import decide
from orchestrator.core.effects import (
    AddWorktree,
    CardEffect,
    EndSession,
    MakeLanding,
    MoveBase,
    OpenWindow,
    RemoveWorktree,
    SetUpWorktree,
    TypePrompt,
    opening,
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
    subject,
)
from orchestrator.core.evolve import evolve
from orchestrator.core.follow import Capacity, admit, completed
from orchestrator.core.landing.events import BranchMerged, LandingMade
from orchestrator.core.landing.queue import admitted
from orchestrator.core.literals import StageOutcome
from orchestrator.core.model import Card, Failure, Landed, State, Worktree
from orchestrator.core.sessions.prompt_events import PromptPasted, PromptPasting
from orchestrator.core.sessions.prompts import overdue, receipt
from orchestrator.core.sessions.signals import PaneDied, PromptTaken, RegistrySaid, Signal, TurnEnded
from orchestrator.core.sessions.transitions import transition
from orchestrator.core.workflow.begin import begin
from orchestrator.core.workflow.commands import ReportStage, StartRun
from orchestrator.core.workflow.effects import (
    BeginStage,
    EndScript,
    GatherEvidence,
    RunEffect,
    RunScript,
    owed_to,
)
from orchestrator.core.workflow.events import EvidenceGathered, ScriptEnded, StageAsked, StageBlocked
from orchestrator.core.workflow.follow import due
from orchestrator.core.workflow.plan import Workflow
from orchestrator.core.workflow.progress import stage_of
from orchestrator.core.workflow.run import Evidence, Run, ScriptResult, StageState
from tests.core.workflow.outside import Agent, Outside, Process
from tests.core.workflow.rules import Rules

Effect = CardEffect | RunEffect
ROOM = Capacity(max_sessions=4, more=3, memory="")
MOST_AT_ONCE = 300
"""More events than may follow from one."""


class World:
    """What the hub knows, what its journal holds, and what is outside."""

    def __init__(self) -> None:
        self.state = State()
        self.journal: list[Event] = []
        self.outside = Outside()
        self.rules = Rules()
        self.now = 1000.0
        self.ids = 0

    # --- the hub -----------------------------------------------------------------------------------

    def take(self, *events: Event) -> None:
        taken: list[Event] = []
        more = events or self._following(())
        while more:
            for event in more:
                before, self.state = self.state, evolve(self.state, event)
                self.rules.hold(before, event, self.state)
                taken.append(event)
            assert len(taken) < MOST_AT_ONCE, f"no end of it: {taken[-6:]}"
            more = self._following(taken)
        self.journal += taken
        self.rules.hold_at_rest(self.state, self.now)

    def submit(self, command: Command) -> Rejected | None:
        decision = decide(self.state, command, self.now)
        self.rules.hold_for(self.state, command, decision)
        if isinstance(decision, Rejected):
            return decision
        self.take(*decision)
        return None

    def start(self, workflow: Workflow, *, headless: bool = False) -> str:
        """The id of a new run."""
        run = f"r{self.state.next_run}"
        repo = self.outside.look("").repo
        assert self.submit(StartRun(workflow, "", "w.yml", repo, (), headless)) is None
        return run

    def tick(self) -> None:
        for agent in list(self.outside.agents.values()):
            card = self.state.cards.get(agent.card)
            if agent.doing == "idle" and card and card.session and not card.session.facts.registry:
                self.hear(agent, RegistrySaid(self.now, "idle"))  # said before its window was known here
        for card in list(self.state.cards.values()):
            if late := overdue(card, self.now):
                self.take(*late)
        for run in list(self.state.runs.values()):
            if more := due(self.state, run, self.now):
                self.take(*more)
        self.take()

    def crash(self) -> None:
        """The hub is killed and started again: it has its journal, and nothing else."""
        state = State()
        for event in self.journal:
            state = evolve(state, event)
        assert state == self.state
        self.state = state

    def fresh(self) -> str:
        self.ids += 1
        return f"id{self.ids}"

    def signal(self, card_id: str, signal: Signal) -> None:
        card = self.state.cards.get(card_id)
        if card is None or card.session is None:
            return
        after = transition(card.session, signal)
        told = (SessionChanged(signal.at, card_id, after),) if after != card.session else ()
        if events := (*told, *receipt(card, signal)):
            self.take(*events)

    def run(self, run: str = "r1") -> Run:
        return self.state.runs[run]

    def _following(self, taken: Iterable[Event]) -> tuple[Event, ...]:
        touched = dict.fromkeys(subject(event) for event in taken)
        cards = [self.state.cards[each] for each in touched if each in self.state.cards]
        for each in dict.fromkeys((*touched, *(card.run for card in cards))):
            card, run = self.state.cards.get(each), self.state.runs.get(each)
            if card and (done := completed(card, self.now)):
                return done
            if run and (more := due(self.state, run, self.now)):
                return more
        landing = admitted(self.state, self.now)
        return landing or (admit(self.state, ROOM, self.now) if start_queue(self.state) else ())

    # --- wishes ------------------------------------------------------------------------------------

    def wishes(self) -> list[Effect]:
        cards = [owed(card) for card in self.state.cards.values()]
        runs = [wish for run in self.state.runs.values() for wish in owed_to(run, self.now)]
        return [*(wish for wish in cards if wish), *runs]

    def carry_out(self, wish: Effect, *, fails: bool = False, killed: bool = False) -> None:
        """Does it in the world. With `killed` the hub does not live to write down what came of it."""
        events = self._done(wish, fails=fails, killed=killed)
        if killed:
            self.crash()
        else:
            self.take(*events)

    def _done(self, wish: Effect, *, fails: bool, killed: bool) -> tuple[Event, ...]:
        match wish:
            case BeginStage():
                run = self.state.runs[wish.run]
                stage = run.workflow.stage(wish.stage)
                return begin(self.state, run, stage, self.outside.look(self.fresh()), self.now)
            case RunScript():
                return self._script(wish, fails=fails)
            case EndScript():
                process = self.outside.processes.get((wish.run, wish.stage, wish.attempt))
                result = None
                if process:
                    process.exit_code = -15 if process.exit_code is None else process.exit_code
                    result = ScriptResult(process.exit_code, "", 1.0)
                return (ScriptEnded(self.now, wish.run, wish.stage, wish.attempt, result),)
            case GatherEvidence():
                return (EvidenceGathered(self.now, wish.run, wish.gate, Evidence(cost_usd=self.now)),)
            case _:
                return self._for_card(self.state.cards[wish.card], wish, fails=fails, killed=killed)

    def _script(self, wish: RunScript, *, fails: bool) -> tuple[Event, ...]:
        process = self.outside.processes.setdefault((wish.run, wish.stage, wish.attempt), Process())
        if process.exit_code is None and fails:
            del self.outside.processes[wish.run, wish.stage, wish.attempt]
            return (StageBlocked(self.now, wish.run, wish.stage, "nobody knows how its script ended"),)
        if process.exit_code is None:
            return ()
        result = ScriptResult(process.exit_code, "the end of it", 1.0)
        return (ScriptEnded(self.now, wish.run, wish.stage, wish.attempt, result),)

    def _for_card(self, card: Card, wish: CardEffect, *, fails: bool, killed: bool) -> tuple[Event, ...]:
        failure = Failure("it failed", "the disk is full", "", self.now)
        match wish:
            case AddWorktree() | SetUpWorktree() | OpenWindow() if fails:
                return (StartFailed(self.now, card.id, failure),)
            case MakeLanding() | MoveBase() | RemoveWorktree() if fails:
                return (EndingFailed(self.now, card.id, failure),)
            case AddWorktree():
                if self.outside.add_worktree(card.branch, card.path):
                    return (StartFailed(self.now, card.id, failure),)
                return (WorktreeAdded(self.now, card.id, Worktree(card.path, card.branch, "abc", made=True)),)
            case SetUpWorktree():
                return (SetupFinished(self.now, card.id),)
            case OpenWindow():
                return self._opened(card, wish)
            case TypePrompt():
                return self._typed(card, wish, killed=killed)
            case EndSession():
                if agent := self.outside.agents.pop((card.id, wish.run), None):
                    agent.doing = "gone"
                return (SessionClosed(self.now, card.id, wish.run),)
            case MakeLanding():
                assert card.ending is not None
                made = Landed(card.ending.how, card.branch, "tip", card.base, "abc", "def")
                return (LandingMade(self.now, card.id, made),)
            case MoveBase():
                return (BranchMerged(self.now, card.id, "def"),)
            case RemoveWorktree():
                self.outside.remove_worktree(card.path)
                return (WorktreeRemoved(self.now, card.id, "refs/orch/rescue/x" if wish.rescue else ""),)
            case _:
                raise AssertionError(wish)

    def _opened(self, card: Card, wish: OpenWindow) -> tuple[Event, ...]:
        assert card.launch is not None
        terminal = card.where == "local"
        found = card.launch.session_id in self.outside.conversations
        text = opening(card, card.launch, found=found)
        box = [text] if text else []
        agent = self.outside.agents.setdefault((card.id, wish.run), Agent(card.id, wish.run, terminal, box))
        window, pane = ("@1", "%1") if agent.terminal else ("", "")
        opened = WindowOpened(self.now, card.id, wish.run, window, pane, 7, 1, resumed=found)
        return (opened,)

    def _typed(self, card: Card, wish: TypePrompt, *, killed: bool) -> tuple[Event, ...]:
        assert card.session is not None
        text = next(prompt.text for prompt in card.outbox if prompt.id == wish.prompt)
        pasting = PromptPasting(self.now, card.id, wish.prompt)
        if agent := self.outside.agents.get((card.id, card.session.run)):
            agent.box.append(text)
        if killed:
            self.take(pasting)
        return (pasting, PromptPasted(self.now, card.id, wish.prompt))

    # --- agents ------------------------------------------------------------------------------------

    def takes_prompt(self, agent: Agent) -> None:
        """It begins a turn with the next prompt in its box; without one, it comes up idle."""
        if not agent.box:
            agent.doing = "idle"
            self.hear(agent, RegistrySaid(self.now, "idle"))
            return
        text = agent.box.pop(0)
        agent.doing = "turn"
        card = self.state.cards.get(agent.card)
        if card and card.session:
            self.outside.conversations.add(card.session.session_id)
        self.rules.takes(card, text)
        self.hear(agent, PromptTaken(self.now, text))
        self.hear(agent, RegistrySaid(self.now, "busy"))

    def reports(
        self, agent: Agent, outcome: StageOutcome = "done", summary: str = "", handoff: str = ""
    ) -> None:
        number = self.fresh()
        said = ReportStage(
            agent.card, outcome, summary or f"summary-{number}.", handoff or f"handoff-{number}."
        )
        self.submit(said)

    def ends_turn(self, agent: Agent, background: tuple[str, ...] = ()) -> None:
        """Once in an attempt it is asked to report first, and goes on."""
        card = self.state.cards.get(agent.card)
        own = stage_of(self.state, card) if card else None
        silent = own and own.state is StageState.RUNNING and not (own.asked or own.report or background)
        if silent and card and not card.outbox and not card.ending:
            self.take(StageAsked(self.now, card.run, card.stage))
            return
        self.now += 1
        agent.doing = "idle"
        self.hear(agent, TurnEnded(self.now, "done so far", background))
        self.hear(agent, RegistrySaid(self.now, "shell" if background else "idle"))
        if not agent.terminal:
            self.dies(agent, 0)

    def dies(self, agent: Agent, exit_code: int = 1) -> None:
        agent.doing = "gone"
        self.hear(agent, PaneDied(self.now, exit_code))

    def hear(self, agent: Agent, signal: Signal) -> None:
        card = self.state.cards.get(agent.card)
        if card and card.session and card.session.run == agent.run:
            self.signal(agent.card, signal)

    def agent_of(self, stage: str, run: str = "r1") -> Agent:
        """The newest agent that has the stage in hand."""
        card = self.run(run).stages[stage].card
        return next(agent for key, agent in reversed(self.outside.agents.items()) if key[0] == card)
