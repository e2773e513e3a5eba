"""The shape of a workflow file: every key with its kind, its default and its description."""

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
    """Frozen, without unknown keys, and without type conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class InputShape(Shape):
    """A value for a run."""

    type: InputType = Field(default="string", description="string, integer, number, boolean or list.")
    default: Annotated[Any, WithJsonSchema({"type": ["string", "number", "boolean", "array"]})] = Field(
        default=None, description="Its default; without one it is required."
    )
    description: Text = Field(default="", description="A description for whoever starts a run.")
    choices: Annotated[
        list[Any], WithJsonSchema({"type": "array", "items": {"type": ["string", "number", "boolean"]}})
    ] = Field(default_factory=list, description="The allowed values; for a list, of its items.")


class Common(Shape):
    """The keys of stages of every type."""

    name: StageName = Field(description="The stage's unique name.")
    needs: Names | None = Field(
        default=None,
        description="The stages it needs, by name; a fan-out's name means all of its stages. Default: the "
        "previous entry of the list; [] starts at once.",
    )
    parallel: bool = Field(
        default=False, description="Adjacent stages with `parallel: true` run in parallel."
    )
    join: Join = Field(
        default=0,
        description="How many of its needs must be done: all, any, or a number.",
        json_schema_extra={"default": "all"},
    )
    when: When | None = Field(
        default=None,
        description="Run only if these stages had these outcomes, otherwise skip: done, failed, skipped or "
        "denied, or a list of them, per stage.",
    )


class Work(Common):
    """The keys of agents and scripts."""

    worktree: Text = Field(
        default="",
        description="The branch to work on. Default: an agent gets its own; a script runs where the one "
        "agent that it needs worked, otherwise in the repository.",
    )
    foreach: Foreach | None = Field(
        default=None,
        description='A list, or "{{ inputs.x }}" of a list: one stage per item, which replaces `{{ item }}`.',
    )
    on_failure: OnFailureWord = Field(
        default="stop",
        description="stop: no further stage starts, and the run fails. continue: stages that need it "
        "continue. retry: retry it, then as stop.",
    )
    retries: int | None = Field(
        default=None, ge=1, le=100, description="The number of retries with `on_failure: retry`; 2."
    )
    backoff: DurationOrNone | None = Field(
        default=None, description="The delay before the first retry, doubled for each further one; 10s."
    )
    timeout: Duration | None = Field(default=None, description="The time after which it fails.")


ONCE_CALLED = "claude-code"
"""What files of before have for the agent that is called `claude`."""


class AgentStage(Work):
    """A session with a prompt."""

    type: Literal["agent"] = Field(default="agent", description="agent, script or human-gate.")
    prompt: Text = Field(description="The session's prompt.")
    agent: Line = Field(
        default="",
        description="The agent program, by its name in the configuration; default: that of new cards.",
    )
    model: Line = Field(default="", description="The model; default: that of the configuration.")
    permission_mode: Line = Field(
        default="", description="The permission mode; default: that of the configuration."
    )
    where: Line = Field(
        default="local",
        description="local: in a window. headless: without a terminal. Otherwise the name of a host in the "
        "configuration.",
    )


class ScriptStage(Work):
    """A shell command. It is done with exit code 0; its output is kept."""

    type: Literal["script"] = Field(description="agent, script or human-gate.")
    run: Text = Field(description="The shell command. Inserted values are quoted.")


class GateStage(Common):
    """Waits until people have decided."""

    type: Literal["human-gate"] = Field(description="agent, script or human-gate.")
    message: Text = Field(description="What to decide.")
    evidence: EvidenceKinds = Field(
        default=["diff", "tests", "summary"], description="What to show with it: diff, tests, summary."
    )
    approvers: Names = Field(default=[], description="Who may decide, by user name; default: everyone.")
    quorum: int = Field(default=1, ge=1, le=50, description="How many people must approve.")
    on_deny: Line = Field(
        default="stop",
        description="On denial: stop ends the run; the name of an earlier stage runs that stage again, "
        "with the reason.",
    )
    distinct: Literal["person", "name"] = Field(
        default="person",
        description="What makes two approvals distinct. person: a different account, or an approver who "
        "signs. name: a different --as NAME, all of which one person can give.",
    )
    proof: Literal["none", "key"] = Field(
        default="none",
        description="key: each decision must be signed with its approver's SSH key, see gates.signers in "
        "the configuration.",
    )
    max_rework: int = Field(
        default=3,
        ge=0,
        le=100,
        description="With `on_deny`: how often a denial sends the work back; the next one ends the run.",
    )
    remind_after: DurationOrNone = Field(
        default=86_400.0, description="The time between reminders; 24h. 0 for none."
    )


class Defaults(Shape):
    """Values for all stages that support the key and do not set it."""

    agent: Line | None = Field(default=None, description="As of a stage.")
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
    """The keys besides the stages."""

    name: Line = Field(default="", description="The workflow's name; default: the file's name.")
    description: Text = Field(default="", description="A description.")
    base: Text = Field(
        default="", description="The base of new branches; default: the repository's default branch."
    )


def _spelled_out(value: object) -> object:
    return {"type": value} if isinstance(value, str) else value


AnyStage = AgentStage | ScriptStage | GateStage


class File(Head):
    """A workflow of orch: stages in sequence or in parallel, with gates for people."""

    inputs: dict[str, Annotated[InputShape, BeforeValidator(_spelled_out)]] = Field(
        default={},
        description="The inputs of a run: a name with a type each, or with type, default and more.",
    )
    defaults: Defaults = Field(default=Defaults(), description="Defaults for all stages.")
    workflow: list[AnyStage] = Field(description="The stages.")


STAGES: dict[str, type[AgentStage] | type[ScriptStage] | type[GateStage]] = {
    "agent": AgentStage,
    "script": ScriptStage,
    "human-gate": GateStage,
}
