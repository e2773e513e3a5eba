"""What every request has: its verb, what it answers, and whose it is to ask."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, TypeVar, get_args, get_origin

AnswerT_co = TypeVar("AnswerT_co", covariant=True)

Place = Literal["tui", "cli", "phone", "ci"]
"""Where a person is who asks."""


@dataclass(frozen=True, slots=True)
class Request(Generic[AnswerT_co]):
    """Asks for something that is answered by an `AnswerT_co`. Fields are what travels."""

    verb: ClassVar[str]
    """Its name on the wire; of an act also the words of the command line, with dots for spaces."""
    reads: ClassVar[bool] = False
    """It changes nothing, and may be asked again."""
    act: ClassVar[str | None] = None
    """The act that it is to `core.speaker`, where that is not `verb`; empty for what anybody may."""
    decides: ClassVar[bool] = False
    """It settles something that a person was shown: `seen` names the version that was looked at."""


@dataclass(frozen=True, slots=True)
class Read(Request[AnswerT_co]):
    """What anybody on this account may read, unless it says `act`."""

    reads = True
    act = ""


@dataclass(frozen=True, slots=True)
class Act(Request[AnswerT_co]):
    """What changes something: a person's, or a session's that was let do it."""

    by: Place = field(default="cli", kw_only=True)


def act_of(kind: type[Request[Any]]) -> str:
    """The act that a request is, by which a session is refused; empty for what anybody may."""
    return kind.verb if kind.act is None else kind.act


def answer_of(kind: type[Request[Any]]) -> Any:
    """The type that answers a request."""
    for each in kind.__mro__:
        for base in each.__dict__.get("__orig_bases__", ()):
            if get_origin(base) in (Request, Read, Act):
                (found,) = get_args(base)
                if not isinstance(found, TypeVar):
                    return found
    raise TypeError(f"{kind.__name__} names no answer")
