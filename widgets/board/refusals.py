"""Whether an action can be done to a card, and if not, why not. Pure."""

from collections.abc import Callable

from orchestrator.actions import BY_ID
from orchestrator.core.board.views import CardView
from orchestrator.core.sessions.states import AT_WORK, OVER

KeyOf = Callable[[str], str]
"""The key of an action, as displayed."""

_NOT_STARTED = frozenset({"new", "queued"})


def registry_key(action: str) -> str:
    """The first default key of an action."""
    return BY_ID[action].key.partition(",")[0]


def live(card: CardView) -> bool:
    """Its agent's process is running, as far as known."""
    return bool(card.session_state) and card.session_state not in OVER


def at_work(card: CardView) -> bool:
    """Ending its session now would cut off work."""
    return card.session_state in AT_WORK


def elsewhere(card: CardView) -> str:
    """Where a session without a window here runs, as text."""
    return "runs headless, without a terminal" if card.where == "headless" else f"runs on {card.where}"


def waits_to_land(card: CardView) -> bool:
    """It is in the queue of landings, and it is not its turn yet."""
    return card.queue_position is not None and card.state != "queued"


def resumable(card: CardView) -> bool:
    """It has a conversation whose process is gone."""
    return card.session_id is not None and not live(card) and card.state != "queued"


def refusal(action: str, card: CardView | None, key: KeyOf = registry_key) -> str:
    """Why `action` cannot be done to `card` and which key to press instead; empty if it can be tried."""
    known = BY_ID.get(action)
    if known is None or not known.on_card:
        return ""
    if card is None:
        return "No card selected."
    return _REFUSALS[action](card, key) if action in _REFUSALS else ""


def _attach(card: CardView, key: KeyOf) -> str:
    if card.where != "local" and card.window is None:
        said = f"Cannot attach to {card.id}: it {elsewhere(card)}."
        return f"{said} Press {key('show')} for details."
    return "" if card.window else _no_session(card, key, "has no window")


def _send(card: CardView, key: KeyOf) -> str:
    return "" if live(card) or resumable(card) else _no_session(card, key, "has no session")


def _diff(card: CardView, key: KeyOf) -> str:
    if card.worktree is None and card.state in _NOT_STARTED:
        return _no_session(card, key, "has no changes")
    return ""


def _start(card: CardView, key: KeyOf) -> str:
    if card.state == "queued":
        return f"{card.id} is already waiting to start (position {card.queue_position})."
    if live(card):
        return f"{card.id} already has a session. Send it a prompt with {key('send')}."
    return _done(card, key)


def _stop(card: CardView, _key: KeyOf) -> str:
    return "" if live(card) or card.state == "queued" else f"{card.id} has no running session."


def _resume(card: CardView, key: KeyOf) -> str:
    if live(card):
        return (
            f"{card.id}'s session is running. Attach with {key('attach')}, or send a prompt with "
            f"{key('send')}."
        )
    return "" if resumable(card) else _no_session(card, key, "has no conversation to resume")


def _restart(card: CardView, key: KeyOf) -> str:
    return "" if live(card) else _no_session(card, key, "has no running session")


def _hold(card: CardView, key: KeyOf) -> str:
    return f"{card.id} is already on hold: {card.held}" if card.held is not None else _done(card, key)


def _release(card: CardView, _key: KeyOf) -> str:
    return "" if card.held is not None else f"{card.id} is not on hold."


def _shelve(card: CardView, key: KeyOf) -> str:
    return f"{card.id} is already in the backlog." if card.column == "backlog" else _done(card, key)


def _done(card: CardView, key: KeyOf) -> str:
    return "" if card.finished is None else f"{card.id} is done. Reopen it first, with {key('move.left')}."


def _reopen(card: CardView, _key: KeyOf) -> str:
    return "" if card.finished is not None else f"{card.id} is not done."


def _pin(card: CardView, key: KeyOf) -> str:
    return f"{card.id} is already pinned. Unpin it with {key('unpin')}." if card.pinned else ""


def _unpin(card: CardView, _key: KeyOf) -> str:
    return "" if card.pinned else f"{card.id} is not pinned."


def _acknowledge(card: CardView, _key: KeyOf) -> str:
    open_ = card.unread or card.prompts or (card.cut_off and live(card)) or card.state == "error"
    return "" if open_ else f"{card.id} has nothing unread."


def _has_issue(card: CardView, _key: KeyOf) -> str:
    return "" if card.issue else f"{card.id} has no issue. Link one: Link issue in the palette."


def _has_change(card: CardView, key: KeyOf) -> str:
    if card.change:
        return ""
    own = key("finish")
    way = own or f"{key('move.right')} in Review, or Finish in the palette"
    return f"{card.id} has no pull request. Open one: {way}."


def _may_merge(card: CardView, key: KeyOf) -> str:
    if card.change is None:
        return _has_change(card, key)
    return "" if card.change.state == "open" else f"#{card.change.number} is {card.change.state}."


def _no_issue(card: CardView, _key: KeyOf) -> str:
    return f"{card.id} already has issue #{card.issue.number}. Unlink it first." if card.issue else ""


def _unsent(card: CardView, _key: KeyOf) -> str:
    return "" if card.forge_outbox else f"{card.id} has nothing to send: everything has been sent."


def _open_change(card: CardView, key: KeyOf) -> str:
    if card.change is None:
        return _has_change(card, key)
    return f"#{card.change.number} is {card.change.state}." if card.change.state != "open" else ""


def _autofix(card: CardView, key: KeyOf) -> str:
    return "" if card.autofix else _open_change(card, key)


def _no_session(card: CardView, key: KeyOf, what: str) -> str:
    if card.finished is not None:
        return f"{card.id} {what}: it is done. Reopen it with {key('move.left')}."
    if card.state == "queued":
        return f"{card.id} {what}: it is waiting to start (position {card.queue_position})."
    if resumable(card):
        return f"{card.id} {what}: its session has ended. Resume it with {key('resume')}."
    return f"{card.id} {what}: it was never started. Start it with {key('move.right')}."


_REFUSALS = {
    "attach": _attach,
    "send": _send,
    "diff": _diff,
    "start": _start,
    "stop": _stop,
    "resume": _resume,
    "restart": _restart,
    "nudge": _restart,
    "hold": _hold,
    "release": _release,
    "shelve": _shelve,
    "finish": _done,
    "reopen": _reopen,
    "pin": _pin,
    "unpin": _unpin,
    "acknowledge": _acknowledge,
    "issues.open": _has_issue,
    "issues.link": _no_issue,
    "issues.create": _no_issue,
    "forge.list": _unsent,
    "issues.unlink": _has_issue,
    "pr.open": _has_change,
    "pr.merge": _may_merge,
    "pr.unlink": _has_change,
    "pr.fix": _open_change,
    "pr.autofix": _autofix,
}
