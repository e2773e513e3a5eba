"""The forges: whether a token is there, what it may do, and whether it leads to the repository."""

from collections.abc import Iterator
from pathlib import Path

from orchestrator.agents.finding import Finding
from orchestrator.config import Config
from orchestrator.core.forge.choosing import Configured, choose_forge
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.items import Identity, Permission, Repository
from orchestrator.core.forge.remotes import NotChosen
from orchestrator.core.forge.repository import RepositoryRef
from orchestrator.world.forge.errors import ForgeError, Trouble
from orchestrator.world.forge.forge import Forge
from orchestrator.world.forge.github.token import renewal
from orchestrator.world.forge.kinds import account, candidates
from orchestrator.world.worktrees import WorktreeError, remotes

_PRIVATE, _PUBLIC = "repo", "public_repo"


def forges(config: Config, here: Path | None) -> Iterator[Finding]:
    """Asks that forge to which a remote of the repository leads, if a token is found, and those that have a
    table of their own."""
    used, configured = None, config.configured_forges
    if here is not None:
        try:
            used = choose_forge(candidates(configured, remotes(here)))
        except WorktreeError as error:
            yield Finding("github", "warn", error.what, error.hint)
        if isinstance(used, NotChosen):
            yield Finding("forge" if config.forges else "github", "ok", f"not used here: {used.why}")
    for each in configured:
        ref = used[1].repository if isinstance(used, tuple) and used[0] == each else None
        if ref or each.name != "github":
            yield from _forge(each, configured, ref)


def _forge(
    each: Configured, configured: tuple[Configured, ...], ref: RepositoryRef | None
) -> Iterator[Finding]:
    client = account(each, configured)
    try:
        yield from checks(client, ref, each.name)
    except ForgeError as error:
        named = each.token_command or each.token_file or each.name != "github"
        off = error.trouble is Trouble.NO_TOKEN and not named
        what = f"{error.what}: {error.why}" if error.why else error.what
        said = f"issues and pull requests are off: {what}" if off else what
        hint = error.hint.replace(": orch doctor", ".")  # which is this
        yield Finding(each.name, "ok" if off else "warn", said, hint)
    finally:
        client.close()


def checks(client: Forge, ref: RepositoryRef | None, name: str) -> Iterator[Finding]:
    """The account, its rights, and the repository. Raises `ForgeError`."""
    me = client.identity()
    yield Finding(name, "ok", f"{me.login} on {client.host}, token from {me.token_from}")
    yield _scopes(me, client.host, f"{name} token")
    if ref:
        yield _repository(client.repository(ref), f"{name} repository")


def _scopes(me: Identity, host: str, name: str) -> Finding:
    if me.scopes is NOT_FETCHED:
        return Finding(name, "ok", "a fine-grained token: GitHub does not tell its permissions")
    said = ", ".join(me.scopes) or "none"
    if _PRIVATE in me.scopes:
        return Finding(name, "ok", f"scopes: {said}")
    fix = renewal(me.token_from, host, _PRIVATE)
    if _PUBLIC in me.scopes:
        return Finding(name, "warn", f"scopes: {said}; private repositories cannot be read", fix)
    return Finding(name, "warn", f"scopes: {said}; nothing can be changed without {_PRIVATE}", fix)


def _repository(found: Repository, name: str) -> Finding:
    path = found.ref.path
    if found.archived:
        return Finding(name, "warn", f"{path} is archived: nothing can be changed")
    if not found.issues:
        return Finding(name, "warn", f"{path} has no issues", "Enable them in its settings.")
    if not found.permission.covers(Permission.TRIAGE):
        what = f"{path}: you may read; labels and assignees cannot be set, and branches go to a fork"
        return Finding(name, "ok", what)
    rights = "write" if found.permission.covers(Permission.WRITE) else "triage"
    return Finding(name, "ok", f"{path}: you may {rights}; default branch {found.default_branch}")
