"""Problems of change requests: listed, and sent to sessions."""

from orchestrator.core.board.views import CardView
from orchestrator.core.forge.autofix.views import ProblemsView
from orchestrator.core.requests.fixes import Fix, FixesSent, ListProblems, SetAutofix
from orchestrator.core.trust.caller import Speaker
from orchestrator.hub.forge.changes.fixes import Fixes
from orchestrator.hub.handlers.table import Table


def fixes(service: Fixes) -> Table:
    async def problems(request: ListProblems) -> ProblemsView:
        return await service.problems(request)

    async def fix(request: Fix, speaker: Speaker) -> FixesSent:
        return await service.fix(request, speaker)

    async def set_autofix(request: SetAutofix, speaker: Speaker) -> CardView:
        return await service.set_autofix(request, speaker)

    return {ListProblems: problems}, {Fix: fix, SetAutofix: set_autofix}
