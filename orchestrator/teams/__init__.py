"""Team files: a coordinator and its workers in a few lines, with their prompts.

Importing this room loads pydantic and PyYAML, so verbs import it only when they need it.
"""

from orchestrator.teams.example import example
from orchestrator.teams.loading import TeamError, load
from orchestrator.teams.prompts import prompts
from orchestrator.teams.team import Member, Team

__all__ = ["Member", "Team", "TeamError", "example", "load", "prompts"]
