"""The API's part on rescues: listed over all repositories that cards have, shown, restored, dropped."""

import asyncio
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from orchestrator.hub import wishes
from orchestrator.hub.lookup import MissingError, whole_path
from orchestrator.hub.loop.engine import Engine, refusal
from orchestrator.hub.making import settings_of
from orchestrator.hub.server.bodies import read
from orchestrator.world import worktrees
from orchestrator.world.worktrees import GitRefused, Rescue


def rescue_routes(engine: Engine) -> list[Route]:
    """The routes. Raises what the API's handlers turn into words."""

    async def list_(request: Request) -> Response:
        found = await asyncio.to_thread(_all, _repos(request.query_params.get("repo", "")))
        return JSONResponse([asdict(each) for each in found])

    async def show(request: Request) -> Response:
        named = request.query_params
        found = await asyncio.to_thread(_find, _repos(named.get("repo", "")), named.get("ref", ""))
        root = Path(found.repo)
        files = await asyncio.to_thread(worktrees.rescued_files, root, found.ref)
        patch = await asyncio.to_thread(worktrees.rescued_patch, root, found.ref) if "patch" in named else ""
        return JSONResponse({**asdict(found), "files": files, "patch": patch})

    async def restore(request: Request) -> Response:
        body = await read(request, wishes.Restore)
        found = await asyncio.to_thread(_find, _repos(body.repo), body.ref)
        name = found.ref.removeprefix(worktrees.RESCUES).replace("/", "-")
        branch = body.branch or f"rescue/{name}"
        path = whole_path(body.to) if body.to else _beside(found, f"rescue-{name}")
        await asyncio.to_thread(worktrees.restore, Path(found.repo), found.ref, path, branch)
        return JSONResponse({**asdict(found), "branch": branch, "path": str(path)})

    async def drop(request: Request) -> Response:
        body = await read(request, wishes.OfRescue)
        found = await asyncio.to_thread(_find, _repos(body.repo), body.ref)
        if found.ref != body.ref:
            raise refusal(
                f"{body.ref!r} is not the whole name of a rescue",
                "dropping one can't be taken back",
                f"Name it whole: orch rescue drop {found.ref}",
            )
        await asyncio.to_thread(worktrees.drop, Path(found.repo), found.ref, found.commit)
        return JSONResponse(asdict(found))

    def _repos(given: str) -> list[str]:
        """The repositories to look in: that of the path, first, and those of all cards."""
        named = [str(whole_path(given))] if given else []
        return list(dict.fromkeys([*named, *(card.repo for card in engine.cards)]))

    return [
        Route("/rescues", list_),
        Route("/rescues/show", show),
        Route("/rescues/restore", restore, methods=["POST"]),
        Route("/rescues/drop", drop, methods=["POST"]),
    ]


def _all(repos: Iterable[str]) -> list[Rescue]:
    found: dict[tuple[str, str], Rescue] = {}
    for repo in repos:
        try:
            found |= {(each.repo, each.ref): each for each in worktrees.rescues(Path(repo))}
        except GitRefused:  # gone, or no repository: none of its rescues can be had
            continue
    return sorted(found.values(), key=lambda each: -each.at)


def _find(repos: list[str], ref: str) -> Rescue:
    """The rescue of that name; its beginning may be left out, and the newest of a card is meant by its id."""
    found = _all(repos)
    whole = ref if ref.startswith(worktrees.RESCUES) else f"{worktrees.RESCUES}{ref}"
    for each in found:
        if each.ref == whole:
            return each
    of_card = [each for each in found if each.card == ref]
    if of_card:
        return of_card[0]
    raise MissingError(f"there is no rescue {ref!r}", hint="orch rescue list names those there are.")


def _beside(rescue: Rescue, slug: str) -> Path:
    root = Path(rescue.repo)
    folder = settings_of(root).worktree.folder
    words = {"slug": slug, "repo": root.name, "parent": str(root.parent), "home": str(Path.home())}
    return Path(folder.format(**words)).expanduser()
