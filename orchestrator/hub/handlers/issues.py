"""Issues of the forge: listed, read, imported, linked."""

import time

from orchestrator.core.board.views import CardView
from orchestrator.core.forge.issues.linking import issue_cards, moved, owner_of
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.core.forge.views import Imported, IssueDetail, IssuesView, SyncedIssues
from orchestrator.core.requests.issues import (
    CreateIssueFrom,
    ImportIssues,
    LinkIssueTo,
    ListIssues,
    ShowIssue,
    SyncIssues,
    UnlinkIssueFrom,
)
from orchestrator.core.trust.caller import Speaker
from orchestrator.hub.forge.issues.importing_rules import IssueRules
from orchestrator.hub.forge.issues.listing import list_issues, show_issue
from orchestrator.hub.handlers.table import Acts, Reads, Table
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.services.lookup import whole_path


def issues(engine: Engine, rules: IssueRules) -> Table:
    imports = rules.imports

    async def every(request: ListIssues) -> IssuesView:
        place = await imports.accounts.of(whole_path(request.repo))
        cards = issue_cards(engine.state)

        def renamed(old: RepositoryRef, new: RepositoryRef) -> None:
            engine.record(moved(engine.state, old, new, time.time()))
            cards.update(issue_cards(engine.state))

        return await list_issues(place, request, lambda ref: cards.get(ref.key, ""), renamed)

    async def one(request: ShowIssue) -> IssueDetail:
        place = await imports.accounts.of(whole_path(request.repo))
        return await show_issue(place, request, card_of)

    def card_of(ref: ItemRef) -> str:
        card = owner_of(engine.state, ref)
        return card.id if card else ""

    async def bring_in(request: ImportIssues, speaker: Speaker) -> tuple[Imported, ...]:
        return await imports.imports(request, speaker)

    async def create(request: CreateIssueFrom, speaker: Speaker) -> CardView:
        return await imports.create(request, speaker)

    async def link(request: LinkIssueTo, speaker: Speaker) -> CardView:
        return await imports.link(request, speaker)

    async def unlink(request: UnlinkIssueFrom, speaker: Speaker) -> CardView:
        return await imports.unlink(request, speaker)

    async def sync(request: SyncIssues, _speaker: Speaker) -> SyncedIssues:
        return await rules.sync(request)

    reads: Reads = {ListIssues: every, ShowIssue: one}
    acts: Acts = {
        ImportIssues: bring_in,
        SyncIssues: sync,
        CreateIssueFrom: create,
        LinkIssueTo: link,
        UnlinkIssueFrom: unlink,
    }
    return reads, acts
