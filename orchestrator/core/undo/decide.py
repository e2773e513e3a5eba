"""Which act is undone, and what refuses it."""

from orchestrator.core.commands import Decision, Rejected, UndoAct
from orchestrator.core.effects import alive
from orchestrator.core.landing.events import LandingCancelled
from orchestrator.core.landing.queue import waits
from orchestrator.core.model import Act, Card, State, Step
from orchestrator.core.undo.acts import UNDOABLE, named
from orchestrator.core.undo.events import UndoAsked

WITHIN = 24 * 3600.0
"""Seconds in which an act can be undone."""

_FINAL = {
    "start": ("its session has begun", "Stop it: orch stop {slug}"),
    "resume": ("its session has begun", "Stop it: orch stop {slug}"),
    "restart": ("its session has ended and begun again", ""),
    "stop": ("its session has ended", "Resume it: orch resume {slug}"),
    "send": ("the session has it", "Interrupt its turn: orch nudge {slug} interrupt"),
}
"""Why other acts cannot be undone, and what to do instead."""
_KINDS = {"pin": "pin", "unpin": "pin", "label": "label", "acknowledge": "seen"}
"""Acts that concern the same of a card; all others concern its place on the board."""


def last_act(state: State, user: str, card: str, now: float) -> Act | Rejected:
    """The last act of that person which can be undone; `card` restricts it to one card. Later acts that never
    can are skipped; where there is nothing else, the last of them is meant, and `refused` says why."""
    own = [act for act in _own(state, user, card) if now - act.at <= WITHIN]
    if not own:
        on_card = f" on {card}" if card else ""
        return Rejected("nothing to undo", f"no act of yours{on_card} in the last 24 hours")
    return next((act for act in reversed(own) if not _is_over(state, act)), own[-1])


def skipped(state: State, act: Act, card: str) -> tuple[Act, ...]:
    """The same person's later acts, which stay when this one is undone; the last one first."""
    return tuple(each for each in reversed(_own(state, act.user, card)) if each.at > act.at)


def _own(state: State, user: str, card: str) -> list[Act]:
    """The acts of that person that are not undone; on one card if it is given."""
    return [
        act
        for act in state.acts
        if act.user == user and not act.origin and not act.undone and (not card or act.card == card)
    ]


def _is_over(state: State, act: Act) -> bool:
    """Whether the act cannot be undone, ever: it is of another kind, or nothing is left of it. What somebody
    else did since is no such reason: that is to be said."""
    if act.verb not in UNDOABLE:
        return True
    card = state.cards.get(act.card)
    if act.verb == "rm":
        return False
    if card is None:
        return True
    return not card.ending and not _later(state, act) and bool(_changed(card, act))


def pending(state: State, act: Act) -> bool:
    """Whether the act can still be undone, for all that is known of it."""
    return any((each.card, each.at, each.undone) == (act.card, act.at, False) for each in state.acts)


def version(act: Act) -> str:
    """What `seen` is for the act."""
    return f"{act.card}@{act.at:.6f}"


def undo(state: State, command: UndoAct, now: float) -> Decision:
    """Takes the act back, if it is still the last one and the card as it left it."""
    act = last_act(state, command.user, command.of_card, now)
    if isinstance(act, Rejected):
        return act
    if command.act_at and act.at != command.act_at:
        return Rejected(
            "nothing was undone", f"the last act is the {named(act)} by now", "Look again, then retry."
        )
    if no := refused(state, act):
        return no
    if found := command.refused:
        why = f"{found.what}: {found.why}" if found.why else found.what
        return Rejected(f"cannot undo the {named(act)}", why, found.hint)
    card = state.cards.get(act.card)
    if card and waits(card):
        return (LandingCancelled(now, act.card),)
    return (UndoAsked(now, act.card, act.at, command.user),)


def refused(state: State, act: Act) -> Rejected | None:
    """Why the act cannot be undone, as far as that is known without a look at the repository."""
    what = f"cannot undo the {named(act)}"
    slug = act.before.slug
    if act.verb not in UNDOABLE:
        why, hint = _FINAL.get(act.verb, ("it is final", ""))
        return Rejected(what, why, hint.format(slug=slug))
    if (later := _later(state, act)) is not None:
        who = later.origin or (later.user if later.user != act.user else "you")
        hint = f"See: orch show {slug}. To undo your last act on another card: orch undo CARD"
        return Rejected(what, f"the {named(later)} by {who} came after it", hint)
    card = state.cards.get(act.card)
    if act.verb == "rm":
        return _of_removed(state, act, what)
    if card is None:
        return Rejected(what, f"{act.card} was removed since", "")
    if card.ending and not waits(card):
        return Rejected(
            what,
            f"{card.id} is ending: {card.ending.then} is in progress",
            "Wait until it is done, then retry.",
        )
    if card.launch and card.launch.step is not Step.QUEUED:
        return Rejected(what, f"{card.id} is starting", "Retry when its window is open.")
    why = _changed(card, act)
    return Rejected(what, why, f"See: orch show {slug}") if why else None


def _later(state: State, act: Act) -> Act | None:
    """An act of somebody else on the same card that came after it and concerns the same."""
    found = [
        each
        for each in state.acts
        if each.card == act.card
        and each.at > act.at
        and not each.undone
        and (each.user, each.origin) != (act.user, act.origin)
        and _KINDS.get(each.verb, "") == _KINDS.get(act.verb, "")
    ]
    return found[-1] if found else None


def _of_removed(state: State, act: Act, what: str) -> Rejected | None:
    card = state.cards.get(act.card)
    if card is not None:
        if card.ending:
            return Rejected(what, f"{card.ending.then} is in progress", "Wait until it is done, then retry.")
        return (
            None if card.failure and act.gone and not card.worktree else Rejected(what, "it is on the board")
        )
    taken = next((each for each in state.cards.values() if each.slug == act.before.slug), None)
    if taken is None:
        return None
    saved = f"Restore its work: orch rescue restore {act.gone.rescue}" if act.gone and act.gone.rescue else ""
    return Rejected(what, f"{taken.id} has its name {taken.slug} by now", saved)


def _changed(card: Card, act: Act) -> str:
    """What has changed of the card since, so that undoing would take back more than the act."""
    before = act.before
    match act.verb:
        case "hold":
            return "" if card.held is not None else "it was released since"
        case "release":
            return "it is on hold again" if card.held is not None else _gone_on(card, before)
        case "pin":
            return "" if card.pinned else "it was unpinned since"
        case "unpin":
            return "it was pinned since" if card.pinned else ""
        case "label":
            return "its labels are as before" if card.labels == before.labels else ""
        case "acknowledge":
            return _seen_since(card, before)
        case "reopen":
            return "it is in Done again" if card.finished else _gone_on(card, before)
        case "shelve":
            return "" if card.shelved else "it has left the backlog since"
        case _:
            return "" if card.finished or waits(card) else "it was reopened since"


def _gone_on(card: Card, before: Card) -> str:
    if card.finished and not before.finished:
        return "it is in Done"
    if card.launch and not before.launch:
        return "its session is about to start"
    run = card.session.run if card.session else 0
    before_run = before.session.run if before.session else 0
    return "its session was started since" if run != before_run else ""


def _seen_since(card: Card, before: Card) -> str:
    if card.finished:
        return "it is in Done"
    known = {each.id for each in before.outbox}
    if any(each.id not in known for each in card.outbox):
        return "a prompt was sent since"
    now, then = card.session, before.session
    if now is None or then is None:
        return "" if now is then else "its session was started since"
    if now.run != then.run or now.facts.turn_at != then.facts.turn_at or alive(card) != alive(before):
        return "its session has gone on since"
    return "it is unread again" if now.unread else ""
