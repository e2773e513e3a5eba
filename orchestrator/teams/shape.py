"""The shape of a team file: every key with its kind, its default and the words that explain it."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from orchestrator.core.mail.message import HUMAN, ORCH
from orchestrator.core.names import slug_of
from orchestrator.workflows.shape import Shape
from orchestrator.workflows.values import Line, Text, UnfitError, branch_trouble

MOST_WORKERS = 20
_LONGEST_NAME = 40


def _name(value: object) -> Any:
    expected = f"a name of a-z, 0-9 and -, at most {_LONGEST_NAME} long"
    if value in (HUMAN, ORCH):
        raise UnfitError(expected, said=f'nobody can be called "{value}", which is a mailbox of its own')
    if not isinstance(value, str) or slug_of(value) != value:
        raise UnfitError(expected, value, slug_of(value) if isinstance(value, str) else "")
    return value


def _labels(value: object) -> tuple[str, ...]:
    found: list[str] = []
    for at, each in enumerate(value if isinstance(value, list) and value else [value]):
        if not isinstance(each, str) or not each.strip() or not each.isprintable() or "," in each:
            path = (at,) if isinstance(value, list) and value else ()
            raise UnfitError("a word, or a list of words", each, path=path)
        found.append(each.strip())
    return tuple(found)


def _base(value: object) -> Any:
    if not isinstance(value, str):
        raise UnfitError("the name of a branch", value)
    if why := branch_trouble(value):
        raise UnfitError("the name of a branch", said=f"no branch can be called so: {why}")
    return value


Name = Annotated[str, BeforeValidator(_name), WithJsonSchema({"type": "string"})]
Labels = Annotated[tuple[str, ...], BeforeValidator(_labels), WithJsonSchema({"type": "string"})]
Base = Annotated[str, BeforeValidator(_base), WithJsonSchema({"type": "string"})]


class MemberShape(Shape):
    """What can be said of the coordinator, and of each worker."""

    name: Name = Field(
        default="", description="Its mailbox. Without one: coordinator, worker-1, worker-2 and so on."
    )
    label: Labels = Field(
        default=(), description="A label, or a list of them, by which mail and rules can mean it."
    )
    model: Line = Field(default="", description="Its model; without one, that of the team.")
    permission_mode: Line = Field(
        default="", description="Its permission mode; without one, that of the team."
    )
    prompt: Text = Field(default="", description="What it is told beside the part that it has in the team.")


class TeamShape(Shape):
    """The keys of a team file."""

    team: Line = Field(description="What the team is called.")
    task: Text = Field(description="What is to be done; the coordinator splits it up.")
    workers: int = Field(
        default=3,
        ge=1,
        le=MOST_WORKERS,
        description="How many; or a list of them, each a name or a mapping of the keys below.",
    )
    coordinator: MemberShape = Field(
        default=MemberShape(), description="Who splits the task up and gathers the results."
    )
    review: Line = Field(
        default=HUMAN, description="Who is told at the end: the name of a mailbox, or human for you."
    )
    base: Base = Field(
        default="", description="What all branches start from; without one, the repository's default branch."
    )
    model: Line = Field(default="", description="The model of all; without one, that of the configuration.")
    permission_mode: Line = Field(
        default="", description="The permission mode of all; without one, that of the configuration."
    )
