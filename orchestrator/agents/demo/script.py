"""What a session does: the steps, and how they are read from a script.

A script is a JSON object. `steps` is what its turns consist of: each prompt plays on from where the last
turn ended, up to and including the next `say` or `fail`. In a step, the first key names it and holds its
first field; further keys are its other fields: `{"tool": "Bash", "input": {"command": "x"}, "seconds": 2}`.
`startup` names dialogs that come before anything else (`trust` comes by itself where the folder isn't
trusted), `repeat` starts over at the end. Other keys of the object are left to whoever wrote them.
"""

import json
from dataclasses import MISSING, dataclass, field
from typing import Any

from orchestrator.agents.demo.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Think:
    """Busy for some seconds, with a spinner."""

    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool call that needs no permission; with `error` it fails."""

    name: str = "Bash"
    input: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.5
    output: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Really writes a file below the working directory; `append` adds to its end."""

    path: str
    text: str = ""
    append: bool = False


@dataclass(frozen=True, slots=True)
class Commit:
    """Really commits everything in the working directory."""

    message: str


@dataclass(frozen=True, slots=True)
class Permission:
    """A tool call that asks first."""

    name: str = "Bash"
    input: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.5
    output: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Asks its user to choose; with `multi`, several."""

    text: str
    options: tuple[str, ...] = ("Yes", "No")
    multi: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Puts a plan before its user."""

    text: str


@dataclass(frozen=True, slots=True)
class Background:
    """Starts a command that outlives the turn; at its end the session takes up a turn by itself: `then`."""

    command: str
    seconds: float = 30.0
    then: tuple["Step", ...] = ()


@dataclass(frozen=True, slots=True)
class Subagent:
    """Has a subagent work for some seconds, with one tool call of its own."""

    task: str
    seconds: float = 3.0
    kind: str = "Explore"


@dataclass(frozen=True, slots=True)
class Retry:
    """The API fails `times` times, and is tried again after `seconds` each."""

    times: int = 3
    seconds: float = 4.0


@dataclass(frozen=True, slots=True)
class Fail:
    """Ends the turn by an API error: `rate_limit`, `overloaded`, `server_error`, …"""

    error: str = "server_error"
    said: str = ""


@dataclass(frozen=True, slots=True)
class Compact:
    """Busy with its own context for some seconds, between two hooks."""

    seconds: float = 3.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Sets what the status line tells. Percentages are 0-100; what is not given stays as it is."""

    cost_usd: float | None = None
    context: float | None = None
    five_hour: float | None = None
    seven_day: float | None = None


@dataclass(frozen=True, slots=True)
class Await:
    """Busy until the process is sent SIGUSR1."""

    seconds: float = 86_400.0


@dataclass(frozen=True, slots=True)
class Emit:
    """Hook events (pairs of PreToolUse and PostToolUse) at a steady rate."""

    per_second: float = 1.0
    seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Crash:
    """Leaves at once, with the registry file left behind as after SIGKILL."""

    code: int = 1


@dataclass(frozen=True, slots=True)
class Hang:
    """Busy, with nothing to see or hear."""

    seconds: float = 86_400.0


@dataclass(frozen=True, slots=True)
class Say:
    """The last words of a turn."""

    text: str = "Done."


Step = (
    Think | Tool | Edit | Commit | Permission | Question | Plan | Background | Subagent | Retry | Fail
    | Compact | Figures | Await | Emit | Crash | Hang | Say
)  # fmt: skip

STEPS: dict[str, type[Step]] = {
    kind.__name__.lower(): kind
    for kind in (
        Think, Tool, Edit, Commit, Permission, Question, Plan, Background, Subagent, Retry, Fail,
        Compact, Figures, Await, Emit, Crash, Hang, Say,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Script:
    steps: tuple[Step, ...] = ()
    startup: tuple[str, ...] = ()
    repeat: bool = False


def make(name: str, values: dict[str, Any]) -> Step:
    """The step of that name. Raises `Refusal` at an unknown step or field, and at one that is missing."""
    if name not in STEPS:
        raise Refusal(f"no step is called {name!r}; there are: {', '.join(sorted(STEPS))}")
    known = STEPS[name].__dataclass_fields__
    if unknown := [key for key in values if key not in known]:
        raise Refusal(f"the step {name!r} has no field {unknown[0]!r}; it has: {', '.join(known)}")
    needed = [key for key, f in known.items() if f.default is MISSING and f.default_factory is MISSING]
    if missing := [key for key in needed if key not in values]:
        raise Refusal(f"the step {name!r} needs {missing[0]!r}")
    made: Step = STEPS[name](**values)
    return made


def _step(said: dict[str, Any]) -> Step:
    name = next(iter(said), "")
    if name not in STEPS:
        return make(name, {})
    first = next(iter(STEPS[name].__dataclass_fields__))
    values = {first if key == name else key: value for key, value in said.items()}
    if "options" in values:
        values["options"] = tuple(values["options"])
    if "then" in values:
        values["then"] = tuple(_step(each) for each in values["then"])
    return make(name, values)


def read(text: str) -> Script:
    """Raises `Refusal` where the text is not a script."""
    try:
        said = json.loads(text)
    except ValueError as error:
        raise Refusal(f"the script is not JSON: {error}") from error
    return Script(
        steps=tuple(_step(each) for each in said.get("steps", ())),
        startup=tuple(said.get("startup", ())),
        repeat=bool(said.get("repeat", False)),
    )


DEFAULT = Script(
    steps=(
        Think(1.0),
        Tool("Read", {"file_path": "README.md"}, 0.3, "Read 12 lines"),
        Think(1.0),
        Say("I have looked at it; all is well."),
    ),
    repeat=True,
)
"""What a session does that nobody wrote a script for."""
