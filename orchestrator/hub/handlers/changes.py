"""A card's change request: published, merged, linked."""

from orchestrator.core.board.views import CardView
from orchestrator.core.requests.changes import LinkChangeTo, MergeChangeOf, Publish, UnlinkChangeFrom
from orchestrator.core.trust.caller import Speaker
from orchestrator.hub.forge.changes.service import ChangeRequests
from orchestrator.hub.handlers.table import Table


def changes(requests: ChangeRequests) -> Table:
    async def publish(request: Publish, speaker: Speaker) -> CardView:
        return await requests.publish(request, speaker)

    async def merge(request: MergeChangeOf, speaker: Speaker) -> CardView:
        return await requests.merge(request, speaker)

    async def link(request: LinkChangeTo, speaker: Speaker) -> CardView:
        return await requests.link(request, speaker)

    async def unlink(request: UnlinkChangeFrom, speaker: Speaker) -> CardView:
        return await requests.unlink(request, speaker)

    return {}, {Publish: publish, MergeChangeOf: merge, LinkChangeTo: link, UnlinkChangeFrom: unlink}
