"""Any other command as a session: it gets its place, environment and prompt; tmux reports the rest."""

import hashlib
import shutil
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.agents import agent
from orchestrator.agents.finding import Finding
from orchestrator.agents.launch_file import LaunchSpec, write_launch_file
from orchestrator.core.sessions.dialog import Dialog
from orchestrator.core.sessions.signals import PaneSaid, Signal
from orchestrator.core.text.clean import clean


def prepare(folder: Path, spec: LaunchSpec) -> Path:
    """Writes the launch file. The command is run unchanged, and finds the prompt in `ORCH_PROMPT`."""
    env = {
        **spec.env,
        "ORCH_CARD": spec.card,
        "ORCH_TOKEN": spec.token,
        "ORCH_SESSION": spec.session_id,
        "ORCH_PROMPT": spec.prompt,
    }
    return write_launch_file(
        folder, spec.cwd, spec.command, env, spec.unset, lock=spec.lock, umask=spec.umask
    )


class _Launch:
    confirms_prompts = takes_model = False
    session_variables = ()

    def in_window(self, folder: Path, spec: LaunchSpec) -> Path:
        return prepare(folder, spec)

    def in_background(self, folder: Path, spec: LaunchSpec, *, seen_as: Path | None = None) -> Path:  # noqa: ARG002 (its file is the only one)
        return prepare(folder, spec)

    def read(self, argv: Sequence[str]) -> agent.LaunchRecord:  # noqa: ARG002 (its words are its own)
        return agent.LaunchRecord()

    def allows_more(self, mode: str, than: str) -> bool:
        """Nothing is known of its modes."""
        return mode != than

    def tool_name(self, name: str) -> str:
        return name

    def reports(self) -> Mapping[str, Callable[[Path], Signal | None]]:
        return {}

    def install(self, program: str) -> str:  # noqa: ARG002 (any)
        return "Install it"


class _Screen:
    """Nothing is known of its pane but that the user has asked for what is typed."""

    hidden = ""
    interrupt = "Escape"

    def read(self, pane: str, at: float) -> PaneSaid:
        return PaneSaid(at, digest=hashlib.blake2b(pane.encode(errors="replace"), digest_size=8).hexdigest())

    def dialog(self, pane: str) -> Dialog | None:  # noqa: ARG002
        return None

    def in_the_way(self, pane: str) -> str:  # noqa: ARG002
        return ""

    def draft(self, pane: str) -> str | None:  # noqa: ARG002
        return ""

    def typed(self, prompt: str) -> str:
        return prompt

    def holds(self, pane: str, prompt: str) -> bool:  # noqa: ARG002
        return False

    def is_command(self, prompt: str) -> bool:  # noqa: ARG002 (it gives no receipt for anything)
        return True


class _Stream:
    def read(self, line: str, at: float) -> Iterable[Signal]:  # noqa: ARG002
        return ()

    def shown(self, tail: str, width: int) -> str:
        lines = clean(tail).split("\n")
        return "\n".join(part for line in lines for part in textwrap.wrap(line, width) or [""])


@dataclass(frozen=True, slots=True)
class Plain:
    """A program of which only its window is known: it runs, or has ended."""

    @classmethod
    def configured(cls, env: Mapping[str, str]) -> "Plain":  # noqa: ARG003 (it has no place of its own)
        return cls()

    @property
    def title(self) -> str:
        return "a plain program"

    @property
    def launch(self) -> agent.Launch:
        return _Launch()

    @property
    def screen(self) -> agent.Screen:
        return _Screen()

    @property
    def stream(self) -> agent.Stream:
        return _Stream()

    @property
    def hooks(self) -> None:
        return None

    @property
    def asks(self) -> None:
        return None

    @property
    def conversations(self) -> None:
        return None

    @property
    def waker(self) -> None:
        return None

    @property
    def server(self) -> None:
        return None

    def registry(self) -> None:
        return None

    def examine(self, command: Sequence[str], cwd: Path) -> Iterator[Finding]:  # noqa: ARG002
        if shutil.which(command[0]) is None:
            what = f"command not found: {command[0]}"
            yield Finding("agent", "fail", what, "Install it, or change its command.")
        else:
            what = f"{' '.join(command)} (a plain program: only its window is watched)"
            yield Finding("agent", "ok", what)
