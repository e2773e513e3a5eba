"""What follows from a change request as it was seen: adopted, or the card is finished. What somebody else did
to it is said, and never fought."""

from collections.abc import Iterator

from orchestrator.core.events import Event
from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.forge.changes.decide import finishing, pending
from orchestrator.core.forge.changes.linking import linked, merged_change
from orchestrator.core.forge.outbox.acts import AskReview, Merge, OpenChange, Push, words
from orchestrator.core.model import Card
from orchestrator.core.sessions.states import AT_WORK

_BEING_TYPED = ("queued", "pasting", "pasted")


def following(card: Card, now: float) -> tuple[Event, ...]:
    """The events that follow; none where nothing has to be done."""
    found, forge = card.forge.request, card.forge
    if not isinstance(found, ChangeRequest) or card.finished:
        return ()
    own = forge.change is not None and forge.change.ref.same(found.ref)
    if found.state == "open" and not own:
        wanted = found.number != forge.unlinked and not pending(card, Push, OpenChange)
        return (linked(card.id, found, now),) if wanted else ()
    if merged_change(forge) and forge.followed != found.head_commit and _may_end(card):
        return finishing(card, found.head_commit, now)
    return ()


def remarks(card: Card) -> Iterator[str]:
    """What others did to the card's change request, and what of it was refused, as texts."""
    found, link, pushed = card.forge.request, card.forge.change, card.forge.pushed
    for act in pending(card, Push, OpenChange, Merge, AskReview):
        if act.state in ("refused", "unclear"):
            yield f"{words(act.act)}: {act.why}"
    if link and link.gone:
        yield f"{link.ref} is gone: {link.gone}"
    if not isinstance(found, ChangeRequest) or link is None or not link.ref.same(found.ref):
        return
    name = f"#{found.number}"
    if card.forge.replaced:
        yield f"#{card.forge.replaced} was closed without being merged"
    if found.state == "closed":
        yield f"{name} was closed without being merged"
    if found.state != "open":
        return
    since = pushed and found.head == pushed.branch and found.as_of > pushed.at
    if pushed and since and found.head_commit != pushed.commit:
        yield f"{name} is at {found.head_commit[:10]}, which orch did not push"
    if not found.head_owner:
        yield f"the repository with the branch of {name} is gone"
    if card.base and found.base != branch_of(card.base):
        yield f"{name} goes into {found.base}, and the card's base is {card.base}"


def branch_of(base: str, remotes: tuple[str, ...] = ("origin", "upstream")) -> str:
    """The name that the base has on the forge: without that of a remote."""
    remote, _, rest = base.partition("/")
    return rest if rest and remote in remotes else base


def _may_end(card: Card) -> bool:
    """Nothing of the card is under way, and no run depends on it."""
    busy = card.ending or card.launch or card.run or any(each.state in _BEING_TYPED for each in card.outbox)
    return not busy and (card.session is None or card.session.status not in AT_WORK)
