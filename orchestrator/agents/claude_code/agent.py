"""Claude Code, as the hub knows it: the parts of the protocol, each in a file of its own."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.agents import agent
from orchestrator.agents.claude_code import asking, checkup, screen, stream, wake_hook
from orchestrator.agents.claude_code.conversations import Conversations
from orchestrator.agents.claude_code.posts import Posts
from orchestrator.agents.claude_code.registries import Registries
from orchestrator.agents.claude_code.starts import Starts
from orchestrator.agents.finding import Finding


@dataclass(frozen=True, slots=True)
class ClaudeCode:
    """`config_dir` is its own directory, `~/.claude` unless told otherwise."""

    config_dir: Path

    @classmethod
    def configured(cls, env: Mapping[str, str]) -> "ClaudeCode":
        """`env` are the variables that sessions are given beside the hub's own."""
        given = env.get("CLAUDE_CONFIG_DIR") or os.environ.get("CLAUDE_CONFIG_DIR")
        return cls(Path(given or "~/.claude").expanduser())

    @property
    def title(self) -> str:
        return "Claude Code"

    @property
    def launch(self) -> agent.Launch:
        return Starts(self.config_dir)

    @property
    def screen(self) -> agent.Screen:
        return screen

    @property
    def stream(self) -> agent.Stream:
        return stream

    @property
    def hooks(self) -> agent.Hooks:
        return Posts(self.config_dir)

    @property
    def asks(self) -> agent.Asks:
        return asking.Asks(self.config_dir)

    @property
    def conversations(self) -> agent.Conversations:
        return Conversations(self.config_dir)

    @property
    def waker(self) -> agent.Waker:
        return wake_hook

    @property
    def server(self) -> None:
        """A session is spoken to through its hooks and its pane."""
        return None

    def registry(self) -> agent.Registry:
        return Registries(self.config_dir)

    def examine(self, command: Sequence[str], cwd: Path) -> Iterator[Finding]:
        return checkup.examine(self.config_dir, command, cwd)
