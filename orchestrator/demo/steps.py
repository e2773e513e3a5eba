"""What a session can do: the steps of scripts and directives, each named in lower case."""

from dataclasses import dataclass, field
from typing import Any


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
    """Really commits everything in the working directory. If nothing has changed, or with a `path`, the
    message is first appended to a file, which without a `path` is named after it."""

    message: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Merge:
    """Really merges branches into the one that is checked out, one after another; stops at the first failure,
    without a partial merge."""

    branches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mcp:
    """Calls a tool of a server in `--mcp-config`: `stage_done`, or in full `mcp__orch__stage_done`.

    `keep` maps names that later calls of the turn need from the answer to regular expressions; the first
    group replaces `$name` in their inputs. With `until` the call is repeated until this text is in the
    answer; a failed one is not."""

    tool: str
    input: dict[str, Any] = field(default_factory=dict)
    keep: dict[str, str] = field(default_factory=dict)
    until: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Reports the outcome of its stage with the tool `stage_done`. The turn continues."""

    summary: str = "There is nothing more to say."
    handoff: str = ""


class Done(Report):
    """The stage is done."""

    __slots__ = ()


class Failed(Report):
    """The stage can't be done."""

    __slots__ = ()


class Blocked(Report):
    """The stage needs a person."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Permission:
    """A tool call that asks for permission."""

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
    """Presents a plan to its user."""

    text: str


@dataclass(frozen=True, slots=True)
class Background:
    """Starts a command that outlives the turn; at its end the session starts a turn on its own: `then`."""

    command: str
    seconds: float = 30.0
    then: tuple["Step", ...] = ()


@dataclass(frozen=True, slots=True)
class Subagent:
    """Runs a subagent for some seconds, with one tool call of its own."""

    task: str
    seconds: float = 3.0
    kind: str = "Explore"


@dataclass(frozen=True, slots=True)
class Retry:
    """The API fails `times` times, and is retried after `seconds` each."""

    times: int = 3
    seconds: float = 4.0


@dataclass(frozen=True, slots=True)
class Fail:
    """Ends the turn with an API error: `rate_limit`, `overloaded`, `server_error`, …"""

    error: str = "server_error"
    said: str = ""


@dataclass(frozen=True, slots=True)
class Compact:
    """The context is compacted for some seconds, between two hooks."""

    seconds: float = 3.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Sets the figures of the status line. Percentages are 0-100; omitted ones are unchanged."""

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
    """Exits at once and leaves the registry file behind, as after SIGKILL."""

    code: int = 1


@dataclass(frozen=True, slots=True)
class Hang:
    """Busy, without any output."""

    seconds: float = 86_400.0


@dataclass(frozen=True, slots=True)
class Say:
    """The last words of a turn. `then` is executed if a Stop hook objects; without steps, it says that it has
    done so and ends again."""

    text: str = "Done."
    then: tuple["Step", ...] = ()


Step = (
    Think | Tool | Edit | Commit | Merge | Mcp | Done | Failed | Blocked | Permission | Question | Plan
    | Background | Subagent | Retry | Fail | Compact | Figures | Await | Emit | Crash | Hang | Say
)  # fmt: skip

STEPS: dict[str, type[Step]] = {
    kind.__name__.lower(): kind
    for kind in (
        Think, Tool, Edit, Commit, Merge, Mcp, Done, Failed, Blocked, Permission, Question, Plan,
        Background, Subagent, Retry, Fail, Compact, Figures, Await, Emit, Crash, Hang, Say,
    )
}  # fmt: skip
