"""Files of runs and cards in the state directory: removed with them.

A new journal assigns the same ids again, and a folder of the old `r1` would be mistaken for that of the new
one.
"""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

from orchestrator.core.board.views import CardView
from orchestrator.core.workflow.views import RunView
from orchestrator.hub.loop.engine import Engine
from orchestrator.paths import Home
from orchestrator.store.journal import Journal


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Folders of removed runs and cards."""

    engine: Engine
    home: Home

    async def clear(self) -> None:
        """Removes them all, and from now on each when it is due. Call it before anything is started."""
        self.engine.listen(self._changed)
        state = self.engine.state
        for folder, known in ((self.home.runs, state.runs), (self.home.launches, state.cards)):
            if folder.is_dir():
                for old in [each for each in folder.iterdir() if each.name not in known]:
                    await _remove(old)

    def _changed(self, subject: str, view: CardView | RunView | None) -> None:
        if view is None:
            for folder in (self.home.runs, self.home.launches):
                self.engine.spawn(_remove(folder / subject))


def own_launches(home: Home, journal: Journal) -> None:
    """Points `home.launches` to this journal's own folder, so that its `c1` does not use the files of another
    journal's `c1`, whose session may still be running."""
    own = home.root / "launches" / journal.id
    if journal.predates_id and home.launches.is_dir() and not home.launches.is_symlink():
        return
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    own.parent.chmod(0o700)
    if home.launches.is_dir() and not home.launches.is_symlink():
        home.launches.rename(home.root / "launches" / f"before-{journal.id}")
    new = home.launches.with_name("launch.new")
    new.unlink(missing_ok=True)
    new.symlink_to(own.relative_to(home.root), target_is_directory=True)
    new.replace(home.launches)


async def _remove(folder: Path) -> None:
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
