"""The shape of a team file: every key with its kind, its default and its description."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from orchestrator.core.mail.message import HUMAN, ORCH
from orchestrator.core.text.names import slug_of
from orchestrator.workflows.shape import Shape
from orchestrator.workflows.values import Line, Text, UnfitError, branch_trouble

MOST_WORKERS = 20
_LONGEST_NAME = 40


def _name(value: object) -> Any:
    expected = f"a name of a-z, 0-9 and -, at most {_LONGEST_NAME} long"
    if value in (HUMAN, ORCH):
        raise UnfitError(expected, said=f'"{value}" is reserved: it is a mailbox of its own')
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
        raise UnfitError("the name of a branch", said=f"not a valid branch name: {why}")
    return value


Name = Annotated[str, BeforeValidator(_name), WithJsonSchema({"type": "string"})]
Labels = Annotated[tuple[str, ...], BeforeValidator(_labels), WithJsonSchema({"type": "string"})]
Base = Annotated[str, BeforeValidator(_base), WithJsonSchema({"type": "string"})]


class MemberShape(Shape):
    """The keys of the coordinator, and of each worker."""

    name: Name = Field(
        default="", description="Its mailbox. Default: coordinator, worker-1, worker-2 and so on."
    )
    label: Labels = Field(
        default=(), description="A label, or a list of them, for addressing mail and for rules."
    )
    model: Line = Field(default="", description="Its model; default: the team's.")
    permission_mode: Line = Field(default="", description="Its permission mode; default: the team's.")
    prompt: Text = Field(default="", description="Additional instructions for it.")


class TeamShape(Shape):
    """The keys of a team file."""

    team: Line = Field(description="The team's name.")
    task: Text = Field(description="The task, which the coordinator splits.")
    workers: int = Field(
        default=3,
        ge=1,
        le=MOST_WORKERS,
        description="Their number; or a list of them, each a name or a mapping of the keys below.",
    )
    coordinator: MemberShape = Field(
        default=MemberShape(), description="The session that splits the task and gathers the results."
    )
    review: Line = Field(
        default=HUMAN, description="Who is notified at the end: the name of a mailbox, or human for you."
    )
    base: Base = Field(
        default="", description="The base of all branches; default: the repository's default branch."
    )
    model: Line = Field(default="", description="The model of all; default: that of the configuration.")
    permission_mode: Line = Field(
        default="", description="The permission mode of all; default: that of the configuration."
    )
