"""Starts a team: its cards, the coordinator's first."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator import config
from orchestrator.core.requests.cards import New
from orchestrator.core.requests.mail import StartTeam
from orchestrator.core.text.names import slug_of
from orchestrator.hub.loop.engine import refusal
from orchestrator.hub.services.cards import CardService
from orchestrator.hub.services.new_cards import names_of
from orchestrator.hub.trust import check

if TYPE_CHECKING:
    from orchestrator.teams import Team


@dataclass(frozen=True, slots=True)
class TeamStarts:
    """Creates and starts the cards of a team."""

    card_service: CardService

    async def start(self, request: StartTeam) -> tuple[str, ...]:
        """The ids of the cards. If a name is taken, by a card or a branch, a number is appended.

        Raises `RefusedError` for an invalid description, with all its errors, and what `CardService.new`
        raises.
        """
        team = await asyncio.to_thread(_load, request.text, request.file)
        if request.file:
            settings = await asyncio.to_thread(config.load)
            await asyncio.to_thread(check.check_team, settings, Path(request.file), request.text)
        cards = [
            New(
                title=member.title,
                repo=request.repo,
                base=team.base,
                name=slug_of(member.name),
                model=member.model,
                permission_mode=member.permission_mode,
                labels=tuple(member.labels),
            )
            for member in team.members
        ]
        names = await names_of(self.card_service.engine, self.card_service.agents, cards)
        prompts = await asyncio.to_thread(_prompts, team, names)
        made: list[str] = []
        for member, card, name, prompt in zip(team.members, cards, names, prompts, strict=True):
            whole = replace(card, name=name, prompt=prompt)
            view = await self.card_service.new(whole, lead="" if member.lead else names[0])
            made.append(view.id)
        return tuple(made)


def _load(text: str, file: str) -> "Team":
    from orchestrator import teams  # it loads PyYAML, which nothing else here needs

    try:
        return teams.load(text, file=file)
    except teams.TeamError as error:
        raise refusal(f"cannot start {file or 'the team'}", str(error)) from None


def _prompts(team: "Team", names: tuple[str, ...]) -> tuple[str, ...]:
    from orchestrator import teams  # as above

    return tuple(teams.prompts(team, names))
