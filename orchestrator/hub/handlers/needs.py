"""What needs a person."""

from orchestrator.core.board.views import NeedDetail, Trial, Waited
from orchestrator.core.needs.grants import GrantView
from orchestrator.core.requests.cards import Nudge
from orchestrator.core.requests.needs import Answer, ListGrants, ListWaits, RevokeGrant, ShowNeed, TryRules
from orchestrator.core.trust.caller import Speaker
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.services.answers import AnswerService
from orchestrator.hub.services.grants import Grants


def needs(answering: AnswerService) -> Table:
    grants = Grants(answering.engine, answering.wanted.card_service.agents)

    async def show(request: ShowNeed) -> NeedDetail:
        return await answering.detail(request.need)

    async def list_grants(_: ListGrants) -> tuple[GrantView, ...]:
        return await grants.all()

    async def stats(request: ListWaits) -> tuple[Waited, ...]:
        return await answering.stats(max(1, request.days))

    async def trial(request: TryRules) -> tuple[Trial, ...]:
        return await answering.try_rules(max(1, request.days))

    async def revoke(request: RevokeGrant, _: Speaker) -> GrantView:
        return await grants.revoke(request.grant)

    return (
        {ShowNeed: show, ListGrants: list_grants, ListWaits: stats, TryRules: trial},
        {Answer: answering.answer, Nudge: answering.nudge, RevokeGrant: revoke},
    )
