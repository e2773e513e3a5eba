"""Requests of sessions in a run without a person: reported at once, and after a while their stage fails."""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

from orchestrator.cli.runs.run_lines import RunLine
from orchestrator.cli.text import plain
from orchestrator.client import Client, Missing, Refused
from orchestrator.core.board.views import Need
from orchestrator.core.needs.ranking import LETTER_THAT_ASKS
from orchestrator.core.requests.needs import ShowNeed
from orchestrator.core.requests.runs import Mark
from orchestrator.core.workflow.views import RunView, StageView

_WORDS = {
    "permission": "asks for a permission",
    "question": "asks a question",
    "plan": "asks for approval of its plan",
}
"""The kinds of need that block a session."""
_MAIL = "asks you by mail"


class Requests:
    """The open requests of one run's sessions. A stage fails `patience` seconds after its session asked."""

    def __init__(self, client: Client, patience: float, who: str) -> None:
        self._client, self._patience, self._who = client, patience, who
        self._since: dict[str, float] = {}
        self._failed: set[str] = set()
        self._told: set[str] = set()
        """Messages."""

    def due_in(self, found: Sequence[Need]) -> float | None:
        """Seconds until the next deadline; `None` for none."""
        ends = [self._since[each.id] + self._patience for each in found if self._waits(each)]
        return max(0.0, min(ends) - time.monotonic()) if ends else None

    def see_to(self, run: RunView, found: Sequence[Need]) -> Iterator[RunLine]:
        """Reports each new request, and fails the stages whose patience is over."""
        stages = {stage.card: stage for stage in run.stages if stage.card and stage.state == "running"}
        for need in found:
            stage = stages.get(need.card)
            if stage is None or need.id in self._failed:
                continue
            if need.kind not in _WORDS:
                yield from self._by_mail(run, stage, need)
                continue
            new = need.id not in self._since
            since = self._since.setdefault(need.id, time.monotonic())
            over = time.monotonic() - since >= self._patience
            if (new or over) and (words := self._words(need)):
                if new:
                    yield _line(run, stage, words)
                if over:
                    self._fail(run, stage, need, words)

    def _by_mail(self, run: RunView, stage: StageView, need: Need) -> Iterator[RunLine]:
        """A question by mail is reported, too; its session may continue without an answer."""
        if need.kind == "mail" and need.urgency <= LETTER_THAT_ASKS and need.id not in self._told:
            self._told.add(need.id)
            yield _line(run, stage, f"{_MAIL}: {plain(need.summary)}")

    def _waits(self, need: Need) -> bool:
        return need.id in self._since and need.id not in self._failed

    def _fail(self, run: RunView, stage: StageView, need: Need, words: str) -> None:
        self._failed.add(need.id)
        with suppress(Refused):  # it has continued meanwhile
            note = f"its session {words}, and no person is available"
            self._client.submit(Mark(run.id, stage.name, "failed", note=note, who=self._who))

    def _words(self, need: Need) -> str:
        """What is asked, and what would have allowed it; empty if it has been answered meanwhile."""
        try:
            allows = self._client.submit(ShowNeed(need.id)).allowed_by
        except (Missing, Refused):
            return ""
        said = f"{_WORDS[need.kind]}: {plain(need.summary)}"
        return f"{said}; {allows}" if allows else said


def _line(run: RunView, stage: StageView, words: str) -> RunLine:
    return RunLine(time.time(), "request", run.id, stage.state, words, stage=stage.name, card=stage.card)
