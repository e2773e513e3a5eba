"""Imports issues one after the other, and keeps what became of each."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from orchestrator.client import OrchError, Untrusted
from orchestrator.core.forge.views import Imported, SyncedIssues
from orchestrator.core.requests.issues import ImportIssues
from widgets.hub_app import HubApp
from widgets.kit.background import Background
from widgets.kit.format import count


@dataclass(frozen=True, slots=True)
class Asked:
    """An issue that is to be imported."""

    repo: str
    number: int
    comments: bool
    start: bool


class Imports:
    """Goes on when its screen is closed; `changed` is called after each, `done` at the end with all that got
    a card."""

    def __init__(
        self, app: HubApp, changed: Callable[[], object], done: Callable[[list[Imported]], object]
    ) -> None:
        self._app, self._changed, self._done = app, changed, done
        self._background = Background(app, "imports")
        self._waiting: deque[Asked] = deque()
        self._now: Asked | None = None
        self._made: list[Imported] = []
        self.refused: dict[tuple[str, int], str] = {}
        """Why an issue was not imported, by the repository's path and its number."""

    @property
    def busy(self) -> int:
        """How many are not done yet."""
        return len(self._waiting) + (self._now is not None)

    def waits(self, repo: str, number: int) -> bool:
        """It is being imported, or will be."""
        every = [*self._waiting, *([self._now] if self._now else [])]
        return any((each.repo, each.number) == (repo, number) for each in every)

    def refused_in(self, repo: str) -> dict[int, str]:
        """Why issues of that repository were not imported, by number."""
        return {number: why for (path, number), why in self.refused.items() if path == repo}

    def add(self, asked: Iterable[Asked]) -> None:
        """Imports these too."""
        for each in asked:
            if not self.waits(each.repo, each.number):
                self.refused.pop((each.repo, each.number), None)
                self._waiting.append(each)
        if self._now is None:
            self._onward()

    def _onward(self) -> None:
        if not self._waiting:
            self._now = None
            made, self._made = self._made, []
            self._changed()
            self._done(made)
            return
        now = self._now = self._waiting.popleft()
        request = ImportIssues(now.repo, (now.number,), now.comments, now.start)
        self._background.do(lambda client: client.submit(request), self._taken, self._failed)
        self._changed()

    def _taken(self, found: tuple[Imported, ...]) -> None:
        for each in found:
            if each.card:
                self._made.append(each)
            else:
                self._refuse(each.refused)
        self._onward()

    def _failed(self, error: OrchError) -> None:
        if isinstance(error, Untrusted) and self._now:
            now = self._now
            self._app.ask_trust(error.path, lambda allowed: self._answered(now, error, bool(allowed)))
            return
        self._refuse(str(error))
        self._onward()

    def _answered(self, now: Asked, error: OrchError, allowed: bool) -> None:
        """Without trust none of the others could be imported either."""
        if allowed:
            self._waiting.appendleft(now)
        else:
            self._refuse(str(error))
            self._waiting.clear()
        self._onward()

    def _refuse(self, why: str) -> None:
        if self._now:
            self.refused[self._now.repo, self._now.number] = why


def import_words(made: Iterable[Imported]) -> tuple[str, str]:
    """The title and text of a notice on what was imported."""
    every = list(made)
    names = ", ".join(f"#{each.number} → {each.card}" for each in every[:8])
    left = f" and {len(every) - 8} more" if len(every) > 8 else ""
    pending = next((f" {each.card}: {each.pending}" for each in every if each.pending), "")
    return f"{count(len(every), 'issue')} imported", f"{names}{left}.{pending}"


def refused_words(refused: Mapping[int, str]) -> tuple[str, str]:
    """The same on what was refused; of a single issue the reason."""
    if len(refused) == 1:
        ((number, why),) = refused.items()
        return f"#{number} not imported", why
    numbers = ", ".join(f"#{number}" for number in [*refused][:8])
    return f"{count(len(refused), 'issue')} not imported", f"{numbers}: each says why, and stays marked."


def synced_words(found: SyncedIssues) -> str:
    """What asking the forge has brought."""
    stale = next((each.issue.stale for each in found.issues if each.issue.stale), "")
    if stale:
        return f"The forge cannot be asked: {stale}."
    said = f"{count(len(found.issues), 'issue')} of cards asked for"
    return f"{said}, {count(len(found.imported), 'issue')} imported by rule."
