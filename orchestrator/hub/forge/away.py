"""Which forges cannot be used now."""

from collections.abc import Mapping

from orchestrator.core.forge.away import ForgeAway
from orchestrator.core.forge.links import unsent
from orchestrator.core.model import State
from orchestrator.hub.forge.accounts import Accounts
from orchestrator.world.forge.errors import Trouble

_WORDS: Mapping[Trouble, str] = {
    Trouble.AWAY: "unreachable",
    Trouble.CERTIFICATE: "not trusted (certificate)",
    Trouble.NOT_A_FORGE: "is not GitHub",
    Trouble.NO_TOKEN: "without a token",
    Trouble.AUTH: "refuses the token",
}


def forges_away(state: State, accounts: Accounts) -> tuple[ForgeAway, ...]:
    """Those whose last request failed for a reason that every request would meet."""
    return tuple(
        ForgeAway(
            account.forge.host,
            _WORDS.get(error.trouble, "unreachable"),
            account.pause.since,
            sum(
                len(unsent(card.forge))
                for card in (*state.cards.values(), *state.departed.values())
                if accounts.known_of(card.repo) is account
            ),
        )
        for account in accounts.known
        if (error := account.pause.error)
    )
