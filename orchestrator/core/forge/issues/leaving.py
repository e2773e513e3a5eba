"""Issues that a card has no longer, and cards that are removed: what is still to be done about them on the
forge outlives both, in the order in which it was decided."""

from dataclasses import replace

from orchestrator.core.forge.events import ItemUnlinked
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.issues.progress import OVER, Progress
from orchestrator.core.forge.links import CardForge, Link, Outgoing, left_undone
from orchestrator.core.forge.repository import ItemRef
from orchestrator.core.literals import ClaimState


def unlinked(forge: CardForge, ref: ItemRef, release: ItemUnlinked | None = None) -> CardForge:
    """Without the item. With `release` its issue is kept until the forge has been told; what became of an act
    that was sent is then still found out."""
    issue = None if forge.issue and forge.issue.ref.same(ref) else forge.issue
    if forge.change and forge.change.ref.same(ref):
        forge = replace(forge, change=None, request=NOT_FETCHED, unlinked=ref.number)
    stays = bool(release)
    outbox = tuple(each for each in forge.outbox if not _about(each, ref) or (stays and _in_doubt(each)))
    rest = replace(forge, issue=issue, outbox=outbox)
    if release is None or forge.issue is None or issue:
        return rest
    return replace(rest, left=(*forge.left, _leaving(forge.issue, release)))


def without_left(forge: CardForge) -> CardForge:
    """Without those issues of which nothing is to be done any more."""
    if not forge.left:
        return forge
    return replace(forge, left=tuple(each for each in forge.left if left_undone(forge, each)))


def removed(forge: CardForge) -> CardForge:
    """What of a removed card is still to be done on its forge."""
    kept = tuple(each for each in forge.outbox if any(_about(each, link.ref) for link in forge.left))
    return CardForge(outbox=kept, left=forge.left, next_act=forge.next_act)


def returned(before: CardForge, since: CardForge | None) -> CardForge:
    """What a card has that is on the board again. `before` is from before it was removed, `since` what was
    still to be done after that. An issue of work that is not over is claimed again."""
    issue, rest = before.issue, since or CardForge(next_act=before.next_act)
    if issue is None or issue.gone:
        return replace(before, outbox=rest.outbox, left=rest.left, next_act=rest.next_act)
    now = rest.link(issue.ref) or issue
    left = tuple(each for each in rest.left if not each.ref.same(issue.ref))
    claim: ClaimState = "wanted" if issue.claim in ("wanted", "held") else ""
    if issue.progress.stage in OVER:
        link = replace(now, claim="", parting="", progress=now.progress)
    else:
        link = replace(now, claim=claim, parting="", progress=Progress())
    outbox, acts = rest.outbox, max(before.next_act, rest.next_act)
    return replace(before, issue=link, outbox=outbox, left=left, next_act=acts)


def _leaving(link: Link, event: ItemUnlinked) -> Link:
    claim: ClaimState = "releasing" if link.claim or link.synced.written.comment else ""
    progress = Progress() if event.parting else link.progress
    synced = replace(link.synced, wanted=event.wanted)
    return replace(
        link,
        synced=synced,
        claim=claim,
        parting=event.parting or link.parting,
        progress=progress,
        conflicts=(),
    )


def _about(act: Outgoing, ref: ItemRef) -> bool:
    return act.item is not None and act.item.same(ref)


def _in_doubt(act: Outgoing) -> bool:
    return act.state == "sent"
