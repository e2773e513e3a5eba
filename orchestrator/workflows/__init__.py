"""Workflow files: found, parsed, checked with line and column, and converted to the form that a run executes.

Importing this room loads pydantic and PyYAML, so verbs import it only when they need it.
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
