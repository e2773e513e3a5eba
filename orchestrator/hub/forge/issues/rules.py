"""The rules by which issues show their cards: those of the forge on which the issue is."""

from orchestrator import config
from orchestrator.core.forge.choosing import Configured
from orchestrator.core.forge.issues.status import Rules, StatusRules
from orchestrator.core.forge.remotes import on_forge
from orchestrator.core.forge.repository import RepositoryRef
from orchestrator.world.forge.kinds import KINDS


def rules_of(settings: config.Config) -> Rules:
    """A forge that names the owner comes first, then those without owners, then `[github]`."""
    forges = sorted(settings.configured_forges, key=lambda each: not each.owners)
    tables = settings.all_forges

    def rules(ref: RepositoryRef) -> StatusRules:
        found = next((each.name for each in forges if _has(each, ref)), "github")
        return tables[found].rules

    return rules


def _has(forge: Configured, ref: RepositoryRef) -> bool:
    owners = {each.casefold() for each in forge.owners}
    there = on_forge(ref, KINDS[forge.kind].hosts(forge.base_url))
    return bool(there) and (not owners or ref.owner.casefold() in owners)
