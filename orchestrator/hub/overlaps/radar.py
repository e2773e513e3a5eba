"""Keeps the overlaps of all cards up to date: reads a worktree when there is a sign that it has changed, at
most two at once, and does nothing else."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from orchestrator.core.effects import alive
from orchestrator.core.model import Card
from orchestrator.core.overlaps.notes import due
from orchestrator.core.overlaps.views import OverlapMarks, RepositoryOverlaps, marks
from orchestrator.core.requests.overlaps import Look
from orchestrator.core.sessions.states import STATES
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.loop.forever import endless
from orchestrator.hub.overlaps.comparing import Comparing
from orchestrator.hub.overlaps.reader import WorktreeReader
from orchestrator.hub.overlaps.reading import Reading, moved, session_sign, watching
from orchestrator.hub.places.places import Places
from orchestrator.paths import Home

_AT_ONCE = 2
"""Worktrees that are read, or pairs that are merged, at the same time; each with one git process."""
_LOOKS_EVERY = 2.0
"""Seconds between two looks at what the hub knows of sessions; no git, no files."""
_FILES_EVERY = 30.0
"""Seconds between two looks at the times of files."""
_AT_WORK, _AFTER_FAILURE, _ELSEWHERE = 10.0, 60.0, 60.0
"""Seconds between two readings of a worktree: while its session works, after one that failed, on a host."""
_SHARE = 9
"""After a round, git rests this many times as long as it ran."""
_RESTS_AT_MOST = 120.0


@dataclass
class Radar:
    """All methods run on the event loop's thread. With `tell` sessions are told of overlaps by mail."""

    engine: Engine
    home: Home
    places: Places
    tell: bool
    _readings: dict[str, Reading] = field(default_factory=dict)
    _found: dict[str, RepositoryOverlaps] = field(default_factory=dict)
    _marks: dict[str, OverlapMarks] = field(default_factory=dict)
    _stale: set[str] = field(default_factory=set)
    """Cards whose worktree may have changed."""
    _behind: set[str] = field(default_factory=set)
    """Cards whose base may have moved."""
    _changed: set[str] = field(default_factory=set)
    """Repositories of which something was read since they were compared."""
    _away: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    _round: asyncio.Lock = field(default_factory=asyncio.Lock)
    _files_at: float = 0.0
    _rest_until: float = 0.0

    def __post_init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._reader = WorktreeReader(self.home, self.places)
        self._comparing = Comparing(self._turn)
        self.engine.with_overlaps(lambda card: self._marks.get(card, OverlapMarks()))

    async def run(self) -> None:
        """Looks until it is cancelled."""
        await endless("overlaps", self._look, self.engine.faults, lambda: asyncio.sleep(_LOOKS_EVERY))

    async def ask(self, card: Card | None, look: Look) -> tuple[RepositoryOverlaps, ...]:
        """The overlaps of one card, or of all repositories in which there are several."""
        if look != "known":
            async with self._round:
                if look == "all":
                    self._stale |= {each for each in self._readings if card is None or self._same(each, card)}
                await self._look_now(at_once=True)
        if card is None:
            return tuple(self._found[repo] for repo in sorted(self._found))
        found = self._found.get(card.repo)
        return (found.of(card.id),) if found else ()

    def known(self, card: Card) -> RepositoryOverlaps | None:
        """What is known of a card now; `None` if it has nothing in common with another."""
        found = self._found.get(card.repo)
        own = found.of(card.id) if found else None
        return own if own and (own.overlaps or any(each.card == card.id for each in own.left_out)) else None

    def saw(self, card: str, tree: str) -> None:
        """Somebody else has read the card's worktree, and it is that tree."""
        reading = self._readings.get(card)
        if reading and reading.now and reading.now.tree != tree:
            self._stale.add(card)

    # --- a round ---------------------------------------------------------------------------------

    async def _look(self) -> None:
        self._let_go(self._groups())
        if time.monotonic() >= self._rest_until:
            async with self._round:
                await self._look_now(at_once=False)

    async def _look_now(self, *, at_once: bool) -> None:
        began = time.monotonic()
        groups = self._groups()
        self._let_go(groups)
        self._forget_all_but(groups)
        present = {card.id: card for cards in groups.values() for card in cards}
        if at_once or began - self._files_at >= _FILES_EVERY:
            self._files_at = began
            await self._look_at_files(present)
        wanted = [card for card in present.values() if self._is_due(card, at_once=at_once)]
        here = [card for card in wanted if not self.places.elsewhere(card)]
        for card in wanted:
            if self.places.elsewhere(card):
                self._read_elsewhere(card)
        if here:
            await asyncio.gather(*map(self._read_here, here))
        for repo in tuple(self._changed & groups.keys()):
            self._changed.discard(repo)
            await self._compare(repo, groups[repo])
        if here:
            rest = min(_SHARE * (time.monotonic() - began), _RESTS_AT_MOST)
            self._rest_until = time.monotonic() + rest

    def _groups(self) -> dict[str, list[Card]]:
        """The cards to compare, by repository; only where there are worktrees to compare."""
        groups: dict[str, list[Card]] = {}
        for card in self.engine.state.cards.values():
            if card.worktree and card.finished is None:
                groups.setdefault(card.repo, []).append(card)
        return {
            repo: cards
            for repo, cards in groups.items()
            if len({each.worktree.path for each in cards if each.worktree}) > 1
        }

    def _let_go(self, groups: dict[str, list[Card]]) -> None:
        """Takes the overlaps of cards that are no longer compared from what is known, and the marks from both
        cards. Takes no git, and so does not wait until that may run."""
        for repo, found in list(self._found.items()):
            present = {card.id for card in groups.get(repo, ())}
            named = {card for card, _ in found.slugs}
            if named <= present:
                continue
            left = found.among(present)
            if present:
                self._found[repo] = left
                self._changed.add(repo)
            else:
                del self._found[repo]
            self._show({card: marks(card, left.overlaps) for card in named})

    def _forget_all_but(self, groups: dict[str, list[Card]]) -> None:
        present = {card.id for cards in groups.values() for card in cards}
        for reading in [each for each in self._readings.values() if each.card not in present]:
            del self._readings[reading.card]
            self._stale.discard(reading.card)
            self._behind.discard(reading.card)
            if card := self.engine.state.cards.get(reading.card):
                self._changed.add(card.repo)
        self._comparing.forget_others(groups)
        for repo, found in self._found.items():
            if repo in groups and {card for card, _ in found.slugs} != {card.id for card in groups[repo]}:
                self._changed.add(repo)

    def _is_due(self, card: Card, *, at_once: bool) -> bool:
        reading = self._readings.get(card.id)
        if reading is None or card.id in self._stale | self._behind:
            return True
        age = time.monotonic() - reading.read_at
        if reading.why and (at_once or age >= _AFTER_FAILURE):
            return True
        if reading.session == session_sign(card):
            return False
        works = card.session is not None and STATES[card.session.status].at_work
        return at_once or not works or age >= _AT_WORK

    async def _look_at_files(self, present: dict[str, Card]) -> None:
        """Finds worktrees that were changed from elsewhere, and bases that have moved."""
        here = [
            (present[card], reading)
            for card, reading in self._readings.items()
            if reading.changes and not self.places.elsewhere(present[card])
        ]

        def found() -> tuple[set[str], set[str]]:
            bases = {(card.repo, card.base): card for card, _ in here}
            signs = {key: self._reader.base(card) for key, card in bases.items()}
            behind = {card.id for card, each in here if each.base != signs[card.repo, card.base]}
            return {card.id for card, each in here if moved(each)}, behind

        stale, behind = await asyncio.to_thread(found)
        self._stale |= stale
        self._behind |= behind

    # --- reading ---------------------------------------------------------------------------------

    async def _read_here(self, card: Card) -> None:
        before = self._readings.get(card.id)
        only_base = card.id in self._behind and card.id not in self._stale
        async with self._turn:
            if before and only_base and before.session == session_sign(card):
                self._take(card, await asyncio.to_thread(self._reader.after_move_of_base, card, before))
            else:
                self._take(card, await asyncio.to_thread(self._reader.read, card, before))

    def _read_elsewhere(self, card: Card) -> None:
        """In a thread for which no round waits: a host may be slow to respond."""
        task, before = self._away.get(card.id), self._readings.get(card.id)
        if task and not task.done():
            return
        if task:
            del self._away[card.id]
            task.result()  # which raises a bug, to be reported
        if before and time.monotonic() - before.read_at < _ELSEWHERE:
            return

        async def fetch() -> None:
            self._take(card, await self.places.asked(lambda: self._reader.read(card, before)))

        self._away[card.id] = asyncio.create_task(fetch())

    def _take(self, card: Card, reading: Reading) -> None:
        before = self._readings.get(card.id)
        self._readings[card.id] = reading
        self._stale.discard(card.id)
        self._behind.discard(card.id)
        if before is None or (before.changes, before.why) != (reading.changes, reading.why):
            self._changed.add(card.repo)

    # --- comparing -------------------------------------------------------------------------------

    async def _compare(self, repo: str, cards: list[Card]) -> None:
        found = await self._comparing.compare(lambda: self._reader.store(repo), cards, self._readings)
        for card in self._comparing.gone:
            self._readings.pop(card, None)
        self._comparing.gone = set()
        here = {card.id for card in cards if not self.places.elsewhere(card)}
        again, stale = await asyncio.to_thread(
            watching, {card: each for card, each in self._readings.items() if card in here}
        )
        self._readings |= again
        self._stale |= stale
        self._found[repo] = found
        self._show({card.id: marks(card.id, found.overlaps) for card in cards})
        if self.tell:
            told = {card.id: card.overlap_notes for card in self._now(cards) if alive(card)}
            if events := tuple(due(told, found.overlaps, time.time())):
                self.engine.record(events)

    def _show(self, found: dict[str, OverlapMarks]) -> None:
        changed = [card for card, each in found.items() if each != self._marks.get(card, OverlapMarks())]
        self._marks |= found
        for card in [card for card in self._marks if card not in self.engine.state.cards]:
            del self._marks[card]
        if changed:
            self.engine.show(changed)

    def _now(self, cards: Iterable[Card]) -> list[Card]:
        """The cards as they are by now."""
        present = self.engine.state.cards
        return [present[card.id] for card in cards if card.id in present]

    def _same(self, card: str, other: Card) -> bool:
        """Whether a card is of the same repository."""
        found = self.engine.state.cards.get(card)
        return found is not None and found.repo == other.repo
