"""Processes without a terminal: each has a folder, outlives the hub, and is started once.

A small runner locks the folder, starts the command, keeps the end of its output and records its result. Later
readers read the folder.
"""

from orchestrator.world.processes.ending import end
from orchestrator.world.processes.identity import identity
from orchestrator.world.processes.outcome import Outcome, look
from orchestrator.world.processes.output import KEPT, lines, tail
from orchestrator.world.processes.starting import NotStarted, start

__all__ = [
    "KEPT", "NotStarted", "Outcome", "end", "identity", "lines", "look", "start", "tail",
]  # fmt: skip
