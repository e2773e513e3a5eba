"""The kinds of forges: a new one is a folder beside `github`, and a line here and in `config/forges.py`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.core.forge.choosing import Candidate, Configured
from orchestrator.core.forge.remotes import Chosen, GitRemote, NotChosen, choose
from orchestrator.core.forge.repository import RepositoryRef
from orchestrator.world.forge.forge import Forge
from orchestrator.world.forge.github import account as github
from orchestrator.world.forge.token_places import TokenPlaces


@dataclass(frozen=True, slots=True)
class Kind:
    """How forges of one kind are reached."""

    client: Callable[[str, TokenPlaces], Forge]
    """An account, by the address of the API; it finds its token when it first asks."""
    hosts: Callable[[str], Sequence[str]]
    """The hosts in remotes whose repositories are on it, the one of its pages first."""
    variables: Callable[[str], Sequence[str]]
    """The variables that may have the token, by the address of the API."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Hosts in remotes that lead to another one."""


KINDS: dict[str, Kind] = {
    "github": Kind(github.client, github.hosts, github.token_variables, github.ALIASES),
}


def candidates(forges: Sequence[Configured], remotes: Sequence[GitRemote]) -> list[Candidate]:
    """What a repository's remotes mean on each of these."""
    return [Candidate(each, _where(each, remotes)) for each in forges]


def account(forge: Configured, all_forges: Sequence[Configured]) -> Forge:
    """An account on it. A variable is read for it only if that cannot be meant for another server: one that
    `all_forges` has too, which takes its token from the same variables."""
    mine = KINDS[forge.kind]
    host = mine.hosts(forge.base_url)[0]
    same = {
        KINDS[each.kind].hosts(each.base_url)[0]
        for each in all_forges
        if mine.variables(each.base_url) == mine.variables(forge.base_url)
    }
    places = TokenPlaces(forge.token_command, forge.token_file, forge.name, environment=same <= {host})
    return mine.client(forge.base_url, places)


def _where(forge: Configured, remotes: Sequence[GitRemote]) -> Chosen | NotChosen:
    """The repository whose issues are meant: the configured one (`owner/name`), else that of a remote."""
    kind = KINDS[forge.kind]
    hosts = kind.hosts(forge.base_url)
    found = choose(remotes, hosts, named=forge.remote, aliases=kind.aliases)
    if not forge.repository:
        return found
    owner, _, name = forge.repository.partition("/")
    ref = RepositoryRef(hosts[0], owner, name)
    if isinstance(found, Chosen):
        return Chosen(ref, found.remote, found.push, found.push_remote)
    return Chosen(ref, forge.remote or "origin", ref, forge.remote or "origin")
