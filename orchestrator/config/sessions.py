"""The settings of what sessions may do by the command line."""

from typing import Annotated

from pydantic import AfterValidator, Field

from orchestrator.config.table import Table, UnfitValueError, nearest
from orchestrator.config.values import Words
from orchestrator.core.speaker import GRANTABLE


def _acts(names: tuple[str, ...]) -> tuple[str, ...]:
    known = list(GRANTABLE)
    for name in names:
        if name not in GRANTABLE:
            raise UnfitValueError(
                f"a list of verbs that sessions can be given ({', '.join(known)}); {name!r} is not one",
                nearest(name, known),
            )
    return names


class Sessions(Table):
    """What sessions may do by the command line (see docs/sessions.md)."""

    may: Annotated[Words, AfterValidator(_acts)] = Field(
        default=(),
        description='The verbs that a session may use as you do: ["new", "send"]. What they do is kept as\n'
        "theirs. Requests and gates can't be given to them: these are for people.",
    )
