"""What happens in fixing a change request, as the journal keeps it: see `core.events`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AutofixSet:
    """A person turned it on or off. The rounds are counted from here."""

    at: float
    card: str
    on: bool


@dataclass(frozen=True, slots=True)
class FixLooked:
    """The change request as of that revision has nothing that the session was not told of."""

    at: float
    card: str
    revision: str


@dataclass(frozen=True, slots=True)
class FixSent:
    """The session is sent these problems, with the prompt of that id. `words` says what they are."""

    at: float
    card: str
    keys: tuple[str, ...]
    prompt: str
    words: str
    revision: str = ""
    """What was looked at; empty if a person sent them."""
    head: str = ""
    """The commit of the change request then."""


@dataclass(frozen=True, slots=True)
class AutofixPaused:
    """It waits for a person from now on; `why` as text."""

    at: float
    card: str
    revision: str
    why: str


@dataclass(frozen=True, slots=True)
class FixPushed:
    """What the session committed has been pushed. `tip` is empty if nothing was: it committed nothing, or
    `why` says what refused it."""

    at: float
    card: str
    tip: str
    why: str = ""


AutofixEvent = AutofixSet | FixLooked | FixSent | AutofixPaused | FixPushed
