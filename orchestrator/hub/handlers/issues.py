"""Issues of the forge: listed."""

from orchestrator.core.errors import NotUnderstood
from orchestrator.core.forge.items import Issues
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.core.forge.views import IssuesView, issue_view
from orchestrator.core.requests.issues import ListIssues
from orchestrator.hub.forge.accounts import Accounts
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.services.lookup import whole_path
from orchestrator.world.forge.errors import ForgeMissing, Trouble
from orchestrator.world.forge.forge import Forge, IssueFilter

_MOST = 10_000


def issues(engine: Engine, accounts: Accounts) -> Table:
    async def every(request: ListIssues) -> IssuesView:
        if not 1 <= request.most <= _MOST:
            raise NotUnderstood(
                f"cannot list {request.most} issues", f"at least 1 and at most {_MOST} can be"
            )
        place = await accounts.of(whole_path(request.repo))
        asked = place.chosen.repository
        ref, found = await place.account.ask(lambda forge: _listed(forge, asked, request))
        shown = tuple(issue_view(each, _card(each.ref)) for each in found.issues)
        return IssuesView(ref.path, shown, found.as_of, found.whole)

    def _card(ref: ItemRef) -> str:
        """The card that the issue belongs to; empty for none."""
        for card in engine.state.cards.values():
            if card.forge.issue and card.forge.issue.ref.same(ref):
                return card.id
        return ""

    return {ListIssues: every}, {}


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
