"""Versions of what a device was shown: an act on anything that has changed since is refused."""

import hashlib
from collections.abc import Callable
from typing import Any

from orchestrator import wire
from orchestrator.core.board.views import CardView, Need, NeedDetail
from orchestrator.core.errors import OrchError
from orchestrator.core.requests.cards import ShowCard
from orchestrator.core.requests.needs import ShowNeed
from orchestrator.core.requests.request import Request
from orchestrator.core.requests.runs import ShowRun
from orchestrator.core.workflow.views import RunView
from orchestrator.hub.handlers.table import Reads
from orchestrator.hub.loop.engine import RefusedError, refusal


def changed(why: str = "") -> RefusedError:
    """The refusal for an act on something else than what was seen."""
    return refusal("it has changed since you looked", why, "Look at it again, then decide.")


class Seen:
    """A version is `need:c12.k3f:DIGEST`, `card:c12:DIGEST` or `run:r3:DIGEST`."""

    def __init__(self, reads: Callable[[], Reads]) -> None:
        self._reads = reads

    def version(self, answer: Any) -> str:
        """The version of an answer; empty for one on which no act can be based."""
        view = answer.card if hasattr(answer, "card") and isinstance(answer.card, CardView) else answer
        match view:
            case NeedDetail():
                return f"need:{view.need.id}:{_digest(_of_need(view))}"
            case CardView():
                return f"card:{view.id}:{_digest(_of_card(view))}"
            case RunView():
                return f"run:{view.id}:{_digest(_of_run(view))}"
        return ""

    async def check(self, request: Request[Any], said: str) -> str:
        """Raises `RefusedError` unless `said` is the present version of what the request is about. Returns
        the id of that."""
        kind, _, rest = said.strip('"').partition(":")
        id_, _, _ = rest.rpartition(":")
        try:
            answer = await self._now(kind, id_)
        except OrchError as error:
            raise changed(str(error)) from None
        if answer is None or not _is_about(request, answer):
            raise refusal("the request does not say what was seen", hint="Reload the page.")
        if self.version(answer) != said.strip('"'):
            raise changed()
        return id_

    async def _now(self, kind: str, id_: str) -> Any:
        reads = self._reads()
        if not id_:
            return None
        if kind == "need":
            return await reads[ShowNeed](ShowNeed(id_))
        if kind == "card":
            return (await reads[ShowCard](ShowCard(id_))).card
        return await reads[ShowRun](ShowRun(id_)) if kind == "run" else None


def _is_about(request: Request[Any], answer: Any) -> bool:
    """Whether an act on what was seen can be this request."""
    subjects = {
        value
        for name in ("need", "gate", "card", "run", "message", "reply_to")
        if isinstance(value := getattr(request, name, ""), str) and value
    }
    subjects |= set(getattr(request, "to", ()))
    match answer:
        case NeedDetail(need=Need() as need):
            pair = {getattr(request, "a", ""), getattr(request, "b", "")}
            return bool(subjects & {need.id, need.card, need.slug, need.run} - {""}) or (
                need.kind == "pause" and pair == set(need.id.split(".")[1:3])
            )
        case CardView():
            return bool(subjects & {answer.id, answer.slug})
        case RunView():
            return answer.id in subjects
    return False


def _of_need(view: NeedDetail) -> object:
    need, gate = view.need, view.gate
    if gate is not None:
        return need.id, gate.version, gate.state
    return (
        need.id,
        need.kind,
        need.since,
        need.options,
        view.detail,
        view.questions,
        view.always,
        view.version,
    )


def _of_card(view: CardView) -> object:
    return view.state, view.since, view.held, view.finished, view.session_id, view.queued_prompts, view.run


def _of_run(view: RunView) -> object:
    return view.state, [(each.name, each.state, each.attempt) for each in view.stages]


def _digest(value: object) -> str:
    return hashlib.sha256(wire.encode(value)).hexdigest()[:24]
