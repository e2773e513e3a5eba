"""Rules that answer requests automatically."""

from orchestrator.core.rules.judge import judge
from orchestrator.core.rules.rule import SHELLS, RequestFacts, Rule, Ruling

__all__ = ["SHELLS", "RequestFacts", "Rule", "Ruling", "judge"]
