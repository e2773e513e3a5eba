"""What may befall a run: people, agents, scripts and a dying hub, at random; and the end of it."""

from random import Random

from orchestrator.core.commands import Command, FinishCard, RemoveCard, ResumeCard, SendPrompt, StartCard
from orchestrator.core.effects import alive
from orchestrator.core.literals import Finishing, StageOutcome
from orchestrator.core.requests.cards import Acknowledge, Hold, Reopen, Restart, Shelve, Stop
from orchestrator.core.requests.runs import CancelRun, PauseRun, ResumeRun, RetryStage, SkipStage
from orchestrator.core.sessions.model import Ask
from orchestrator.core.sessions.signals import Asked, RegistrySaid, TurnFailed
from orchestrator.core.workflow.commands import ApproveGate, DenyGate, MarkStage
from orchestrator.core.workflow.effects import RunScript
from orchestrator.core.workflow.plan import HumanGate
from orchestrator.core.workflow.progress import stage_of, works
from orchestrator.core.workflow.run import Run, RunState, StageState
from orchestrator.core.worktrees.repo import Loss
from tests.core.workflow.outside import ROOT, Agent
from tests.core.workflow.plans import PEOPLE
from tests.core.workflow.rules import sessions_left
from tests.core.workflow.world import World

_REPORTED: list[StageOutcome] = [*("done",) * 4, "failed", "blocked"]
_REPORTED_LATE: list[StageOutcome] = [*("done",) * 6, "failed"]


class Life:
    """A world in which things happen by chance."""

    def __init__(self, random: Random) -> None:
        self.world = World()
        self.random = random
        self.by_hand: set[str] = set()
        """Cards whose sessions a human had a hand in."""

    def step(self) -> None:
        """One thing happens."""
        world = self.world
        world.now += self.random.choice([1, 1, 1, 20])
        what = self.random.choice(
            ["wish"] * 6 + ["agent"] * 5 + ["human"] * 2 + ["card", "place", "tick", "crash"]
        )
        match what:
            case "wish":
                self.wish()
            case "agent":
                if agents := self.agents():
                    self.acts(self.random.choice(agents))
            case "human":
                self.decides()
            case "card":
                self.moves_a_card()
            case "place":
                paths = list(world.outside.checked_out.values())
                world.outside.unclean ^= {self.random.choice([ROOT, *paths])}
            case "tick":
                world.tick()
            case _:
                world.crash()

    def wish(self) -> None:
        if wishes := self.world.wishes():
            wish = self.random.choice(wishes)
            if isinstance(wish, RunScript):
                self.script_goes_on(wish)
            self.world.carry_out(wish, fails=self.chance(8), killed=self.chance(8))

    def script_goes_on(self, wish: RunScript) -> None:
        process = self.world.outside.processes.get((wish.run, wish.stage, wish.attempt))
        if process and process.exit_code is None and self.chance(70):
            process.exit_code = self.random.choice([0, 0, 0, 1, -9])

    def agents(self) -> list[Agent]:
        return [agent for agent in self.world.outside.agents.values() if agent.doing != "gone"]

    def acts(self, agent: Agent) -> None:
        world = self.world
        if agent.doing == "asking":
            agent.doing = "turn"
            world.hear(agent, RegistrySaid(world.now, "busy"))
        elif agent.doing != "turn":
            if agent.doing == "idle" and not agent.box and self.chance(30):
                agent.box.append("typed by hand")
            if agent.box or agent.doing == "up":
                world.takes_prompt(agent)
        else:
            self.works(agent)

    def works(self, agent: Agent) -> None:
        world = self.world
        match self.random.choice(["report"] * 5 + ["end"] * 4 + ["esc", "fail", "die", "ask", "background"]):
            case "report":
                world.reports(agent, self.random.choice(_REPORTED))
            case "end":
                world.ends_turn(agent)
            case "background":
                world.ends_turn(agent, ("npm run dev",))
            case "esc":
                world.now += 1
                agent.doing = "idle"
                world.hear(agent, RegistrySaid(world.now, "idle"))
            case "fail":
                agent.doing = "idle"
                error = self.random.choice(["overloaded", "rate_limit"])
                world.hear(agent, TurnFailed(world.now, error, "try later"))
                world.hear(agent, RegistrySaid(world.now + 1, "idle"))
            case "ask":
                agent.doing = "asking"
                ask = Ask("permission", "Bash", "Bash: ls", world.now, id=f"{agent.card}.{world.fresh()}")
                world.hear(agent, Asked(world.now, ask))
                world.hear(agent, RegistrySaid(world.now, "waiting", "permission prompt", wait="permission"))
            case _:
                world.dies(agent)

    def decides(self) -> None:
        """A human asks something of a run: whatever it is, it is done or refused."""
        if not self.world.state.runs:
            return
        run = self.random.choice(list(self.world.state.runs.values()))
        stage = self.random.choice(list(run.stages))
        note = f"note-{self.world.fresh()}."
        commands: list[Command] = [
            PauseRun(run.id),
            ResumeRun(run.id),
            RetryStage(run.id, stage, self.random.choice(["", note])),
            RetryStage(run.id, run.stopping or stage),
            SkipStage(run.id, stage),
            MarkStage(run.id, stage, self.random.choice(["done", "done", "failed"]), note, "ann"),
            *([CancelRun(run.id)] if self.chance(20) else []),
        ]
        if run.gates:
            gate = self.random.choice(run.gates[-3:])
            who = self.random.choice(PEOPLE)
            seen = self.random.choice([None, gate.version, gate.version, gate.version - 1])
            commands += [ApproveGate(run.id, gate.id, who, "cli", "", seen)] * 6
            commands += [DenyGate(run.id, gate.id, who, "cli", f"reason-{self.world.fresh()}.", seen)] * 3
        self.world.submit(self.random.choice(commands))

    def moves_a_card(self) -> None:
        if not self.world.state.cards:
            return
        card = self.random.choice(list(self.world.state.cards))
        fresh = self.world.fresh()
        commands: list[Command] = [
            Stop(card),
            StartCard(card, fresh),
            ResumeCard(card),
            Restart(card),
            SendPrompt(card, fresh, "go on", queue=self.chance(50)),
            Hold(card, "wait"),
            Shelve(card),
            Acknowledge(card),
            Reopen(card),
            FinishCard(card, "keep", rescue=False, loss=Loss()),
        ]
        if not self.is_shared(card):
            how: Finishing = self.random.choice(["merge", "discard"])
            commands += [
                RemoveCard(card, rescue=True, loss=Loss()),
                FinishCard(card, how, rescue=True, loss=Loss()),
            ]
        self.by_hand.add(card)
        self.world.submit(self.random.choice(commands))

    def is_shared(self, card_id: str) -> bool:
        """Whether others work where the card does: people do not take a worktree from under them."""
        state = self.world.state
        path = state.cards[card_id].path
        cards = [card for card in state.cards.values() if card.path == path and card.id != card_id]
        stages = [own for run in state.runs.values() for own in run.stages.values() if own.path == path]
        return any(alive(card) or card.launch for card in cards) or any(own.process for own in stages)

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    # --- the end -----------------------------------------------------------------------------------

    def comes_to_an_end(self) -> None:
        """Sessions report, scripts end, people decide whatever they are asked: soon every run has ended, and
        nothing is owed to it."""
        world = self.world
        stages = sum(len(run.stages) for run in world.state.runs.values())
        for _ in range(20 + 25 * stages):
            if not self.under_way():
                break
            world.now += 30
            world.tick()
            world.outside.unclean.clear()
            for wish in world.wishes():
                if wish in world.wishes():
                    if isinstance(wish, RunScript):
                        self.script_goes_on(wish)
                    world.carry_out(wish)
            for agent in self.agents():
                self.does_its_part(agent)
            for run in list(world.state.runs.values()):
                self.people_decide(run)
        assert not self.under_way(), "\n".join(map(str, world.state.runs.values()))
        world.crash()

    def is_tried_again(self) -> None:
        """Whatever stopped a run is done again, in the runs that ended by it."""
        for run in list(self.world.state.runs.values()):
            if run.state in (RunState.FAILED, RunState.DENIED):
                assert self.world.submit(RetryStage(run.id, run.stopping)) is None

    def under_way(self) -> list[object]:
        state = self.world.state
        runs = [run.id for run in state.runs.values() if run.state is RunState.RUNNING]
        left = [card for card in sessions_left(state) if card not in self.by_hand]
        return [*runs, *left, *(wish for wish in self.world.wishes() if not hasattr(wish, "card"))]

    def does_its_part(self, agent: Agent) -> None:
        world = self.world
        card = world.state.cards.get(agent.card)
        own = stage_of(world.state, card) if card else None
        if agent.doing == "asking":
            agent.doing = "turn"
            world.hear(agent, RegistrySaid(world.now, "busy"))
        if agent.doing == "turn":
            if own and works(own):
                world.reports(agent, self.random.choice(_REPORTED_LATE))
            world.ends_turn(agent)
        elif agent.box or agent.doing == "up":
            world.takes_prompt(agent)
        elif agent.card in self.by_hand and not (own and works(own)):
            world.submit(Stop(agent.card))

    def people_decide(self, run: Run) -> None:
        world = self.world
        if run.paused:
            world.submit(ResumeRun(run.id))
        for gate in run.gates:
            rule = run.workflow.stage(gate.stage).does
            assert isinstance(rule, HumanGate)
            for who in rule.approvers or PEOPLE:
                world.submit(ApproveGate(run.id, gate.id, who, "tui", "", None))
        for name in run.stages:
            own = world.run(run.id).stages[name]
            card = world.state.cards.get(own.card)
            idle = (
                card is not None and not card.launch and not card.ending and not alive_in_turn(self, card.id)
            )
            if own.state is StageState.BLOCKED and own.place:
                self.makes_way(run, name)
            elif own.state is StageState.BLOCKED or (own.state is StageState.RUNNING and idle):
                world.submit(MarkStage(run.id, name, "done", "", "ann"))

    def makes_way(self, run: Run, stage: str) -> None:
        """Whoever is in the way leaves; what is nowhere to be done is skipped."""
        why = self.world.run(run.id).stages[stage].why
        for card in list(self.world.state.cards.values()):
            own = stage_of(self.world.state, card)
            if card.id in why.split() and card.id in self.by_hand and not (own and works(own)):
                self.world.submit(Stop(card.id))
        if "is not checked out" in why:
            self.world.submit(SkipStage(run.id, stage))


def alive_in_turn(life: Life, card_id: str) -> bool:
    """Whether an agent of the card has something to do."""
    card = life.world.state.cards[card_id]
    if not alive(card):
        return False
    return any(
        agent.card == card_id and (agent.doing != "idle" or agent.box or card.outbox)
        for agent in life.agents()
    )
