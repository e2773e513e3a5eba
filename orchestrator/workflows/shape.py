"""The shape of a workflow file: every key with its kind, its default and the words that explain it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from orchestrator.workflows.values import (
    Duration,
    DurationOrNone,
    EvidenceKinds,
    Foreach,
    Join,
    Line,
    Names,
    StageName,
    Text,
    When,
)

OnFailureWord = Literal["stop", "continue", "retry"]
InputType = Literal["string", "integer", "number", "boolean", "list"]


class Shape(BaseModel):
    """Frozen, without room for unknown keys, and with no value taken for one of another kind."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class InputShape(Shape):
    """A value that is given when a run is started."""

    type: InputType = Field(default="string", description="string, integer, number, boolean or list.")
    default: Annotated[Any, WithJsonSchema({"type": ["string", "number", "boolean", "array"]})] = Field(
        default=None, description="What it is where nobody gives it; without one it must be given."
    )
    description: Text = Field(default="", description="What it is for, for whoever starts a run.")
    choices: Annotated[
        list[Any], WithJsonSchema({"type": "array", "items": {"type": ["string", "number", "boolean"]}})
    ] = Field(default_factory=list, description="The only values that it may have; of a list, its items.")


class Common(Shape):
    """What stages of every type have."""

    name: StageName = Field(description="What the stage is called; no other has the same name.")
    needs: Names | None = Field(
        default=None,
        description="The stages that come before it, by name; a fan-out's name means all of its stages. "
        "Without this, what stands before it in the list; [] begins at once.",
    )
    parallel: bool = Field(
        default=False, description="Neighbours in the list that all have `parallel: true` run side by side."
    )
    join: Join = Field(
        default=0,
        description="How many of its needs must be there: all, any, or a number.",
        json_schema_extra={"default": "all"},
    )
    when: When | None = Field(
        default=None,
        description="Only if these stages had these outcomes, else it is skipped: done, failed, skipped or "
        "denied, or a list of them, for each stage.",
    )


class Work(Common):
    """What stages that do something have."""

    worktree: Text = Field(
        default="",
        description="The branch to work on. An agent without one gets its own; a script without one runs "
        "where the one agent that it needs worked, else in the repository itself.",
    )
    foreach: Foreach | None = Field(
        default=None,
        description='A list, or "{{ inputs.x }}" of a list: one stage for each, with `{{ item }}` filled in.',
    )
    on_failure: OnFailureWord = Field(
        default="stop",
        description="stop: nothing further begins, and the run fails. continue: what needs it goes on. "
        "retry: it is tried again, then as stop.",
    )
    retries: int | None = Field(
        default=None, ge=1, le=100, description="How often it is tried again with `on_failure: retry`; 2."
    )
    backoff: DurationOrNone | None = Field(
        default=None, description="The time before the first retry, doubled for each further one; 10s."
    )
    timeout: Duration | None = Field(default=None, description="The time after which it has failed.")


class AgentStage(Work):
    """A session that is given a prompt."""

    type: Literal["agent"] = Field(default="agent", description="agent, script or human-gate.")
    prompt: Text = Field(description="What the session is told.")
    agent: Literal["claude-code"] = Field(default="claude-code", description="The agent program.")
    model: Line = Field(default="", description="The model; without one, that of the configuration.")
    permission_mode: Line = Field(
        default="", description="The permission mode; without one, that of the configuration."
    )
    where: Line = Field(
        default="local",
        description="local: in a window of this machine. headless: on this machine without a terminal. Else "
        "the name of a host in the configuration.",
    )


class ScriptStage(Work):
    """A shell command. It is done when it ends with exit code 0; what it prints is kept."""

    type: Literal["script"] = Field(description="agent, script or human-gate.")
    run: Text = Field(description="The command, for a shell. What is filled in is quoted.")


class GateStage(Common):
    """Holds until people have decided."""

    type: Literal["human-gate"] = Field(description="agent, script or human-gate.")
    message: Text = Field(description="What is to be decided.")
    evidence: EvidenceKinds = Field(
        default=["diff", "tests", "summary"], description="What is shown beside it: diff, tests, summary."
    )
    approvers: Names = Field(default=[], description="Who may decide, by user name; without any, everybody.")
    quorum: int = Field(default=1, ge=1, le=50, description="How many people must approve.")
    on_deny: Line = Field(
        default="stop",
        description="When it is denied: stop ends the run; a stage before the gate is done again, with the "
        "reason.",
    )
    distinct: Literal["person", "name"] = Field(
        default="person",
        description="What makes two approvals different. person: another account, or an "
        "approver who signs. name: another --as NAME, which one person can give alone.",
    )
    proof: Literal["none", "key"] = Field(
        default="none",
        description="key: each decision is signed with its approver's SSH key, see gates.signers in the "
        "configuration.",
    )
    max_rework: int = Field(
        default=3,
        ge=0,
        le=100,
        description="With `on_deny`: how often a denial sends the work back; the next one ends the run.",
    )
    remind_after: DurationOrNone = Field(
        default=86_400.0, description="The time between two reminders; 24h. 0 for none."
    )


class Defaults(Shape):
    """Values for all stages that have such a key and don't give it themselves."""

    agent: Literal["claude-code"] | None = Field(default=None, description="As of a stage.")
    model: Line | None = Field(default=None, description="As of a stage.")
    permission_mode: Line | None = Field(default=None, description="As of a stage.")
    where: Line | None = Field(default=None, description="As of a stage.")
    on_failure: OnFailureWord | None = Field(default=None, description="As of a stage.")
    retries: int | None = Field(default=None, ge=1, le=100, description="As of a stage.")
    backoff: DurationOrNone | None = Field(default=None, description="As of a stage.")
    timeout: Duration | None = Field(default=None, description="As of a stage.")
    evidence: EvidenceKinds | None = Field(default=None, description="As of a stage.")
    approvers: Names | None = Field(default=None, description="As of a stage.")
    quorum: int | None = Field(default=None, ge=1, le=50, description="As of a stage.")
    distinct: Literal["person", "name"] | None = Field(default=None, description="As of a stage.")
    proof: Literal["none", "key"] | None = Field(default=None, description="As of a stage.")
    max_rework: int | None = Field(default=None, ge=0, le=100, description="As of a stage.")
    remind_after: DurationOrNone | None = Field(default=None, description="As of a stage.")


class Head(Shape):
    """What stands beside the stages."""

    name: Line = Field(default="", description="What the workflow is called; without one, as the file.")
    description: Text = Field(default="", description="What it is for.")
    base: Text = Field(
        default="", description="What new branches start from; without one, the repository's default branch."
    )


def _spelled_out(value: object) -> object:
    return {"type": value} if isinstance(value, str) else value


AnyStage = AgentStage | ScriptStage | GateStage


class File(Head):
    """A workflow of orch: stages that run one after another or side by side, with gates for people."""

    inputs: dict[str, Annotated[InputShape, BeforeValidator(_spelled_out)]] = Field(
        default={},
        description="What a run is given: a name with a type each, or with type, default and more.",
    )
    defaults: Defaults = Field(default=Defaults(), description="Values for all stages.")
    workflow: list[AnyStage] = Field(description="The stages.")


STAGES: dict[str, type[AgentStage] | type[ScriptStage] | type[GateStage]] = {
    "agent": AgentStage,
    "script": ScriptStage,
    "human-gate": GateStage,
}
