"""The forge: whether a token is there, what it may do, and whether it leads to the repository."""

from collections.abc import Iterator
from pathlib import Path

from orchestrator.agents.finding import Finding
from orchestrator.config import GitHubSettings
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.items import Identity, Permission, Repository
from orchestrator.core.forge.remotes import NotChosen
from orchestrator.core.forge.repository import RepositoryRef
from orchestrator.world.forge.errors import ForgeError, Trouble
from orchestrator.world.forge.forge import Forge
from orchestrator.world.forge.github.account import TokenPlaces, client, where
from orchestrator.world.worktrees import WorktreeError, remotes

_NAME = "github"
_PRIVATE, _PUBLIC = "repo", "public_repo"


def forge(settings: GitHubSettings, here: Path | None) -> Iterator[Finding]:
    """Asks GitHub only if a remote of the repository leads there, and a token is found."""
    if here is None:
        return
    try:
        found = where(settings.base_url, remotes(here), settings.remote, settings.repository)
    except WorktreeError as error:
        yield Finding(_NAME, "warn", error.what, error.hint)
        return
    if isinstance(found, NotChosen):
        yield Finding(_NAME, "ok", f"not used here: {found.why}")
        return
    account = client(settings.base_url, TokenPlaces(settings.token_command, settings.token_file))
    try:
        yield from checks(account, found.repository)
    except ForgeError as error:
        off = error.trouble is Trouble.NO_TOKEN and not (settings.token_command or settings.token_file)
        what = f"{error.what}: {error.why}" if error.why else error.what
        said = f"issues and pull requests are off: {what}" if off else what
        yield Finding(_NAME, "ok" if off else "warn", said, error.hint)
    finally:
        account.close()


def checks(account: Forge, ref: RepositoryRef) -> Iterator[Finding]:
    """The account, its rights, and the repository. Raises `ForgeError`."""
    me = account.identity()
    yield Finding(_NAME, "ok", f"{me.login} on {account.host}, token from {me.token_from}")
    yield _scopes(me)
    yield _repository(account.repository(ref))


def _scopes(me: Identity) -> Finding:
    name = f"{_NAME} token"
    if me.scopes is NOT_FETCHED:
        return Finding(name, "ok", "a fine-grained token: GitHub does not tell its permissions")
    said = ", ".join(me.scopes) or "none"
    if _PRIVATE in me.scopes:
        return Finding(name, "ok", f"scopes: {said}")
    fix = f"Run: gh auth refresh --scopes {_PRIVATE}"
    if _PUBLIC in me.scopes:
        return Finding(name, "warn", f"scopes: {said}; private repositories cannot be read", fix)
    return Finding(name, "warn", f"scopes: {said}; nothing can be changed without {_PRIVATE}", fix)


def _repository(found: Repository) -> Finding:
    name, path = f"{_NAME} repository", found.ref.path
    if found.archived:
        return Finding(name, "warn", f"{path} is archived: nothing can be changed")
    if not found.issues:
        return Finding(name, "warn", f"{path} has no issues", "Enable them in its settings.")
    if not found.permission.covers(Permission.TRIAGE):
        what = f"{path}: you may read; labels and assignees cannot be set, and branches go to a fork"
        return Finding(name, "ok", what)
    rights = "write" if found.permission.covers(Permission.WRITE) else "triage"
    return Finding(name, "ok", f"{path}: you may {rights}; default branch {found.default_branch}")
