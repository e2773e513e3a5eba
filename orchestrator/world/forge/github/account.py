"""An account on GitHub, by what the configuration says."""

from orchestrator.world.forge.github.addresses import ALIASES, hosts
from orchestrator.world.forge.github.client import GitHub
from orchestrator.world.forge.github.token import find_token, variables
from orchestrator.world.forge.token_places import TokenPlaces

__all__ = ["ALIASES", "client", "hosts", "token_variables"]


def client(base_url: str, places: TokenPlaces) -> GitHub:
    """A client that finds its token when it first asks."""
    return GitHub(base_url, lambda: find_token(places, hosts(base_url)[0], base_url))


def token_variables(base_url: str) -> tuple[str, ...]:
    """The variables that may have the token for that API."""
    return variables(hosts(base_url)[0], base_url)
