"""Views of runs and gates for clients: frozen and flat."""

from dataclasses import dataclass

from orchestrator.core.literals import (
    GateDistinct,
    GateProof,
    GateState,
    RunStateName,
    StageKind,
    StageStateName,
)
from orchestrator.core.workflow.run import Evidence, ScriptResult


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage of a run. `state` is a `StageState`. `waits` says what it waits for, why it failed or was
    skipped; may be empty."""

    name: str
    kind: StageKind
    """`agent`, `script` or `human-gate`."""
    state: StageStateName
    waits: str
    since: float
    began_at: float | None
    """When its present attempt started."""
    ended_at: float | None
    attempt: int
    needs: tuple[str, ...]
    card: str
    """The id of its card; empty for none."""
    branch: str
    path: str
    gate: str
    """The id of its newest gate, `g7`; empty for none."""
    summary: str
    """What its session reported, or the end of its script's output."""
    result: ScriptResult | None
    where: str
    """`local`, `headless` or a host; empty unless it is an agent stage."""
    options: tuple[str, ...]
    """The available actions: of `done`, `fail`, `prompt`, `retry`, `skip`, `approve`, `deny`."""
    until: float | None = None
    """When it continues, if it waits for a limit's reset or for a host."""
    attempts: int = 0
    """How many attempts `on_failure: retry` allows; 0 if the file does not say."""


@dataclass(frozen=True, slots=True)
class RunView:
    """A run, and an element of `orch run list --json`.

    `state` is `running`, `paused`, `gate-blocked` (only gates are left to wait for), `blocked` (a stage needs
    a person's decision), `done`, `failed`, `denied` or `cancelled`.
    """

    id: str
    name: str
    file: str
    repo: str
    base: str
    state: RunStateName
    reason: str
    """Why it is in that state, as text."""
    started_at: float
    ended_at: float | None
    inputs: tuple[tuple[str, str], ...]
    stages: tuple[StageView, ...]
    cost_usd: float
    headless: bool
    unread: bool = False
    """It has ended, and nobody has seen that yet."""
    cautions: tuple[str, ...] = ()
    """In the answer to its start: what will block a stage later, as far as known, as text."""


@dataclass(frozen=True, slots=True)
class GateView:
    """A gate, and an element of `orch gate list --json`. `state` is `open`, `approved` or `denied`."""

    id: str
    run: str
    workflow: str
    stage: str
    message: str
    state: GateState
    since: float
    """When it entered that state."""
    opened_at: float
    version: int
    """Return it with a decision: one about older evidence is refused."""
    evidence: Evidence
    approvers: tuple[str, ...]
    quorum: int
    approved_by: tuple[str, ...]
    decided_by: str
    decided_from: str
    decided_at: float | None
    note: str
    """The note of the decision."""
    on_deny: str
    next: tuple[str, ...]
    """The stages that approval starts."""
    voters: tuple[str, ...] = ()
    """Who has approved or denied, with their accounts if these have other names, or `signed`."""
    proof: GateProof = "none"
    """`key` if decisions have to be signed."""
    distinct: GateDistinct = "person"
    sent_back: int = 0
    """How often the gate has sent the work back before."""
    max_rework: int = 3
    """How often it may; `on_deny` is empty when that is used up, and a denial ends the run."""
    journal: str = ""
    """The id of the hub's journal, which a signature names."""
    unusual: str = ""
    """Hidden and control characters in message and evidence, which are displayed in ASCII; empty for none."""


def attempt(stage: StageView) -> str:
    """The attempt of a stage, from the second on; for a gate, the number of its opening."""
    if stage.attempt < 2:
        return ""
    if stage.kind == "human-gate":
        return f"round {stage.attempt}"
    return f"attempt {stage.attempt}" + (f" of {stage.attempts}" if stage.attempt <= stage.attempts else "")


def rework(gate: GateView) -> str:
    """How often the gate has sent the work back, and the maximum; empty if it never has."""
    return f"sent back {gate.sent_back} of {gate.max_rework} times" if gate.sent_back else ""


@dataclass(frozen=True, slots=True)
class InputNote:
    """The file's note on an input; both parts may be empty."""

    name: str
    description: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkflowFile:
    """A workflow that can be run by name. `trouble` is its first error, as text."""

    name: str
    path: str
    stages: tuple[str, ...]
    inputs: tuple[tuple[str, str, str], ...]
    """(name, type, default as text; empty if it is required)."""
    trouble: str
    notes: tuple[InputNote, ...] = ()
    """A note for each input that the file describes, or names choices for."""
