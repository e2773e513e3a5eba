"""One session of the real `claude`, started by orch's own launch file, without a hub."""

import json
import uuid
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from orchestrator.agents.claude_code.input_box import draft
from orchestrator.agents.claude_code.launch import prepare
from orchestrator.agents.claude_code.registry import Registry, RegistryEntry
from orchestrator.agents.launch_file import LaunchSpec
from orchestrator.core.sessions.signals import TurnEnded
from tests.e2e.claude_home import ClaudeHome
from tests.e2e.hook_ear import HookEar
from tests.e2e.terminal import Terminal
from tests.poll import poll


@dataclass
class RealSession:
    """What a test does to a session, and what the session's sources say."""

    program: Path
    home: ClaudeHome
    repo: Path
    terminal: Terminal
    ear: HookEar
    folder: Path
    session_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    entry: RegistryEntry | None = None
    """What the registry said last."""
    gone: set[int] = field(default_factory=set)
    """The pids of which the registry said that they are no more."""

    def __post_init__(self) -> None:
        self.registry = Registry(self.home.config_dir)

    def start(self, prompt: str = "", **changes: Any) -> None:
        """Starts it in the terminal. `changes` are fields of `LaunchSpec`."""
        spec = LaunchSpec(
            card="c1", run=1, token="a-token-of-this-test", slug="a-card", session_id=self.session_id,
            resume=False, prompt=prompt, model="", permission_mode="default", command=(str(self.program),),
            env={}, hook_url=self.ear.url, cwd=str(self.repo), statusline_report=self.folder / "report.json",
            user_status_line="",
        )  # fmt: skip
        self.entry = None
        self.terminal.run(["/bin/sh", prepare(self.folder, replace(spec, **changes))], self.repo)

    def send(self, prompt: str) -> None:
        """Pastes a prompt into the empty input box and submits it."""
        self.box("")
        self.terminal.paste(prompt)
        poll(lambda: draft(self.terminal.text()), "the pasted prompt", told=self.terminal.text)
        self.terminal.keys("Enter")

    def box(self, text: str) -> None:
        """Waits until just this stands in the input box."""
        poll(
            lambda: draft(self.terminal.text(colour=True)) == text,
            f"{text!r} in the box",
            told=self.terminal.text,
        )

    def look(self) -> str:
        """The registry's word at this moment; empty before its first."""
        changes = self.registry.poll()
        self.gone |= set(changes.gone)
        for entry in changes.entries:
            self.entry = entry
        return self.entry.status if self.entry else ""

    def wait(self, *words: str) -> RegistryEntry:
        """Waits until the registry says one of these words."""
        poll(lambda: self.look() in words, f"the registry to say {words}", told=self._told)
        assert self.entry
        return self.entry

    def hear(self, event: str, times: int = 1) -> None:
        """Waits until the hook has been heard so often."""
        poll(lambda: self.ear.events.count(event) >= times, f"{times} × {event}", told=self._told)

    def turns(self, times: int) -> TurnEnded:
        """Waits until so many turns have ended and the registry says so; returns the last."""
        self.hear("Stop", times)
        self.wait("idle", "shell")
        return self.ear.heard(TurnEnded)[-1]

    def report(self) -> dict[str, Any]:
        """The status line's report, once there is one."""
        file = self.folder / "report.json"
        poll(file.exists, "a status line report", told=self._told)
        said: dict[str, Any] = json.loads(file.read_text())
        return said

    def _told(self) -> str:
        return f"registry: {self.entry}\nhooks: {self.ear.events}\n{self.terminal.text()}"
