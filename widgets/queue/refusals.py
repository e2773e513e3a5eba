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


def refusal(action: str, selected: SelectedNeed | None, key: KeyOf = registry_key) -> str:
    """Why `action` cannot be done to the selection and which key to press instead; empty if it can be
    tried."""
    if action in _ALWAYS_DONE or not (pane(action) != "board" or BY_ID[action].on_card):
        return ""
    if selected is None:
        return "The queue is empty."
    if action in _REFUSALS:
        if selected.doing:
            return f"{selected.need.id}: already {selected.doing}. It leaves the list when done."
        return _REFUSALS[action](selected, key)
    if pane(action) == "board":
        return _of_card(action, selected, key)
    return ""


def goes_to_run(need: Need) -> bool:
    """Whether it leads to the run, and not to a session."""
    return need.kind in ("gate", *ENDED) or (need.kind == "stage" and not need.card)


def _of_card(action: str, selected: SelectedNeed, key: KeyOf) -> str:
    if selected.need.kind in ("mail", *ENDED) and action in ("attach", "acknowledge"):
        return ""
    if action == "attach" and goes_to_run(selected.need):
        return ""
    if not selected.need.card:
        return f"{gist(selected.need)} has no card. {_way_out(selected, key)}".rstrip()
    return (
        refusals.refusal(action, selected.card, key)
        if selected.card
        else f"{selected.need.card} was removed."
    )


def _stage(selected: SelectedNeed, key: KeyOf, what: str) -> str:
    if selected.need.kind in ("stage", "run") and what in selected.need.options:
        return ""
    said = {"gate": "is a gate", "stage": "is not affected by that"}.get(
        selected.need.kind, "is not a stage of a run"
    )
    return f"{gist(selected.need)} {said}. {selected.need.hint or _way_out(selected, key)}".rstrip()


def _allow(selected: SelectedNeed, key: KeyOf) -> str:
    if why := _answer(selected, key, "can be allowed"):
        return why
    if selected.need.kind in CHOSEN and not selected.choices.each[selected.choices.at].made:
        own = "" if selected.need.kind == "dialog" else f", or {key('answer.other')} for your own words"
        return f"Choose an answer first: press its number{own}."
    return ""


def _always(selected: SelectedNeed, key: KeyOf) -> str:
    if selected.need.kind in ("question", "plan", "gate", "card", "dialog"):
        return f"A {selected.need.kind} cannot be answered always. {_key_of_allow(selected, key)}"
    if why := _answer(selected, key, "can be allowed"):
        return why
    if selected.detail is not None and not selected.detail.always:
        said = "The agent suggests nothing to allow always"
        return f"{said}. Press {key('answer.allow')} to allow it once."
    return ""


def _deny(selected: SelectedNeed, key: KeyOf) -> str:
    if selected.need.kind == "dialog" and selected.need.answerable:
        return f"Answer a dialog with its own options. {_key_of_allow(selected, key)}"
    return _answer(selected, key, "can be denied")


def _other(selected: SelectedNeed, key: KeyOf) -> str:
    if selected.need.kind == "dialog":
        return f"Answer a dialog with its own options. {_key_of_allow(selected, key)}"
    return _reply(selected) if selected.need.kind == "mail" else _option(selected, key)


def _restart(selected: SelectedNeed, key: KeyOf) -> str:
    return _reply(selected) if selected.need.kind == "mail" else _nudge(selected, key, "restart")


def _reply(selected: SelectedNeed) -> str:
    if selected.message is not None:
        return ""
    return selected.error or "The message is still loading. Press again when you have read it."


def _option(selected: SelectedNeed, key: KeyOf) -> str:
    if selected.need.kind not in CHOSEN:
        who = whose(selected.need) or selected.need.title
        return f"{who} has no options. {_way_out(selected, key)}".rstrip()
    return _answer(selected, key, "can be chosen")


def _answer(selected: SelectedNeed, key: KeyOf, what: str) -> str:
    need = selected.need
    if need.kind not in REQUESTS:
        who = f"{whose(need) or need.title} ({kind_words(need.kind)})"
        return f"{who} has nothing that {what}. {_way_out(selected, key)}".rstrip()
    if not need.answerable:
        return f"{need.hint or 'It can only be answered in the session.'} Attach with {key('attach')}."
    if selected.detail is None:
        return selected.error or "The request is still loading. Press again when you have read it."
    if need.kind == "gate" and selected.detail.gate is None:
        return "The gate's evidence is unavailable."
    if need.kind in CHOSEN and not selected.detail.questions:
        what = f"The {need.kind}'s options are unavailable."
        return f"{what} Attach with {key('attach')} to answer in the session."
    return ""


def _nudge(selected: SelectedNeed, key: KeyOf, how: str) -> str:
    if how in selected.need.options:
        return ""
    said = f"Cannot {how} {whose(selected.need) or selected.need.title} ({kind_words(selected.need.kind)})."
    return f"{said} {_way_out(selected, key)}".rstrip()


def _way_out(selected: SelectedNeed, key: KeyOf) -> str:
    """Which keys to use instead."""
    need = selected.need
    if need.kind in REQUESTS and need.answerable:
        return _key_of_allow(selected, key)
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
    if need.kind == "fix":
        ways.append(f"{key('pr.fix')} to fix the pull request")
    if not ways:
        return f"Attach with {key('attach')}." if selected.card and selected.card.window else ""
    return f"Press {', '.join(ways)}."


def _key_of_allow(selected: SelectedNeed, key: KeyOf) -> str:
    if selected.need.kind in CHOSEN:
        return f"Press an option's number, then {key('answer.allow')}."
    allow = {"plan": "approve", "gate": "approve", "card": "open"}.get(selected.need.kind, "allow")
    return f"Press {key('answer.allow')} to {allow} it, {key('answer.deny')} to deny it."


def _changes(selected: SelectedNeed) -> str:
    if selected.need.kind == "gate":
        if selected.detail is None or selected.detail.gate is None:
            return selected.error or "The evidence is still loading."
        return "" if selected.detail.gate.evidence.diffs else "This gate shows no changes of a branch."
    return "" if selected.card else f"{gist(selected.need)} has no card whose changes could be reviewed."


_REFUSALS: dict[str, Callable[[SelectedNeed, KeyOf], str]] = {
    "gate.diff": lambda selected, key: _changes(selected),
    "answer.allow": _allow,
    "answer.always": _always,
    "answer.deny": _deny,
    "answer.option": _option,
    "answer.other": _other,
    "answer.continue": lambda selected, key: _nudge(selected, key, "continue"),
    "answer.interrupt": lambda selected, key: _nudge(selected, key, "interrupt"),
    "answer.restart": _restart,
    "answer.again": lambda selected, key: _nudge(selected, key, "again"),
    "answer.drop": lambda selected, key: _nudge(selected, key, "drop"),
    "run.done": lambda selected, key: _stage(selected, key, "done"),
    "run.fail": lambda selected, key: _stage(selected, key, "fail"),
    "run.retry": lambda selected, key: _stage(selected, key, "retry"),
    "run.skip": lambda selected, key: _stage(selected, key, "skip"),
}
