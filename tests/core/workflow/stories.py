"""Runs in which everybody does what is expected, step by step."""

from orchestrator import workflows
from orchestrator.core.commands import Command
from orchestrator.core.literals import StageOutcome
from orchestrator.core.workflow.commands import ApproveGate, DenyGate
from orchestrator.core.workflow.plan import Agent, HumanGate, Stage, Workflow
from orchestrator.core.workflow.run import Gate
from tests.core.workflow.world import World

EXAMPLE = """\
workflow:
  - name: implement-feature
    agent: claude-code
    prompt: "Implement the auth refactor per the spec in ./docs/auth-spec.md"
    worktree: feature/auth-refactor
    parallel: true
  - name: implement-tests
    agent: claude-code
    prompt: "Write integration tests for the auth refactor"
    worktree: feature/auth-tests
    parallel: true
  - name: review-gate
    type: human-gate
    message: "Both agents complete. Review diffs before merge?"
  - name: merge
    agent: claude-code
    prompt: "Merge feature/auth-refactor and feature/auth-tests into main"
    worktree: main
"""


def example() -> Workflow:
    """The workflow of two features and their merge, as it stands in a file."""
    return workflows.load(EXAMPLE, file="auth.yml", given={}).workflow


def agent(name: str, *needs: str, worktree: str = "", prompt: str = "Do it.", template: str = "") -> Stage:
    return Stage(name, Agent(prompt, worktree), needs, template=template)


def gate(
    name: str, *needs: str, on_deny: str = "", approvers: tuple[str, ...] = (), quorum: int = 1
) -> Stage:
    return Stage(name, HumanGate("Go on?", approvers=approvers, quorum=quorum, on_deny=on_deny), needs)


class Story(World):
    """One run. The hub and the agents do what they can by themselves; the test says the rest."""

    def __init__(self, *stages: Stage, workflow: Workflow | None = None) -> None:
        super().__init__()
        self.start(workflow or Workflow("w", stages))
        self.goes_on()

    def goes_on(self) -> None:
        """Whatever is owed is done, and every agent takes up its prompts, until nothing more happens."""
        journal = -1
        while journal != len(self.journal):
            journal = len(self.journal)
            self.now += 1
            for wish in self.wishes():
                if wish in self.wishes():
                    self.carry_out(wish)
            for each in list(self.outside.agents.values()):
                if each.doing != "gone" and each.box:
                    self.takes_prompt(each)

    def done(self, stage: str, outcome: StageOutcome = "done", summary: str = "", handoff: str = "") -> None:
        """The stage's session reports, and its turn ends."""
        self.reports(self.agent_of(stage), outcome, summary, handoff)
        self.ends_turn(self.agent_of(stage))
        self.goes_on()

    def ended(self, stage: str, exit_code: int) -> None:
        """The stage's script ends."""
        attempt = self.run().stages[stage].attempt
        self.outside.processes["r1", stage, attempt].exit_code = exit_code
        self.goes_on()

    def later(self, seconds: float) -> None:
        self.now += seconds
        self.tick()
        self.goes_on()

    def says(self, command: Command) -> None:
        assert self.submit(command) is None
        self.goes_on()

    def approve(self, who: str = "ann") -> None:
        self.says(ApproveGate("r1", self.gate().id, who, "tui", "", self.gate().version))

    def deny(self, why: str) -> None:
        self.says(DenyGate("r1", self.gate().id, "ann", "tui", why, self.gate().version))

    def gate(self) -> Gate:
        """The newest."""
        return self.run().gates[-1]

    def state_of(self, stage: str) -> str:
        return self.run().stages[stage].state.value

    def why(self, stage: str) -> str:
        return self.run().stages[stage].why

    def prompt(self, stage: str) -> str:
        """The latest that its session was given."""
        return self.rules.prompts[self.run().stages[stage].card]

    @property
    def states(self) -> dict[str, str]:
        return {name: own.state.value for name, own in self.run().stages.items()}
