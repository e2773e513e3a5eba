"""The agents that the configuration names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestrator.agents.agent import Agent
from orchestrator.core.model import DEFAULT_AGENT, Card


@dataclass(frozen=True, slots=True)
class Agents:
    """Agents by their names, that of `DEFAULT_AGENT` among them; `preferred` is the name of the one that
    works for new cards which name none."""

    named: Mapping[str, Agent]
    preferred: str = DEFAULT_AGENT

    def of(self, card: Card | None) -> Agent:
        """The card's agent; the default where there is no such card, or no such agent any more."""
        default = self.named[DEFAULT_AGENT]
        return self.named.get(card.agent, default) if card else default

    @property
    def each(self) -> Iterable[Agent]:
        """All of them, each once, whatever its names are."""
        return dict.fromkeys(self.named.values())


def silent(agent: Agent) -> bool:
    """Whether its sessions tell nothing of themselves: only their windows are watched."""
    return agent.hooks is None and agent.server is None and agent.registry() is None
