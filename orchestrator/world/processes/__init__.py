"""Processes without a terminal: each has a folder, outlives the hub, and is begun once and never again.

A small runner takes the folder, begins the command, keeps the end of what it prints and writes down how
it ended. Whoever comes later looks into the folder.
"""

from orchestrator.world.processes.ending import end
from orchestrator.world.processes.identity import identity
from orchestrator.world.processes.outcome import Outcome, look
from orchestrator.world.processes.output import KEPT, lines, tail
from orchestrator.world.processes.starting import NotStarted, start

__all__ = [
    "KEPT", "NotStarted", "Outcome", "end", "identity", "lines", "look", "start", "tail",
]  # fmt: skip
