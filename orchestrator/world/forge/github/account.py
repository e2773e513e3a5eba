"""An account on GitHub, and the repository that remotes mean there, by what the configuration says."""

from collections.abc import Sequence

from orchestrator.core.forge.remotes import Chosen, GitRemote, NotChosen, choose
from orchestrator.core.forge.repository import RepositoryRef
from orchestrator.world.forge.github.addresses import ALIASES, hosts
from orchestrator.world.forge.github.client import GitHub
from orchestrator.world.forge.github.token import TokenPlaces, find_token

__all__ = ["TokenPlaces", "client", "where"]


def client(base_url: str, places: TokenPlaces) -> GitHub:
    """A client that finds its token when it first asks."""
    return GitHub(base_url, lambda: find_token(places, hosts(base_url)[0], base_url))


def where(base_url: str, remotes: Sequence[GitRemote], remote: str, repository: str) -> Chosen | NotChosen:
    """The repository whose issues are meant: the configured one (`owner/name`), else that of a remote."""
    found = choose(remotes, hosts(base_url), named=remote, aliases=ALIASES)
    if not repository:
        return found
    owner, _, name = repository.partition("/")
    ref = RepositoryRef(hosts(base_url)[0], owner, name)
    if isinstance(found, Chosen):
        return Chosen(ref, found.remote, found.push, found.push_remote)
    return Chosen(ref, remote or "origin", ref, remote or "origin")
