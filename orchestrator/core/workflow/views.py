"""What clients are shown of runs and gates: frozen, flat, and all that the API speaks of."""

from dataclasses import dataclass

from orchestrator.core.workflow.run import Evidence, ScriptResult


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage of a run. `state` is a `StageState`. `waits` says in words what it waits for, why it failed
    or was skipped; empty where there is nothing to say."""

    name: str
    kind: str
    """`agent`, `script` or `human-gate`."""
    state: str
    waits: str
    since: float
    began_at: float | None
    """When its present attempt began."""
    ended_at: float | None
    attempt: int
    needs: tuple[str, ...]
    card: str
    """The id of its card; empty where it has none."""
    branch: str
    path: str
    gate: str
    """The id of its newest gate, `g7`; empty where it has none."""
    summary: str
    """What its session reported, or the end of what its script printed."""
    result: ScriptResult | None
    where: str
    """`local`, `headless` or a host; empty for what is no agent stage."""
    options: tuple[str, ...]
    """What can be done to it now: of `done`, `fail`, `prompt`, `retry`, `skip`, `approve`, `deny`."""
    until: float | None = None
    """When it continues, where it waits for a limit's reset or for a host."""
    attempts: int = 0
    """How many attempts `on_failure: retry` allows; 0 where the file says nothing of that."""


@dataclass(frozen=True, slots=True)
class RunView:
    """A run, and an element of `orch run list --json`.

    `state` is `running`, `paused`, `gate-blocked` (nothing but gates is left to be waited for), `blocked` (a
    human must decide about a stage), `done`, `failed`, `denied` or `cancelled`.
    """

    id: str
    name: str
    file: str
    repo: str
    base: str
    state: str
    reason: str
    """In words, why it is in that state."""
    started_at: float
    ended_at: float | None
    inputs: tuple[tuple[str, str], ...]
    stages: tuple[StageView, ...]
    cost_usd: float
    headless: bool
    unread: bool = False
    """It has ended, and nobody has seen that yet."""
    cautions: tuple[str, ...] = ()
    """In the answer to its start: what will block a stage later, as far as it can be seen now, in words."""


@dataclass(frozen=True, slots=True)
class GateView:
    """A gate, and an element of `orch gate list --json`. `state` is `open`, `approved` or `denied`."""

    id: str
    run: str
    workflow: str
    stage: str
    message: str
    state: str
    since: float
    """When it came into that state."""
    opened_at: float
    version: int
    """Say it back with a decision: one that is about older evidence is refused."""
    evidence: Evidence
    approvers: tuple[str, ...]
    quorum: int
    approved_by: tuple[str, ...]
    decided_by: str
    decided_from: str
    decided_at: float | None
    note: str
    """What was said with the decision."""
    on_deny: str
    next: tuple[str, ...]
    """The stages that approval lets begin."""
    voters: tuple[str, ...] = ()
    """Who has approved or denied, with their accounts where these have other names, or `signed`."""
    proof: str = "none"
    """`key` where decisions have to be signed."""
    distinct: str = "person"
    sent_back: int = 0
    """How often the gate has sent the work back before."""
    max_rework: int = 3
    """How often it may; `on_deny` is empty when that is used up, and a denial ends the run."""
    journal: str = ""
    """The id of the hub's journal, which a signature names."""
    unusual: str = ""
    """Hidden and steering characters in message and evidence, in words; they are shown in ASCII. Empty where
    there are none."""


def attempt(stage: StageView) -> str:
    """Which attempt of a stage it is, from the second on; of a gate, which time it is open."""
    if stage.attempt < 2:
        return ""
    if stage.kind == "human-gate":
        return f"round {stage.attempt}"
    return f"attempt {stage.attempt}" + (f" of {stage.attempts}" if stage.attempt <= stage.attempts else "")


def rework(gate: GateView) -> str:
    """How often the gate has sent the work back, of how often it may; empty where it never has."""
    return f"sent back {gate.sent_back} of {gate.max_rework} times" if gate.sent_back else ""


@dataclass(frozen=True, slots=True)
class InputNote:
    """What the file says of an input for whoever gives it; both may be empty."""

    name: str
    description: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkflowFile:
    """A workflow that can be run by name. `trouble` is the first thing wrong with it, in words."""

    name: str
    path: str
    stages: tuple[str, ...]
    inputs: tuple[tuple[str, str, str], ...]
    """(name, type, default in words; empty where it has to be given)."""
    trouble: str
    notes: tuple[InputNote, ...] = ()
    """A note for each input that the file describes, or names choices for."""
