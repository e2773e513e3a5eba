"""Whether everybody can see the commit by which a card's work landed: only then its issue is done."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.forge.items import Repository
from orchestrator.core.forge.links import Link
from orchestrator.core.model import Card
from orchestrator.hub.forge.accounts import Place
from orchestrator.world.forge.forge import Forge
from orchestrator.world.worktrees import published_on


async def is_public(
    card: Card,
    link: Link,
    place: Place,
    ask: Callable[[Callable[[Forge], Repository]], Awaitable[Repository]],
) -> bool:
    """Whether the default branch of the issue's repository has the commit. The forge is asked only once some
    branch of the remote has it."""
    commit = link.progress.commit
    base = _merged_into(card, commit)
    branches = (base,) if base else await asyncio.to_thread(_branches, card, place, commit)
    if not branches:
        return False
    return (await ask(lambda forge: forge.repository(link.ref.repository))).default_branch in branches


def _branches(card: Card, place: Place, commit: str) -> tuple[str, ...]:
    return published_on(Path(card.repo), place.chosen.remote, commit)


def _merged_into(card: Card, commit: str) -> str:
    """The base of the change request that was merged as that commit; empty if none was."""
    request = card.forge.request
    if not isinstance(request, ChangeRequest) or request.state != "merged":
        return ""
    return request.base if commit in (request.merge_commit, request.head_commit) else ""
