"""Commands of a person about fixing a change request."""

from dataclasses import dataclass

from orchestrator.core.forge.autofix.problems import Problems


@dataclass(frozen=True, slots=True)
class SetAutofix:
    card: str
    on: bool


@dataclass(frozen=True, slots=True)
class QueueFixes:
    """Sends the session these problems, whether or not it was told of them before. `prompt` is the id of a
    new prompt, `note` the person's own words."""

    card: str
    prompt: str
    problems: Problems
    note: str = ""


AutofixCommand = SetAutofix | QueueFixes
