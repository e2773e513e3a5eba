"""Settings for what sessions may do on the command line."""

from typing import Annotated

from pydantic import AfterValidator, Field

from orchestrator.config.base import Table, UnfitValueError, nearest
from orchestrator.config.values import Words
from orchestrator.core.trust.speaker import GRANTABLE


def _acts(names: tuple[str, ...]) -> tuple[str, ...]:
    known = list(GRANTABLE)
    for name in names:
        if name not in GRANTABLE:
            raise UnfitValueError(
                f"a list of verbs that sessions may use ({', '.join(known)}); {name!r} is not one",
                nearest(name, known),
            )
    return names


class Sessions(Table):
    """What sessions may do on the command line (see docs/sessions.md)."""

    may: Annotated[Words, AfterValidator(_acts)] = Field(
        default=(),
        description='The verbs that a session may use: ["new", "send"]. Recorded as acts of the session.\n'
        "Requests and gates cannot be permitted: they are for people.",
    )
