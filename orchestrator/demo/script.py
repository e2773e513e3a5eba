"""The default actions of a session, and how a script is read.

A script is a JSON object. `steps` are executed in turns: each prompt continues where the last turn ended, up
to and including the next `say` or `fail`. In a step, the first key is its name, with its first field as the
value; further keys are its other fields: `{"tool": "Bash", "input": {"command": "x"}, "seconds": 2}`. A list
of steps, as in `then`, is written likewise. `startup` names dialogs shown at the start (`trust` is shown
automatically in an untrusted folder), `repeat` starts over at the end. Other keys of the object are ignored.
"""

import json
from dataclasses import MISSING, dataclass
from typing import Any

from orchestrator.demo.refusal import Refusal
from orchestrator.demo.steps import STEPS, Say, Step, Think, Tool


@dataclass(frozen=True, slots=True)
class Script:
    steps: tuple[Step, ...] = ()
    startup: tuple[str, ...] = ()
    repeat: bool = False


def make(name: str, values: dict[str, Any]) -> Step:
    """The step with that name. Raises `Refusal` at an unknown step or field, and at a missing one."""
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
    for key in ("options", "branches"):
        if key in values:
            values[key] = tuple(values[key])
    if "then" in values:
        values["then"] = tuple(_step(each) for each in values["then"])
    return make(name, values)


def read(text: str) -> Script:
    """Raises `Refusal` if the text is not a script."""
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
"""What a session without a script does."""
