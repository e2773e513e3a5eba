"""Nothing of a repository's own runs before a person has allowed exactly that."""

import shlex
from fnmatch import fnmatchcase
from pathlib import Path

from orchestrator import config
from orchestrator.core.trust.repositories import TrustPart, TrustView, not_allowed
from orchestrator.core.workflow.plan import Workflow
from orchestrator.hub.loop.engine import RefusedError
from orchestrator.hub.trust import parts
from orchestrator.hub.trust.record import TrustRecord
from orchestrator.paths import Home
from orchestrator.world.worktrees import GitRefused


class UntrustedError(RefusedError):
    """A refusal that ends once a person allows what is at `path`."""

    def __init__(self, view: TrustView, path: str) -> None:
        super().__init__(not_allowed(view, shlex.quote(path)))
        self.path = path


def ledger() -> TrustRecord:
    """The record of this hub's state directory."""
    return TrustRecord(Home.from_environment().trust)


def settings_for(repo: Path) -> config.Config:
    """The settings for a repository, without untrusted parts that run.

    Raises `UntrustedError` and `ConfigError`.
    """
    settings, told = config.load_with_sources(repo)
    _check(settings, parts.of_settings(repo, told), str(repo))
    return settings


def settings_in_effect(repo: Path) -> config.Config:
    """The same for later steps, for which a refusal is a failure. Raises `GitRefused`."""
    try:
        return settings_for(repo)
    except UntrustedError as error:
        no = error.rejected
        raise GitRefused(no.what, no.why, f"{no.hint}, then start again.") from None


def check_workflow(settings: config.Config, workflow: Workflow, path: Path, text: str) -> None:
    """Raises `UntrustedError`."""
    if parts.runs_something(workflow):
        _check(settings, parts.of_file(path, text), str(path))


def check_team(settings: config.Config, path: Path, text: str) -> None:
    """Raises `UntrustedError`."""
    _check(settings, parts.of_file(path, text), str(path))


def _check(settings: config.Config, part: TrustPart | None, path: str) -> None:
    if part is None or _always(settings, part.repo):
        return
    view = ledger().seen(part)
    if not view.trusted:
        raise UntrustedError(view, path)


def _always(settings: config.Config, repo: str) -> bool:
    patterns = [str(Path(each).expanduser()) for each in settings.trust.repositories]
    return any(fnmatchcase(repo, pattern) for pattern in patterns)
