"""Trust. Sessions can read it, and allow nothing."""

import asyncio
import os
from pathlib import Path

from orchestrator import workflows
from orchestrator.core.requests.trust import Distrust, ListTrust, ShowTrust, Trust
from orchestrator.core.trust.caller import Speaker
from orchestrator.core.trust.repositories import TrustPart, TrustView
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.loop.engine import refusal
from orchestrator.hub.services.lookup import MissingError, whole_path
from orchestrator.hub.trust import parts
from orchestrator.hub.trust.check import ledger
from orchestrator.world import worktrees


def trust() -> Table:
    async def show(request: ShowTrust) -> tuple[TrustView, ...]:
        return await asyncio.to_thread(_seen, request.path)

    async def every(_: ListTrust) -> tuple[TrustView, ...]:
        return tuple(await asyncio.to_thread(ledger().every))

    async def allow(request: Trust, _: Speaker) -> tuple[TrustView, ...]:
        return await asyncio.to_thread(_allow, request.path, request.seen)

    async def revoke(request: Distrust, _: Speaker) -> tuple[TrustView, ...]:
        return await asyncio.to_thread(_revoke, request.path)

    return {ShowTrust: show, ListTrust: every}, {Trust: allow, Distrust: revoke}


def _seen(said: str) -> tuple[TrustView, ...]:
    known = ledger()
    return tuple(known.seen(part) for part in _parts(_path(said)))


def _allow(said: str, digests: tuple[str, ...]) -> tuple[TrustView, ...]:
    there = {part.digest: part for part in _parts(_path(said))}
    if gone := [digest for digest in digests if digest not in there]:
        raise refusal(
            "nothing was allowed",
            f"its content has changed ({len(gone)} of {len(digests)})",
            "Review it again: orch trust --show",
        )
    chosen = [there[digest] for digest in digests]
    ledger().allow(chosen)
    return tuple(ledger().seen(part) for part in chosen)


def _revoke(said: str) -> tuple[TrustView, ...]:
    path = Path(os.path.realpath(_path(said)))
    known = ledger()
    repos = {each.repo for each in known.every()}
    if str(path) in repos or not path.is_file():
        top = next((each for each in (path, *path.parents) if str(each) in repos), path)
        gone = [each for each in known.every() if each.repo == str(top)]
        known.revoke(str(top))
        return tuple(gone)
    gone = [each for each in known.every() if str(Path(each.repo, each.name)) == str(path)]
    for each in gone:
        known.revoke(each.repo, each.name)
    return tuple(gone)


def _path(said: str) -> Path:
    if not said.isprintable():
        raise refusal(f"cannot show {said!r}", hint="Use a name without hidden characters.")
    return whole_path(said)


def _parts(path: Path) -> tuple[TrustPart, ...]:
    if not path.exists():
        raise MissingError(f"{path} does not exist", hint="Use a repository, or a workflow or team file.")
    if path.is_file() and path.name != ".orch.toml":
        try:
            part = parts.of_file(path, workflows.read(path))
        except (workflows.WorkflowMissing, workflows.WorkflowError) as error:
            raise refusal(f"cannot read {path}", str(error)) from None
        return (part,) if part else ()
    folder = path.parent if path.is_file() else path
    own = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)
    facts = worktrees.look(folder)
    tops = dict.fromkeys(Path(each) for each in (own, facts.root) if each)
    return tuple(part for top in tops for part in parts.of_repository(top))
