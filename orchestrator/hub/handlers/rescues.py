"""Rescues: listed over all repositories that cards have, shown, restored, dropped."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict
from pathlib import Path

from orchestrator.core.requests.rescues import DropRescue, ExportRescue, ListRescues, Restore, ShowRescue
from orchestrator.core.trust.caller import Speaker
from orchestrator.core.worktrees.rescues import RESCUE_REFS, RescueDetail, RescueView, Restored
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.loop.engine import Engine, refusal
from orchestrator.hub.services.lookup import MissingError, whole_path
from orchestrator.hub.services.new_cards import settings_of
from orchestrator.world import worktrees
from orchestrator.world.worktrees import GitRefused


def rescues(engine: Engine) -> Table:
    async def every(request: ListRescues) -> tuple[RescueView, ...]:
        return tuple(await asyncio.to_thread(_all, _repos(request.repo)))

    async def show(request: ShowRescue) -> RescueDetail:
        found, root = await _found(request.ref, request.repo)
        files = await asyncio.to_thread(worktrees.rescued_files, root, found.ref)
        patch = await asyncio.to_thread(worktrees.rescued_patch, root, found.ref) if request.patch else ""
        return RescueDetail(**asdict(found), files=files, patch=patch)

    async def export(request: ExportRescue) -> AsyncIterator[bytes]:
        """The first part is read before this returns, so that what goes wrong is said in words."""
        found, root = await _found(request.ref, request.repo)
        card = engine.state.cards.get(found.card)
        named = request.base or (card.base if card else "")
        against, commit = await asyncio.to_thread(worktrees.compared_with, root, found.ref, named)
        parts = worktrees.whole_patch(root, against, commit)
        first = await asyncio.to_thread(next, parts, b"")

        async def all_of_them() -> AsyncIterator[bytes]:
            yield f"Rescue: {found.ref}\nApplies to: {against}\n\n".encode()
            part = first
            while part:
                yield part
                part = await asyncio.to_thread(next, parts, b"")

        return all_of_them()

    async def restore(request: Restore, _: Speaker) -> Restored:
        found, root = await _found(request.ref, request.repo)
        name = found.ref.removeprefix(RESCUE_REFS).replace("/", "-")
        branch = request.branch or f"rescue/{name}"
        if request.branch_only:
            await asyncio.to_thread(worktrees.restore_branch, root, found.ref, branch)
            return Restored(**asdict(found), branch=branch)
        path = whole_path(request.to) if request.to else _beside(found, f"rescue-{name}")
        await asyncio.to_thread(worktrees.restore, root, found.ref, path, branch)
        return Restored(**asdict(found), branch=branch, path=str(path))

    async def drop(request: DropRescue, _: Speaker) -> RescueView:
        found, root = await _found(request.ref, request.repo)
        if found.ref != request.ref:
            raise refusal(
                f"{request.ref!r} is not the full name of a rescue",
                "dropping a rescue cannot be undone",
                f"Use the full name: orch rescue drop {found.ref}",
            )
        await asyncio.to_thread(worktrees.drop, root, found.ref, found.commit)
        return found

    async def _found(ref: str, repo: str) -> tuple[RescueView, Path]:
        """The rescue, and its repository."""
        found = await asyncio.to_thread(_find, _repos(repo), ref)
        return found, Path(found.repo)

    def _repos(given: str) -> list[str]:
        """The repositories to search: that of the path first, then those of all cards."""
        named = [str(whole_path(given))] if given else []
        return list(dict.fromkeys([*named, *(card.repo for card in engine.cards)]))

    return {ListRescues: every, ShowRescue: show, ExportRescue: export}, {Restore: restore, DropRescue: drop}


def _all(repos: Iterable[str]) -> list[RescueView]:
    found: dict[tuple[str, str], RescueView] = {}
    for repo in repos:
        try:
            found |= {(each.repo, each.ref): each for each in worktrees.rescues(Path(repo))}
        except GitRefused:  # gone, or not a repository: its rescues are unavailable
            continue
    return sorted(found.values(), key=lambda each: -each.at)


def _find(repos: list[str], ref: str) -> RescueView:
    """The rescue with that name; its prefix may be omitted, and a card's id means its newest."""
    found = _all(repos)
    whole = ref if ref.startswith(RESCUE_REFS) else f"{RESCUE_REFS}{ref}"
    for each in found:
        if each.ref == whole:
            return each
    of_card = [each for each in found if each.card == ref]
    if of_card:
        return of_card[0]
    raise MissingError(f"no rescue named {ref!r}", hint="List rescues: orch rescue list")


def _beside(rescue: RescueView, slug: str) -> Path:
    root = Path(rescue.repo)
    folder = settings_of(root).worktree.folder
    words = {"slug": slug, "repo": root.name, "parent": str(root.parent), "home": str(Path.home())}
    return Path(folder.format(**words)).expanduser()
