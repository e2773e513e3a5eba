"""Issues of the forge: listed, imported, linked."""

from orchestrator.core.board.views import CardView
from orchestrator.core.errors import NotUnderstood
from orchestrator.core.forge.items import Issues
from orchestrator.core.forge.linking import owner_of
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.core.forge.views import Imported, IssuesView, issue_view
from orchestrator.core.requests.issues import ImportIssues, LinkIssueTo, ListIssues, UnlinkIssueFrom
from orchestrator.core.trust.speaker import Speaker
from orchestrator.hub.forge.importing import IssueImports
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.services.lookup import whole_path
from orchestrator.world.forge.errors import ForgeMissing, Trouble
from orchestrator.world.forge.forge import Forge, IssueFilter

_MOST = 10_000


def issues(engine: Engine, imports: IssueImports) -> Table:
    async def every(request: ListIssues) -> IssuesView:
        if not 1 <= request.most <= _MOST:
            raise NotUnderstood(
                f"cannot list {request.most} issues", f"at least 1 and at most {_MOST} can be"
            )
        place = await imports.accounts.of(whole_path(request.repo))
        asked = place.chosen.repository
        ref, found = await place.account.ask(lambda forge: _listed(forge, asked, request))
        shown = tuple(issue_view(each, card_of(each.ref)) for each in found.issues)
        return IssuesView(ref.path, shown, found.as_of, found.whole)

    def card_of(ref: ItemRef) -> str:
        card = owner_of(engine.state, ref)
        return card.id if card else ""

    async def bring_in(request: ImportIssues, speaker: Speaker) -> tuple[Imported, ...]:
        return await imports.imports(request, speaker)

    async def link(request: LinkIssueTo, speaker: Speaker) -> CardView:
        return await imports.link(request, speaker)

    async def unlink(request: UnlinkIssueFrom, speaker: Speaker) -> CardView:
        return await imports.unlink(request, speaker)

    return {ListIssues: every}, {ImportIssues: bring_in, LinkIssueTo: link, UnlinkIssueFrom: unlink}


def _listed(forge: Forge, ref: RepositoryRef, request: ListIssues) -> tuple[RepositoryRef, Issues]:
    """By the repository's present name: a redirected list would lose what was asked for."""
    repository = forge.repository(ref)
    if not repository.issues:
        what, why = f"{repository.ref.path} has no issues", "issues are disabled for the repository"
        raise ForgeMissing(Trouble.GONE, what, why, "Enable them in its settings.")
    wanted = IssueFilter(
        open=None if request.state == "all" else request.state == "open",
        labels=request.labels,
        assignee=forge.identity().login if request.assignee == "@me" else request.assignee,
    )
    return repository.ref, forge.issues(repository.ref, wanted, request.most)
