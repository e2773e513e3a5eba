"""Whether an action can be done to a need, and if not, why not. Pure."""

from collections.abc import Callable

from orchestrator.actions import BY_ID, pane
from orchestrator.core.board.views import Need
from widgets.board import refusals
from widgets.board.refusals import KeyOf, registry_key
from widgets.queue.selected import CHOSEN, ENDED, REQUESTS, SelectedNeed, gist, kind_words, whose

_WAYS = {
    "done": "mark it as done",
    "fail": "mark it as failed",
    "prompt": "send a prompt",
    "retry": "retry it",
    "skip": "skip it",
    "again": "resend it",
    "drop": "drop it",
}
_ALWAYS_DONE = frozenset({"pane.next", "pane.close"})


def touches(action: str) -> bool:
    """It acts on the selected need, or on its card."""
    if action in _ALWAYS_DONE or action in ("pane.up", "pane.down"):
        return False
    return pane(action) != "board" or BY_ID[action].on_card


def refusal(action: str, look: SelectedNeed | None, key: KeyOf = registry_key) -> str:
    """Why `action` cannot be done to the selection and which key to press instead; empty if it can be
    tried."""
    if action in _ALWAYS_DONE or not (pane(action) != "board" or BY_ID[action].on_card):
        return ""
    if look is None:
        return "The queue is empty."
    if action in _REFUSALS:
        if look.doing:
            return f"{look.need.id}: already {look.doing}. It leaves the list when done."
        return _REFUSALS[action](look, key)
    if pane(action) == "board":
        return _of_card(action, look, key)
    return ""


def goes_to_run(need: Need) -> bool:
    """Whether it leads to the run, and not to a session."""
    return need.kind in ("gate", *ENDED) or (need.kind == "stage" and not need.card)


def _of_card(action: str, look: SelectedNeed, key: KeyOf) -> str:
    if look.need.kind in ("mail", *ENDED) and action in ("attach", "acknowledge"):
        return ""
    if action == "attach" and goes_to_run(look.need):
        return ""
    if not look.need.card:
        return f"{gist(look.need)} has no card. {_way_out(look, key)}".rstrip()
    return refusals.refusal(action, look.card, key) if look.card else f"{look.need.card} was removed."


def _stage(look: SelectedNeed, key: KeyOf, what: str) -> str:
    if look.need.kind in ("stage", "run") and what in look.need.options:
        return ""
    said = {"gate": "is a gate", "stage": "is not affected by that"}.get(
        look.need.kind, "is not a stage of a run"
    )
    return f"{gist(look.need)} {said}. {look.need.hint or _way_out(look, key)}".rstrip()


def _allow(look: SelectedNeed, key: KeyOf) -> str:
    if why := _answer(look, key, "can be allowed"):
        return why
    if look.need.kind in CHOSEN and not look.choices.each[look.choices.at].made:
        own = "" if look.need.kind == "dialog" else f", or {key('answer.other')} for your own words"
        return f"Choose an answer first: press its number{own}."
    return ""


def _always(look: SelectedNeed, key: KeyOf) -> str:
    if look.need.kind in ("question", "plan", "gate", "card", "dialog"):
        return f"A {look.need.kind} cannot be answered always. {_key_of_allow(look, key)}"
    if why := _answer(look, key, "can be allowed"):
        return why
    if look.detail is not None and not look.detail.always:
        said = "The agent suggests nothing to allow always"
        return f"{said}. Press {key('answer.allow')} to allow it once."
    return ""


def _deny(look: SelectedNeed, key: KeyOf) -> str:
    if look.need.kind == "dialog" and look.need.answerable:
        return f"Answer a dialog with its own options. {_key_of_allow(look, key)}"
    return _answer(look, key, "can be denied")


def _other(look: SelectedNeed, key: KeyOf) -> str:
    if look.need.kind == "dialog":
        return f"Answer a dialog with its own options. {_key_of_allow(look, key)}"
    return _reply(look) if look.need.kind == "mail" else _option(look, key)


def _restart(look: SelectedNeed, key: KeyOf) -> str:
    return _reply(look) if look.need.kind == "mail" else _nudge(look, key, "restart")


def _reply(look: SelectedNeed) -> str:
    if look.letter is not None:
        return ""
    return look.error or "The message is still loading. Press again when you have read it."


def _option(look: SelectedNeed, key: KeyOf) -> str:
    if look.need.kind not in CHOSEN:
        who = whose(look.need) or look.need.title
        return f"{who} has no options. {_way_out(look, key)}".rstrip()
    return _answer(look, key, "can be chosen")


def _answer(look: SelectedNeed, key: KeyOf, what: str) -> str:
    need = look.need
    if need.kind not in REQUESTS:
        who = f"{whose(need) or need.title} ({kind_words(need.kind)})"
        return f"{who} has nothing that {what}. {_way_out(look, key)}".rstrip()
    if not need.answerable:
        return f"{need.hint or 'It can only be answered in the session.'} Attach with {key('attach')}."
    if look.detail is None:
        return look.error or "The request is still loading. Press again when you have read it."
    if need.kind == "gate" and look.detail.gate is None:
        return "The gate's evidence is unavailable."
    if need.kind in CHOSEN and not look.detail.questions:
        what = f"The {need.kind}'s options are unavailable."
        return f"{what} Attach with {key('attach')} to answer in the session."
    return ""


def _nudge(look: SelectedNeed, key: KeyOf, how: str) -> str:
    if how in look.need.options:
        return ""
    said = f"Cannot {how} {whose(look.need) or look.need.title} ({kind_words(look.need.kind)})."
    return f"{said} {_way_out(look, key)}".rstrip()


def _way_out(look: SelectedNeed, key: KeyOf) -> str:
    """Which keys to use instead."""
    need = look.need
    if need.kind in REQUESTS and need.answerable:
        return _key_of_allow(look, key)
    if need.kind == "mail":
        return f"Press {key('answer.other')} to reply, {key('acknowledge')} to mark it as read."
    ways = [
        f"{key(action)} to {_WAYS.get(word, word)}"
        for word, action in (
            ("continue", "answer.continue"),
            ("interrupt", "answer.interrupt"),
            ("restart", "answer.restart"),
            ("resume", "resume"),
            ("again", "answer.again"),
            ("drop", "answer.drop"),
            ("done", "run.done"),
            ("fail", "run.fail"),
            ("prompt", "send"),
            ("retry", "run.retry"),
            ("skip", "run.skip"),
        )
        if word in need.options
    ]
    if need.kind in ("asks", "review"):
        ways += [f"{key('send')} to reply", f"{key('acknowledge')} to acknowledge it"]
    if not ways:
        return f"Attach with {key('attach')}." if look.card and look.card.window else ""
    return f"Press {', '.join(ways)}."


def _key_of_allow(look: SelectedNeed, key: KeyOf) -> str:
    if look.need.kind in CHOSEN:
        return f"Press an option's number, then {key('answer.allow')}."
    allow = {"plan": "approve", "gate": "approve", "card": "open"}.get(look.need.kind, "allow")
    return f"Press {key('answer.allow')} to {allow} it, {key('answer.deny')} to deny it."


def _changes(look: SelectedNeed) -> str:
    if look.need.kind == "gate":
        if look.detail is None or look.detail.gate is None:
            return look.error or "The evidence is still loading."
        return "" if look.detail.gate.evidence.diffs else "This gate shows no changes of a branch."
    return "" if look.card else f"{gist(look.need)} has no card whose changes could be reviewed."


_REFUSALS: dict[str, Callable[[SelectedNeed, KeyOf], str]] = {
    "gate.diff": lambda look, key: _changes(look),
    "answer.allow": _allow,
    "answer.always": _always,
    "answer.deny": _deny,
    "answer.option": _option,
    "answer.other": _other,
    "answer.continue": lambda look, key: _nudge(look, key, "continue"),
    "answer.interrupt": lambda look, key: _nudge(look, key, "interrupt"),
    "answer.restart": _restart,
    "answer.again": lambda look, key: _nudge(look, key, "again"),
    "answer.drop": lambda look, key: _nudge(look, key, "drop"),
    "run.done": lambda look, key: _stage(look, key, "done"),
    "run.fail": lambda look, key: _stage(look, key, "fail"),
    "run.retry": lambda look, key: _stage(look, key, "retry"),
    "run.skip": lambda look, key: _stage(look, key, "skip"),
}
