"""The diff of a card's work and what is said about its lines: the facts that reading and deciding need."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from orchestrator.core.diff.files import ChangedFile, Diff
from orchestrator.core.errors import Failed, OrchError
from orchestrator.core.model import Card
from orchestrator.core.overlaps.views import RepositoryOverlaps
from orchestrator.core.requests.gates import Deny
from orchestrator.core.requests.review import (
    AddComment,
    ExportPatch,
    Patch,
    ReadDiff,
    ReadPatch,
    ReadReview,
    SendComments,
)
from orchestrator.core.review.anchors import anchor, lines_of
from orchestrator.core.review.commands import QueueComments, WriteComment, WriteNote
from orchestrator.core.review.comments import Anchor, CardComments, Comment, Review, Side
from orchestrator.core.review.prompt import prompt_of
from orchestrator.core.review.shown import comment, name_on, named_now, shown
from orchestrator.core.workflow.plan import HEADLESS, LOCAL
from orchestrator.hub.effects.whereabouts import found_again
from orchestrator.hub.loop.engine import Engine, refusal
from orchestrator.hub.places.places import Places
from orchestrator.hub.services.looking import look
from orchestrator.hub.services.lookup import MissingError
from orchestrator.paths import Home
from orchestrator.world.hosts import HostError
from orchestrator.world.worktrees import diffs

_AT_ONCE = 2
"""Worktrees that are looked at at the same time."""
_KEPT = 8
_MOST_BYTES = 50_000_000
"""Of one answer to `ReadPatch`."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReviewService:
    """Every method raises `MissingError`, `RefusedError`, or an error of git or of a host."""

    engine: Engine
    home: Home
    places: Places
    find: Callable[[str], Card]
    saw: Callable[[str, str], None] = lambda _card, _tree: None
    """Called with a card and the tree that its worktree is."""
    overlaps: Callable[[Card], RepositoryOverlaps | None] = lambda _: None
    """What the card has in common with others, as far as known."""
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    _files: dict[tuple[str, str, str], tuple[ChangedFile, ...]] = field(default_factory=dict)
    """Of the diffs that were read last, by card and trees: comments are looked up in them at once."""

    # --- the diff --------------------------------------------------------------------------------

    async def diff(self, request: ReadDiff) -> Diff:
        card = await self._at_its_place(self.find(request.card))
        began_at = card.worktree.base_commit if card.worktree else ""
        scope = diffs.Scope(request.scope, request.commit, card.review.seen, card.base, began_at)
        if request.base:
            scope = replace(scope, base=request.base, asked=True)

        def looked() -> tuple[str, Diff]:
            store = self._store(card)
            return look(card, self.places, store, scope, ignore_space=request.ignore_space)

        tree, found = await self._looked(card, looked)
        self._keep(card, found)
        self.saw(card.id, tree)
        place = card.worktree.path if card.worktree else ""
        host = "" if card.where in (LOCAL, HEADLESS) else card.where
        return replace(found, card=card.id, path="" if host else place, host=host)

    async def patch(self, request: ReadPatch) -> Patch:
        card = self.find(request.card)

        def read() -> tuple[bytes, bool]:
            return diffs.cut_patch(
                self._store(card),
                request.old_tree,
                request.new_tree,
                request.paths,
                most=max(1, min(request.max_bytes, _MOST_BYTES)),
                ignore_space=request.ignore_space,
                context=request.context,
            )

        return Patch(*await asyncio.to_thread(read))

    async def export(self, request: ExportPatch) -> AsyncIterator[bytes]:
        """The first part is read before this returns, so that what goes wrong is said in words."""
        card = self.find(request.card)
        store = await asyncio.to_thread(self._store, card)
        parts = diffs.patch_parts(store, request.old_tree, request.new_tree, request.paths)
        first = await asyncio.to_thread(next, parts, b"")

        async def all_of_them() -> AsyncIterator[bytes]:
            part = first
            while part:
                yield part
                part = await asyncio.to_thread(next, parts, b"")

        return all_of_them()

    # --- comments --------------------------------------------------------------------------------

    async def review(self, request: ReadReview) -> Review:
        """What can't be looked at is said in it: no comment is hidden by that."""
        card = self.find(request.card)
        try:
            lines = await self._lines(card, request.old_tree, request.new_tree)
        except (OrchError, OSError) as error:
            card = self.find(card.id)
            return shown(card.id, card.review, (), None, str(error))
        card = self.find(card.id)
        found = self.overlaps(card)
        review = shown(card.id, card.review, lines.files, lines.read, stored=lines.stored.get)
        return replace(review, overlaps=found.overlaps) if found else review

    async def add(self, request: AddComment) -> Comment:
        card = self.find(request.card)
        found = await self._anchor(
            card, request.path, request.side, request.line, request.end_line, request.tree
        )
        number = str(self.find(card.id).review.next)  # decided before anybody else has a turn
        await self.engine.submit(WriteComment(card.id, found, request.text))
        return self.comment(card.id, number)

    async def note(self, card_id: str, path: str, side: Side, line: int, end_line: int, text: str) -> None:
        """A note by the card's session."""
        card = self.find(card_id)
        root = f"{card.worktree.path}/" if card.worktree else ""
        name = path.removeprefix(root) if root else path
        found = await self._anchor(card, name.removeprefix("./"), side, line, end_line, "")
        await self.engine.submit(WriteNote(card.id, found, text))

    async def send(self, request: SendComments) -> tuple[str, str]:
        """The ids of the card and of the prompt."""
        found = await self.review(ReadReview(request.card))
        drafts = {each.id: each for each in _drafts(found)}
        for each in request.comments:
            if each not in drafts:
                raise refusal(
                    f"comment {each!r} of {found.card} is no draft",
                    "there is no such comment, or it has been sent",
                    f"List comments: orch review list {found.card}",
                )
        chosen = [each for each in drafts.values() if not request.comments or each.id in request.comments]
        prompt = uuid.uuid4().hex[:12]
        texts = tuple((each.id, each.text) for each in chosen)
        command = QueueComments(found.card, prompt, prompt_of(chosen, request.note), texts)
        await self.engine.submit(command)
        return found.card, prompt

    async def denial(self, request: Deny, cards: Iterable[str]) -> tuple[Deny, CardComments]:
        """The denial with the drafts of these cards in its reason, and which they are."""
        if request.signature:
            raise refusal(
                "comments cannot be sent with a signed denial",
                "the signature is about the reason alone",
                "Write them into the reason, or deny without --comments.",
            )
        reviews = [await self.review(ReadReview(each)) for each in dict.fromkeys(cards)]
        drafts = {each.card: _drafts(each) for each in reviews}
        chosen = [each for found in drafts.values() for each in found]
        if not chosen:
            hint = "Deny without them, or write one: orch review add CARD FILE:LINE TEXT"
            raise refusal("there is no comment to send with the denial", hint=hint)
        told = tuple(
            (card, tuple((each.id, each.text) for each in found)) for card, found in drafts.items() if found
        )
        return replace(request, note=prompt_of(chosen, request.note)), told

    def comment(self, card_id: str, number: str) -> Comment:
        """As it was written."""
        for each in self.find(card_id).review.comments:
            if each.id == number:
                return comment(each, (), None)
        raise MissingError(f"{card_id} has no comment {number!r}")

    # --- inside ----------------------------------------------------------------------------------

    def _keep(self, card: Card, diff: Diff) -> None:
        while len(self._files) >= _KEPT:
            del self._files[next(iter(self._files))]
        self._files[card.id, diff.old_tree, diff.new_tree] = diff.files

    def _store(self, card: Card) -> diffs.ObjectStore:
        return diffs.object_store(Path(card.repo), self.home.diffs / card.id)

    async def _looked(self, card: Card, work: Callable[[], T]) -> T:
        async with self._turn:
            if not self.places.elsewhere(card):
                return await asyncio.to_thread(work)
            try:
                return await self.places.asked(work)
            except HostError as error:
                raise Failed(error.what, error.why, error.hint) from error

    async def _at_its_place(self, card: Card) -> Card:
        """The card, whose worktree may have been moved."""
        tree = card.worktree
        if tree and not self.places.elsewhere(card) and not Path(tree.path).is_dir():
            if moved := await asyncio.to_thread(found_again, card):
                await self.engine.record((moved,))
            card = self.find(card.id)
        return card

    async def _lines(self, card: Card, old: str, new: str) -> "_Lines":
        """The lines of all files that comments and notes are about."""
        review = card.review
        anchors = [*(each.anchor for each in review.comments), *(each.anchor for each in review.notes)]
        if not anchors and not review.marks:
            return _Lines((), {}, {})
        if old and new:
            files = self._files.get((card.id, old, new), ())
            if not files:
                store = await asyncio.to_thread(self._store, card)
                files = await asyncio.to_thread(diffs.changes, store, old, new)
        else:
            diff = await self.diff(ReadDiff(card.id))
            files, old, new = diff.files, diff.old_tree, diff.new_tree
        store = await asyncio.to_thread(self._store, card)
        before = await asyncio.to_thread(diffs.stored, store, {each.content for each in anchors})
        return _Lines(
            files,
            await self._read(card, anchors, files, {"old": old, "new": new}),
            {content: lines_of(data) for content, data in before.items()},
        )

    async def _read(
        self, card: Card, anchors: Iterable[Anchor], files: Sequence[ChangedFile], trees: dict[Side, str]
    ) -> dict[tuple[Side, str], list[str]]:
        wanted: dict[Side, set[str]] = {"old": set(), "new": set()}
        for each in anchors:
            wanted[each.side].add(name_on(each.side, named_now(each.path, files), files))
        found: dict[tuple[Side, str], list[str]] = {}
        store = await asyncio.to_thread(self._store, card)
        for side, paths in wanted.items():
            held = await asyncio.to_thread(diffs.contents, store, trees[side], paths)
            found |= {(side, path): lines_of(data) for path, data in held.items()}
        return found

    async def _anchor(self, card: Card, path: str, side: Side, line: int, end_line: int, tree: str) -> Anchor:
        last = end_line or line
        lines, content = await self._lines_of(card, path, side, tree)
        if lines is None:
            raise refusal(
                f"{path} has no lines to comment on",
                "it is not a text file of the diff" if side == "new" else "it was not there before",
                f"List the files: orch diff {card.slug} --name-only",
            )
        if found := anchor(path, side, lines, line, last, content):
            return found
        raise refusal(
            f"{path} has no line {last if line >= 1 else line}",
            f"it has {len(lines)}" if 1 <= line <= last else "lines are counted from 1, the first one first",
            f"Show the diff: orch diff {card.slug}",
        )

    async def _lines_of(self, card: Card, path: str, side: Side, tree: str) -> tuple[list[str] | None, str]:
        """The lines of a file, and the id of what it holds."""
        store = await asyncio.to_thread(self._store, card)
        name = path
        ids = await asyncio.to_thread(diffs.content_ids, store, tree, [path]) if tree else {}
        if not tree or (not ids and side == "old"):
            diff = await self.diff(ReadDiff(card.id))
            name = name_on(side, path, diff.files)
            tree = tree or (diff.new_tree if side == "new" else diff.old_tree)
            ids = await asyncio.to_thread(diffs.content_ids, store, tree, [name])
        content = ids.get(name, "")
        held = (await asyncio.to_thread(diffs.stored, store, [content])).get(content)
        return (None, "") if held is None or b"\0" in held else (lines_of(held), content)


def _drafts(review: Review) -> list[Comment]:
    return [each for each in review.comments if each.state in ("draft", "outdated")]


@dataclass(frozen=True, slots=True)
class _Lines:
    files: tuple[ChangedFile, ...]
    held: dict[tuple[Side, str], list[str]]
    stored: dict[str, list[str]]
    """Of contents by their ids, those that comments were written on."""

    def read(self, side: Side, path: str) -> list[str] | None:
        return self.held.get((side, path))
