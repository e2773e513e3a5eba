"""What happened to prompts on their way into conversations, as the journal keeps it: see `core.events`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PromptQueued:
    at: float
    card: str
    prompt: str
    text: str
    again: str = ""
    """The prompt of the same text that it is sent in place of."""


@dataclass(frozen=True, slots=True)
class PromptPasting:
    """About to be typed. After a crash it is unknown whether it was, so it is never typed again."""

    at: float
    card: str
    prompt: str


@dataclass(frozen=True, slots=True)
class PromptPasted:
    at: float
    card: str
    prompt: str


@dataclass(frozen=True, slots=True)
class PromptPutBack:
    """It could not be typed, and nothing was."""

    at: float
    card: str
    prompt: str
    why: str


@dataclass(frozen=True, slots=True)
class PromptReceived:
    """The session's own hook confirmed the prompt, which is kept until the conversation contains it."""

    at: float
    card: str
    prompt: str


@dataclass(frozen=True, slots=True)
class PromptConfirmed:
    """The conversation on disk contains the prompt, or nothing more can be learnt about it."""

    at: float
    card: str
    prompt: str


@dataclass(frozen=True, slots=True)
class PromptDropped:
    """A person dropped the prompt, or had it sent again under another id."""

    at: float
    card: str
    prompt: str


@dataclass(frozen=True, slots=True)
class PromptStuck:
    """It has waited too long to be typed, for a known reason."""

    at: float
    card: str
    prompt: str


@dataclass(frozen=True, slots=True)
class PromptUnconfirmed:
    """It was typed and no receipt arrived."""

    at: float
    card: str
    prompt: str


PromptEvent = (
    PromptQueued
    | PromptPasting
    | PromptPasted
    | PromptPutBack
    | PromptReceived
    | PromptConfirmed
    | PromptDropped
    | PromptStuck
    | PromptUnconfirmed
)
