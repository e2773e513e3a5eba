"""The agents that the configuration names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator.agents import launched
from orchestrator.agents.agent import Agent, LaunchRecord
from orchestrator.agents.plain import Plain
from orchestrator.core.model import DEFAULT_AGENT, Card

_UNKNOWN = Plain()


@dataclass(frozen=True, slots=True)
class Agents:
    """Agents by their names. `preferred`, one of these, works for new cards which name none."""

    named: Mapping[str, Agent]
    preferred: str = DEFAULT_AGENT

    def of(self, card: Card | None) -> Agent:
        """The card's agent. Of one that is no longer configured only the windows are known; without a card,
        it is that of cards which name none."""
        return self.named.get(card.agent, _UNKNOWN) if card else self.named[self.preferred]

    def of_launch(self, file: Path) -> tuple[str, LaunchRecord]:
        """The name of the agent that a launch file of an earlier start is of, by the first that understands
        its command, and what that tells."""
        found = {name: launched.read(file, agent.launch.read) for name, agent in self.named.items()}
        name = next((name for name, each in found.items() if each.conversation), self.preferred)
        return name, found[name]

    @property
    def session_variables(self) -> list[str]:
        """The names of variables that only sessions of these agents have."""
        return [name for agent in self.each for name in agent.launch.session_variables]

    @property
    def each(self) -> Iterable[Agent]:
        """All of them, each once, whatever its names are."""
        return dict.fromkeys(self.named.values())


def silent(agent: Agent) -> bool:
    """Whether its sessions tell nothing of themselves: only their windows are watched."""
    return agent.hooks is None and agent.server is None and agent.registry() is None
