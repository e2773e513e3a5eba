"""Grants: listing and revoking them."""

import asyncio
from dataclasses import dataclass

from orchestrator.agents.agent import Asks
from orchestrator.agents.configured import Agents
from orchestrator.core.effects import alive
from orchestrator.core.events import RightGranted
from orchestrator.core.literals import GrantState
from orchestrator.core.needs.grants import GrantView, Right
from orchestrator.core.requests.cards import Restart
from orchestrator.hub.loop.engine import Engine, refusal
from orchestrator.hub.services.lookup import MissingError


@dataclass(frozen=True, slots=True)
class Grants:
    """What answers `always` have allowed, from the journal and the present files."""

    engine: Engine
    agents: Agents

    async def all(self) -> tuple[GrantView, ...]:
        """Newest first."""
        return tuple(map(self._view, reversed(await asyncio.to_thread(self._granted))))

    async def revoke(self, ref: str) -> GrantView:
        """Revokes a grant that lasts as long as a session, by restarting it. Raises `RefusedError` for one in
        a file of the user's, which orch never edits."""
        found = next((each for each in await asyncio.to_thread(self._granted) if each.request == ref), None)
        if found is None:
            raise MissingError(f"no grant named {ref!r}", hint="List grants: orch grants")
        view = self._view(found)
        if view.state == "gone":
            raise refusal(f"{ref} is no longer in force", hint="Nothing to revoke.")
        if found.right.place != "session":
            raise refusal(
                f"orch cannot revoke {ref}",
                f"the agent stored it in {found.right.file}, which is yours",
                f"Revoke it yourself: {view.revoke}. Then restart running sessions.",
            )
        await self.engine.submit(Restart(found.card))
        return self._view(found)

    def _granted(self) -> list[RightGranted]:
        events = self.engine.journal.since(0.0, ("RightGranted",))
        return [each for each in events if isinstance(each, RightGranted)]

    def _view(self, event: RightGranted) -> GrantView:
        right, card = event.right, self.engine.state.cards.get(event.card)
        if right.place == "session":
            session = card.session if card and alive(card) and not card.ending else None
            stands: bool | None = session is not None and session.run == event.run
        else:
            asks = self.agents.of(card).asks
            stands = asks.is_stored(right) if asks else None
        states: dict[bool | None, GrantState] = {True: "holds", False: "gone", None: "unknown"}
        state = states[stands]
        way = "" if state == "gone" else way_back(event.request, right, self.agents.of(card).asks)
        return GrantView(
            event.request, event.card, card.slug if card else event.card, event.at, right.words, right.place,
            right.file, event.by, event.user, state, way,
        )  # fmt: skip


def way_back(grant: str, right: Right, asks: Asks | None) -> str:
    """How a right that holds is taken back, in words: what lasts as long as a session goes with it, files
    are the user's own."""
    if right.place == "session":
        return f"orch grants revoke {grant}, which restarts the session"
    return asks.revoke(right) if asks else f"remove it from {right.file}"
