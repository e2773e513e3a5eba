"""Team files: a coordinator and its workers in a few lines, with the prompts that make the pattern work.

Importing this room loads pydantic and PyYAML, so that a verb does it only when it needs to.
"""

from orchestrator.teams.example import example
from orchestrator.teams.loading import TeamError, load
from orchestrator.teams.prompts import prompts
from orchestrator.teams.team import Member, Team

__all__ = ["Member", "Team", "TeamError", "example", "load", "prompts"]
