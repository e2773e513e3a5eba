"""Creates cards for clients and sessions."""

import asyncio
import os
import time
import uuid
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from orchestrator import config
from orchestrator.agents.configured import Agents
from orchestrator.core.commands import Decision, NewCard, Rejected
from orchestrator.core.decide import decide
from orchestrator.core.errors import NotUnderstood
from orchestrator.core.events import CardCreated
from orchestrator.core.evolve import evolve
from orchestrator.core.forge.issues.commands import FetchedIssue
from orchestrator.core.requests.cards import New
from orchestrator.hub.loop.engine import Engine, RefusedError, refusal
from orchestrator.hub.services.lookup import whole_path
from orchestrator.hub.services.programs import check_agent, check_program
from orchestrator.hub.trust import check
from orchestrator.world import worktrees


async def make_card(
    engine: Engine,
    agents: Agents,
    request: New,
    *,
    lead: str = "",
    wanted: bool = False,
    issue: FetchedIssue | None = None,
) -> str:
    """The new card's id. `lead` is the mailbox of its coordinator; one that is `wanted` waits for approval.
    It is linked with that `issue`.

    Raises `RefusedError`, `NotUnderstood`, or an error of git or the configuration.
    """
    command = replace(await _to_make(agents, request, lead=lead, wanted=wanted), issue=issue)
    made = f"c{engine.state.next_card}"
    _check_path(decide(engine.state, command, time.time()))
    await engine.submit(command)
    return made


async def names_of(engine: Engine, agents: Agents, requests: Iterable[New]) -> tuple[str, ...]:
    """The mailboxes that cards created from these, one after another, would get now. Raises as `make_card`
    does for the first invalid one."""
    state, names = engine.state, []
    for request in requests:
        made = decide(state, await _to_make(agents, request), time.time())
        if isinstance(made, Rejected):
            raise RefusedError(made)
        _check_path(made)
        for event in made:
            state = evolve(state, event)
        names.append(next(event.slug for event in made if isinstance(event, CardCreated)))
    return tuple(names)


def settings_of(where: Path) -> config.Config:
    """The settings for the repository that contains a path. Raises `ConfigError`."""
    return config.load(_top(where))


def trusted_settings_of(where: Path) -> config.Config:
    """The same, for a repository of which everything that runs is trusted. Raises `UntrustedError`,
    `ConfigError`."""
    top = _top(where)
    return check.settings_for(top) if top else config.load()


def _top(where: Path) -> Path | None:
    return next((folder for folder in (where, *where.parents) if (folder / ".git").exists()), None)


async def mode_of(repo: str, mode: str, agent: str) -> str:
    """The permission mode of a card there that has this one and this agent, or none of its own. Raises
    `ConfigError`."""
    if mode:
        return mode
    settings = await asyncio.to_thread(settings_of, whole_path(repo))
    return settings.agent_named(agent or settings.default_agent).permission_mode


async def _to_make(agents: Agents, request: New, *, lead: str = "", wanted: bool = False) -> NewCard:
    where = whole_path(request.repo, "Use the repository's absolute path.")
    settings = await asyncio.to_thread(trusted_settings_of, where)
    base = request.base or settings.worktree.base
    repo = await asyncio.to_thread(worktrees.look, where, base)
    name = check_agent(agents, request.agent or settings.default_agent)
    agent = settings.agent_named(name)
    if not request.backlog:
        check_program(settings, name)
    await asyncio.to_thread(trusted_settings_of, Path(repo.root))
    _check_mode(agent, request.permission_mode)
    title = request.title or next(iter(request.prompt.strip().splitlines()), "")
    command = NewCard(
        title=title[:500],
        prompt=request.prompt,
        repo=repo,
        base=base,
        branch=request.branch,
        name=request.name,
        model=request.model,
        permission_mode=request.permission_mode,
        backlog=request.backlog,
        folder=settings.worktree.folder,
        branch_template=settings.worktree.branch,
        home=str(Path.home()),
        labels=request.labels,
        session_id=str(uuid.uuid4()),
        lead=lead,
        wanted=wanted,
        agent=name,
    )
    if request.branch:
        await asyncio.to_thread(worktrees.check_branch_name, request.branch)
    return command


def _check_path(decision: Decision) -> None:
    for event in decision if isinstance(decision, tuple) else ():
        if isinstance(event, CardCreated) and os.path.lexists(event.path):
            raise refusal(
                f"{event.path} already exists",
                "the card's worktree would be created there",
                "Choose another --name.",
            )


def _check_mode(agent: config.Agent, mode: str) -> None:
    if mode and mode not in agent.permission_modes:
        known = ", ".join(agent.permission_modes)
        raise NotUnderstood(f"{mode!r} is not a permission mode", "", f"Use one of {known}.")
