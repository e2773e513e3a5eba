"""What `orch doctor` finds."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: `what` was found, and the `fix`, empty if none is needed."""

    name: str
    status: Literal["ok", "warn", "fail"]
    what: str
    fix: str = ""
