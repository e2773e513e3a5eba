"""Errors of a forge in words: what happened, why, what to do next."""

from enum import StrEnum
from typing import Self

from orchestrator.core.errors import Failed, Missing, Refused


class Trouble(StrEnum):
    """What kind of error it is: what a caller may have to tell apart."""

    NO_TOKEN = "no token"  # noqa: S105  # a kind, not a token
    AUTH = "auth"
    """The token is not valid."""
    SCOPE = "scope"
    """The token or the account may not do that."""
    SSO = "sso"
    MISSING = "missing"
    """It does not exist, or the account may not see it."""
    GONE = "gone"
    """It was deleted, or issues are off."""
    MOVED = "moved"
    """It has another name by now: ask for the repository again."""
    INVALID = "invalid"
    REFUSED = "refused"
    """The state of the item or the repository does not allow it: archived, locked, not mergeable."""
    LIMITED = "limited"
    AWAY = "away"
    CERTIFICATE = "certificate"
    NOT_A_FORGE = "not a forge"
    """Something that answers is not the forge: a proxy's page, a wrong address."""


class ForgeError(Failed):
    """A request to a forge failed. `retry_at` is when it may succeed, in seconds since the epoch; 0 if time
    alone does not help. With `maybe_done` the forge may have carried it out nevertheless."""

    def __init__(
        self,
        trouble: Trouble,
        what: str,
        why: str = "",
        hint: str = "",
        *,
        retry_at: float = 0.0,
        maybe_done: bool = False,
    ) -> None:
        super().__init__(what, why, hint)
        self.trouble, self.retry_at, self.maybe_done = trouble, retry_at, maybe_done

    def said_as(self, what: str) -> Self:
        """The same error, where something else was being done."""
        return type(self)(
            self.trouble, what, self.why, self.hint, retry_at=self.retry_at, maybe_done=self.maybe_done
        )


class ForgeRefused(ForgeError):
    """The forge refuses, or orch may not ask; nothing has changed."""

    status = Refused.status
    exit_code = Refused.exit_code


class ForgeMissing(ForgeError):
    """The forge has no such thing, or none that the account may see."""

    status = Missing.status
    exit_code = Missing.exit_code


def passes(error: ForgeError) -> bool:
    """Whether the same request may succeed later without anybody doing anything."""
    return error.trouble in (Trouble.LIMITED, Trouble.AWAY, Trouble.CERTIFICATE, Trouble.NOT_A_FORGE)
