"""The cleanup rounds: some time after the hub's start, then once a day."""

import asyncio
import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orchestrator.config.retention import Retention
from orchestrator.core.kept import KeptView
from orchestrator.core.retention import Cutoffs, Removable, until
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.loop.forever import endless
from orchestrator.hub.mail.service import MailService
from orchestrator.hub.retention import folders
from orchestrator.paths import Home
from orchestrator.store import journal_retention
from orchestrator.store.mail.protocol import MailError
from orchestrator.store.schema import JournalError
from orchestrator.world.tmux import Tmux, TmuxError

_FIRST_AFTER_S = 20.0
_EVERY_S = 86_400.0
_LOOKS_EVERY_S = 3_600.0
"""A machine that was asleep catches up within an hour."""
_LEAST_FREE = 20_000_000
"""Minimum free bytes on the disk: removing needs space too."""

_log = logging.getLogger(__name__)


@dataclass
class Cleanup:
    """Runs in the background, removes in small steps, and can be interrupted anywhere."""

    engine: Engine
    mail_service: MailService
    home: Home
    settings: Retention
    tmux: Tmux | None
    """`None` in a hub without windows."""
    clock: Callable[[], float] = time.time
    _last: float = 0.0

    async def run(self) -> None:
        """Runs `look` repeatedly until it is cancelled."""
        await endless("retention", self.look, self.engine.faults, self._pause)

    async def look(self) -> None:
        """Runs a round if one is due."""
        now = self.clock()
        if not 0 <= now - self._last < _EVERY_S:
            self._last = now
            await self.round()

    async def round(self) -> None:
        """What fails now is left to the next round, with a line in the log."""
        now, free = self.clock(), shutil.disk_usage(self.home.root).free
        if free < _LEAST_FREE:
            _log.warning("retention: nothing removed, %d bytes free on the disk", free)
            return
        limits = self._until(now)
        for part in (self._journal, self._mail, self._folders, self._diffs):
            try:
                await part(limits, now)
            except (JournalError, MailError, TmuxError, OSError) as error:
                _log.warning("retention: retrying in the next round: %s", error)

    async def kept(self) -> tuple[KeptView, ...]:
        """What is stored, and what a round would remove now."""
        limits = self._until(self.clock())
        journal, log = self.home.journal, self.home.log
        events = await asyncio.to_thread(journal_retention.old, self.engine.journal, limits.journal)
        try:
            store = self.mail_service.connection.store
            mail, blobs = await store.old(limits.mail, limits.dead_letters), await store.blobs()
        except MailError:
            mail = blobs = Removable()
        old = await self._old_folders(limits)
        return (
            KeptView("journal", _files(journal), events.count, events.bytes),
            KeptView("mail", _files(self.home.root / "mail.db"), mail.count, mail.bytes),
            KeptView("blobs", blobs.bytes, 0, 0),
            KeptView("logs", _files(log), 0, 0),
            KeptView(
                "launches",
                await asyncio.to_thread(folders.size, self.home.root / "launches"),
                len(old),
                sum(map(folders.size, old)),
            ),
        )

    # --- inside

    async def _pause(self) -> None:
        await asyncio.sleep(_LOOKS_EVERY_S if self._last else _FIRST_AFTER_S)

    def _until(self, now: float) -> Cutoffs:
        given = self.settings
        return until(now, given.mail_days, given.dead_letter_days, given.journal_days, given.folder_days)

    async def _journal(self, limits: Cutoffs, _: float) -> None:
        journal = self.engine.journal
        if limits.journal and (count := await journal_retention.let_go(journal, limits.journal)):
            _log.info("retention: removed %d events of removed cards and runs", count)
        await journal_retention.shrink(journal)

    async def _mail(self, limits: Cutoffs, now: float) -> None:
        await asyncio.to_thread(self.mail_service.references.tidy_up)
        if limits.mail:
            gone = await self.mail_service.connection.store.forget(limits.mail, limits.dead_letters, now)
            if gone.count:
                _log.info("retention: removed %d settled messages", gone.count)
                self.mail_service.overview.refresh_soon()

    async def _folders(self, limits: Cutoffs, _: float) -> None:
        for folder in await self._old_folders(limits):
            await asyncio.to_thread(folders.remove, folder)
            _log.info("retention: removed the folder %s of another journal", folder)

    async def _diffs(self, _: Cutoffs, now: float) -> None:
        cards = self.engine.state.cards
        used = {*cards, *(self.home.overlaps(card.repo).name for card in cards.values())}
        await asyncio.to_thread(folders.prune_diffs, self.home, used, now)

    async def _old_folders(self, limits: Cutoffs) -> tuple[Path, ...]:
        if self.tmux is None:
            return ()
        try:
            sweep = await asyncio.to_thread(self.tmux.sweep)
            running = {pane.mark.journal for pane in (*sweep.panes, *sweep.foreign)} if sweep else set()
            return await asyncio.to_thread(folders.left, self.home, running, limits.folders)
        except (TmuxError, OSError) as error:
            _log.info("cannot determine whether folders of other journals are in use: %s", error)
            return ()


def _files(path: Path) -> int:
    """Bytes of a file and of those next to it whose names begin with its name, such as its log or older
    ones."""
    return sum(each.lstat().st_size for each in path.parent.glob(f"{path.name}*"))
