"""The base of all requests: the verb, the type of the answer, and who may ask."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, TypeVar, get_args, get_origin

AnswerT_co = TypeVar("AnswerT_co", covariant=True)

Place = Literal["tui", "cli", "phone", "ci"]
"""Where the person's request comes from."""


@dataclass(frozen=True, slots=True)
class Request(Generic[AnswerT_co]):
    """A request that is answered by an `AnswerT_co`. Its fields are sent."""

    verb: ClassVar[str]
    """Its name in the API; for an act also the words of the command line, with dots for spaces."""
    reads: ClassVar[bool] = False
    """It changes nothing, and may be repeated."""
    act: ClassVar[str | None] = None
    """The act it is to `core.trust.speaker`, if that is not `verb`; empty if anyone may."""
    decides: ClassVar[bool] = False
    """It decides something that a person was shown: `seen` is the version that was seen."""


@dataclass(frozen=True, slots=True)
class Read(Request[AnswerT_co]):
    """A read, open to any process of this account unless it sets `act`."""

    reads = True
    act = ""


@dataclass(frozen=True, slots=True)
class Act(Request[AnswerT_co]):
    """A change: for a person, or a session that may."""

    by: Place = field(default="cli", kw_only=True)


def act_of(kind: type[Request[Any]]) -> str:
    """The act of a request, by which a session is refused; empty if anyone may."""
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
