"""Items that are not where they were: their repository has another name, or is not to be seen."""

import time
from collections.abc import Iterable

from orchestrator.core.events import Event
from orchestrator.core.forge.events import ActSettled, ItemMoved
from orchestrator.core.forge.links import Link, Owed
from orchestrator.core.forge.outbox.receipts import Fate
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.hub.forge.accounts import Place
from orchestrator.hub.forge.asking import Asking, LeavingError
from orchestrator.world.forge.errors import ForgeError


async def moved(asking: Asking, card: str, step: Owed, link: Link, place: Place) -> Iterable[Event]:
    """The repository has another name: a write to the former one changed nothing."""
    return await _found(asking, card, step, link, place, link.ref.repository)


async def by_remote(asking: Asking, card: str, step: Owed, link: Link, place: Place) -> Iterable[Event]:
    """The item by the name that the repository's remote leads to, if that is another one."""
    return await _found(asking, card, step, link, place, place.chosen.repository)


async def hidden(asking: Asking, link: Link, place: Place) -> bool:
    """Whether it is the repository that is not there, or not for this token: that says nothing of the item,
    and what is to be done waits."""
    repository = link.ref.repository
    if place.account.forge.host.casefold() != repository.host.casefold():
        return False
    try:
        await asking.ask(place.account, lambda forge: forge.repository(repository))
    except (ForgeError, LeavingError):
        return True
    return False


async def _found(
    asking: Asking, card: str, step: Owed, link: Link, place: Place, asked: RepositoryRef
) -> Iterable[Event]:
    old = link.ref
    try:
        found = (await asking.ask(place.account, lambda forge: forge.repository(asked))).ref
    except (ForgeError, LeavingError):
        return ()
    if found.same(old.repository):
        return ()
    now = time.time()
    to = ItemMoved(now, card, old, ItemRef(found, old.number, old.kind))
    return (ActSettled(now, card, step.act.id, Fate.NOT_SENT), to) if step.act else (to,)
