"""Where a card's branch is pushed: to the repository itself, or to a fork where the person has no right."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.core.forge.items import Permission, Repository
from orchestrator.core.forge.remotes import Chosen, GitRemote, on_forge, repository
from orchestrator.core.forge.repository import RepositoryRef
from orchestrator.world.forge.errors import ForgeError, ForgeRefused, Trouble
from orchestrator.world.forge.forge import Forge


@dataclass(frozen=True, slots=True)
class Target:
    """A remote to push to. `owner` is that of the fork; empty for the repository itself."""

    remote: str
    owner: str = ""


def target(forge: Forge, chosen: Chosen, remotes: Sequence[GitRemote]) -> Target:
    """The remote to push to. Raises `ForgeRefused` if the person may push to none, and `ForgeError`."""
    try:
        into = forge.repository(chosen.repository)
    except ForgeError as error:
        if error.trouble in (Trouble.MISSING, Trouble.NO_TOKEN):
            raise
        raise error.said_as(f"cannot push to {chosen.repository.path}") from error
    if into.archived:
        raise ForgeRefused(Trouble.REFUSED, f"cannot push to {into.ref.path}", "the repository is archived")
    for name, ref in _candidates(chosen, remotes, forge.host):
        try:
            found = into if ref.same(chosen.repository) else forge.repository(ref)
        except ForgeError as error:
            if error.trouble is Trouble.MISSING:
                continue
            raise
        if found.permission.covers(Permission.WRITE) and _belongs(found, into):
            same = found.ref.same(into.ref)
            return Target(name, "" if same else found.ref.owner)
    raise ForgeRefused(
        Trouble.REFUSED,
        f"cannot push to {into.ref.path}",
        "you have no right to push there, and no remote leads to a fork of yours",
        "Fork it, with a remote for the fork: gh repo fork --remote --remote-name fork. Then retry.",
    )


def _candidates(chosen: Chosen, remotes: Sequence[GitRemote], host: str) -> list[tuple[str, RepositoryRef]]:
    """The remotes on the forge: the one that git pushes to, that with the issues, then the others."""
    found = {chosen.push_remote: chosen.push}
    if chosen.remote not in found:
        found[chosen.remote] = chosen.repository
    for remote in remotes:
        ref = repository(remote.push or remote.fetch)
        if ref and remote.name not in found and (there := on_forge(ref, (host,))):
            found[remote.name] = RepositoryRef(there, ref.owner, ref.name)
    return list(found.items())


def _belongs(found: Repository, into: Repository) -> bool:
    """Whether a branch of it can be proposed to the other."""
    return found.ref.same(into.ref) or (found.fork_of is not None and found.fork_of.same(into.ref))
