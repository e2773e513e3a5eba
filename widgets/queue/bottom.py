"""The pane's footer: the keys for the selected need, greyed if they can do nothing. Pure."""

from orchestrator.actions import BY_ID
from widgets.kit.keys import Keyboard
from widgets.queue.refusals import goes_to_run, refusal
from widgets.queue.selected import CHOSEN, ENDED, REQUESTS, SelectedNeed
from widgets.screens.keybar import KeyEntry

LEAST_FIRST = ("palette", "preview", "pane.next", "help", "send", "attach", "answer.other")
"""Omitted first if the line is short."""

_NUDGES = {
    "continue": "answer.continue",
    "interrupt": "answer.interrupt",
    "restart": "answer.restart",
    "resume": "resume",
    "again": "answer.again",
    "drop": "answer.drop",
}
_STAGE = {
    "done": "run.done",
    "fail": "run.fail",
    "prompt": "send",
    "retry": "run.retry",
    "skip": "run.skip",
}
_LABELS = {
    ("answer.allow", "gate"): "Approve",
    ("run.done", "stage"): "Done",
    ("run.done", "run"): "Done",
    ("run.fail", "stage"): "Mark failed",
    ("run.retry", "stage"): "Retry",
    ("run.retry", "run"): "Retry",
    ("run.skip", "stage"): "Skip",
    ("run.skip", "run"): "Skip",
    ("answer.restart", "mail"): "Reply",
    ("acknowledge", "mail"): "Read",
    ("attach", "mail"): "Mail",
    ("answer.continue", "pause"): "Resume mail",
    ("answer.allow", "card"): "Create card",
    ("answer.allow", "question"): "Send answer",
    ("answer.allow", "dialog"): "Press keys",
    ("answer.allow", "plan"): "Approve",
    ("answer.deny", "plan"): "Send back",
    ("answer.always", "permission"): "Always",
    ("pr.fix", "fix"): "Fix",
}


def offered(selected: SelectedNeed | None) -> list[str]:
    """The ids of the actions in the line, in order."""
    every = ["pane.next", "preview", "help", "palette", "pane.close"]
    if selected is None:
        return ["help", "palette", "pane.close"]
    kind = selected.need.kind
    if kind in REQUESTS and selected.need.answerable:
        first = {
            "permission": ["answer.allow", "answer.always", "answer.deny"],
            "question": ["answer.option", "answer.other", "answer.allow", "answer.deny"],
            "plan": ["answer.allow", "answer.deny"],
            "gate": ["answer.allow", "answer.deny", "gate.diff"],
            "card": ["answer.allow", "answer.deny"],
            "dialog": ["answer.option", "answer.allow"],
        }[kind]
        sent_by_enter = kind in CHOSEN and selected.choices.begun
        return [*first, *([] if sent_by_enter else ["attach"]), *every]
    if kind == "mail":
        return ["answer.restart", "acknowledge", "attach", *every]
    nudges = [action for word, action in _NUDGES.items() if word in selected.need.options]
    if kind in ("stage", "run"):
        nudges = [action for word, action in _STAGE.items() if word in selected.need.options]
    words = (
        ["gate.diff", "send", "acknowledge"]
        if kind in ("asks", "review")
        else ["acknowledge"]
        if kind in ENDED
        else ["pr.fix"]
        if kind == "fix"
        else []
    )
    return [*nudges, *words, "attach", *every]


def entries(keyboard: Keyboard, selected: SelectedNeed | None) -> list[KeyEntry]:
    """The keys of the footer in order, without actions that have no key; refused ones say why."""
    kind = selected.need.kind if selected else ""
    made = []
    for action in offered(selected):
        label = (
            "Run"
            if action == "attach" and selected and goes_to_run(selected.need)
            else _LABELS.get((action, kind))
        )
        label = label or BY_ID[action].title
        key = _option_keys(keyboard, selected) if action == "answer.option" else keyboard.shown(action)
        if key:
            made.append(
                KeyEntry(action, key, label, label.split()[0], refusal(action, selected, keyboard.shown))
            )
    return made


def _option_keys(keyboard: Keyboard, selected: SelectedNeed | None) -> str:
    questions = selected.detail.questions if selected and selected.detail else ()
    if not selected or not questions or selected.choices.at >= len(questions):
        return keyboard.shown("answer.option")
    keys = keyboard.keys["answer.option"][: len(questions[selected.choices.at].options)]
    return f"{keys[0]}-{keys[-1]}" if len(keys) > 1 else "".join(keys)
