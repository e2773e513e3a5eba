"""Whether a card can be finished, and taken out of the queue of landings."""

from dataclasses import replace

from orchestrator.core.commands import Decision, FinishCard, Rejected
from orchestrator.core.events import EndingAsked, EndingFailed
from orchestrator.core.landing.events import LandingCancelled
from orchestrator.core.landing.methods import METHODS
from orchestrator.core.landing.queue import lands, waits
from orchestrator.core.landing.refusals import not_landed
from orchestrator.core.model import Card, Failure, Step
from orchestrator.core.worktrees.repo import Loss

FINISHES = (*METHODS, "keep", "discard")


def finish(card: Card, command: FinishCard, now: float) -> Decision:
    if command.how not in FINISHES:
        return Rejected(
            f"{command.how!r} is not a way to finish", hint=f"Choose one of {', '.join(FINISHES)}."
        )
    if card.finished:
        return Rejected(f"{card.id} is already in Done", f"it was finished with {card.finished}")
    if card.launch and card.launch.step is not Step.QUEUED:
        return Rejected(f"{card.id} is starting", hint="Retry when its window is open.")
    if command.how != "keep" and card.worktree is None:
        return Rejected(f"{card.id} has no worktree to {command.how}", hint="Use: --keep")
    lands = command.how in METHODS
    if lands and command.refused:
        no = command.refused
        return Rejected(no.what, no.why, no.hint)
    lost = replace(command.loss, commits=()) if lands else command.loss
    if command.how != "keep" and not lost.nothing and not command.rescue:
        return would_lose(card, lost)
    ending = EndingAsked(now, card.id, "finish", rescue=command.rescue, how=command.how, into=command.into)
    return (ending,)


def cancel(card: Card, now: float) -> Decision:
    if waits(card):
        return (LandingCancelled(now, card.id),)
    if lands(card) and card.ending and not card.ending.made:
        what = not_landed(card.ending.how, card.branch, card.ending.into or card.base)
        again = f"Land it again: orch finish {card.slug} --{card.ending.how}"
        return (EndingFailed(now, card.id, Failure(what, "cancelled", again, now)),)
    why = "its base is being moved" if card.ending and card.ending.how in METHODS else ""
    return Rejected(f"{card.id} is not waiting to land", why, "See: orch ls")


def would_lose(card: Card, loss: Loss) -> Rejected:
    notes = "".join(f"; {note}" for note in loss.notes)
    return Rejected(
        f"the work of {card.id} would be lost",
        f"its worktree and branch hold {loss.in_words()}{notes}",
        "Save it under a rescue ref first: --rescue",
    )
