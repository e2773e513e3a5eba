"""The parts of a repository, or of one of its files, that would run."""

import os
from pathlib import Path

from orchestrator import config, workflows
from orchestrator.core.trust.repositories import TrustPart
from orchestrator.core.workflow.plan import Agent, Script, Workflow
from orchestrator.repository import root_above

RUNS = (
    *("worktree.folder", "worktree.copy", "worktree.setup", "landing.check"),
    "agent.permission_mode",
)
"""The settings of a repository's file that run, copy or write elsewhere."""
_HARMLESS = ("", "default", "plan")
"""Permission modes in which each change is asked for."""


def of_settings(repo: Path, settings: list[config.Setting]) -> TrustPart | None:
    """The part of `.orch.toml` that runs, in its effective form; `None` if nothing does."""
    told = [
        f"{each.key} = {config.written(each.key, each.value)}"
        for each in settings
        if each.origin == "repository" and each.key in RUNS and each.value not in ("", (), *_quiet(each.key))
    ]
    return TrustPart(str(repo), config.REPO_FILE, "\n".join(told)) if told else None


def _quiet(key: str) -> tuple[str, ...]:
    return _HARMLESS if key == "agent.permission_mode" else ()


def of_file(path: Path, text: str) -> TrustPart | None:
    """A workflow or team file of a repository; `None` for a file outside of one, which is the user's."""
    path = Path(os.path.realpath(path))
    top = root_above(path.parent)
    return TrustPart(str(top), str(path.relative_to(top)), text) if top else None


def runs_something(workflow: Workflow) -> bool:
    """Whether it has scripts, or sessions with more permissions than asking for each change."""
    return any(
        isinstance(stage.does, Script)
        or (isinstance(stage.does, Agent) and stage.does.permission_mode not in _HARMLESS)
        for stage in workflow.stages
    )


def of_repository(repo: Path) -> tuple[TrustPart, ...]:
    """Everything in it that would run automatically or by name. Raises `ConfigError`."""
    found = [of_settings(repo, config.sources(repo))]
    for listed in workflows.listing(repo):
        if not listed.trouble:
            path = Path(listed.path)
            text = workflows.read(path)
            if runs_something(workflows.outline(text, file=str(path))):
                found.append(of_file(path, text))
    return tuple(part for part in found if part is not None)
