"""Workflow files: found, read, checked with line and column, and turned into what a run carries out.

Importing this room loads pydantic and PyYAML, so that a verb does it only when it needs to.
"""

from orchestrator.workflows.drawing import graph
from orchestrator.workflows.example import example
from orchestrator.workflows.finding import FOLDER, find, read, root
from orchestrator.workflows.listing import listing
from orchestrator.workflows.planning import Planned, check, load, outline
from orchestrator.workflows.problems import InputError, Problem, WorkflowError, WorkflowMissing, located
from orchestrator.workflows.schema import schema

__all__ = [
    "FOLDER",
    "InputError",
    "Planned",
    "Problem",
    "WorkflowError",
    "WorkflowMissing",
    "check",
    "example",
    "find",
    "graph",
    "listing",
    "load",
    "located",
    "outline",
    "read",
    "root",
    "schema",
]
