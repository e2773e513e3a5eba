"""What became of an act: noted where its answer came, found out where it did not.

An act is in the journal before its request is made. Without a receipt (a crash, a lost answer) it is in
doubt, and looked for before anything else is sent for its item.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from orchestrator.core.forge.fetched import NOT_FETCHED, Unfetched
from orchestrator.core.forge.outbox.acts import FieldAct, shows
from orchestrator.core.forge.outbox.compare import Synced
from orchestrator.core.forge.outbox.fields import Fields, Standing, Switch, Wanted, among, digest, ordered
from orchestrator.core.literals import FieldActKind


class Fate(StrEnum):
    """What became of an act in doubt."""

    DONE = "done"
    NOT_SENT = "not sent"
    """It did not arrive; it may be sent again."""
    UNDONE = "undone"
    """It was done, and a person has undone it."""
    UNCLEAR = "unclear"
    """The item has changed since, and does not show it: a person decides whether it is sent again."""


@dataclass(frozen=True, slots=True)
class Trace:
    """An entry of an item's history on its forge: what, on which name, by whom. `kind` is `labeled`,
    `unlabeled`, `assigned`, `unassigned`, `closed`, `reopened`, `renamed` or `comment_deleted`."""

    kind: str
    name: str
    actor: str
    at: float
    """Seconds since the epoch, by the forge's clock."""


_TRACES: dict[FieldActKind, str] = {
    "add_label": "labeled",
    "remove_label": "unlabeled",
    "assign": "assigned",
    "unassign": "unassigned",
    "close": "closed",
    "reopen": "reopened",
    "title": "renamed",
}


def fate(
    act: FieldAct,
    before: Fields,
    remote: Fields | Unfetched,
    history: Iterable[Trace] | Unfetched | None = NOT_FETCHED,
    login: str = "",
) -> Fate | Unfetched:
    """What became of an act that was sent when the item was as `before`. `history` has what happened since
    then, of which what `login` did may be the act; `None` is a forge that keeps none. Not fetched where it
    can't be told yet."""
    if remote is NOT_FETCHED:
        return NOT_FETCHED
    if act.kind == "comment" and remote.comment is NOT_FETCHED:
        return NOT_FETCHED
    if shows(act, remote):
        return Fate.DONE
    if remote.revision == before.revision:
        return Fate.NOT_SENT
    if history is None or act.kind not in _TRACES:
        return Fate.UNCLEAR
    if history is NOT_FETCHED:
        return NOT_FETCHED
    mine = [trace for trace in history if trace.actor.casefold() == login.casefold() and _is(act, trace)]
    return Fate.UNDONE if mine else Fate.NOT_SENT


def fulfilled(item: Synced, act: FieldAct, *, ours: bool = True, comment_id: int = 0) -> Synced:
    """The item once that act is done: what orch wants less, and what is orch's own. Without `ours` the forge
    shows it, and it isn't sure who did it. `comment_id` is the comment that it wrote."""
    seen, written, value = item.seen, item.written, act.value
    match act.kind:
        case "add_label":
            seen = replace(seen, labels=ordered((*_without(value, seen.labels), value)))
        case "remove_label":
            seen = replace(seen, labels=_without(value, seen.labels))
        case "assign":
            seen = replace(seen, assignees=ordered((*_without(value, seen.assignees), value)))
            written = replace(written, assignee=value)
        case "unassign":
            seen = replace(seen, assignees=_without(value, seen.assignees))
        case "title":
            seen, written = replace(seen, title=value.strip()), replace(written, title=value.strip())
        case "body":
            seen, written = replace(seen, body=digest(value)), replace(written, body=digest(value))
        case "comment":
            seen, written = replace(seen, comment=digest(value)), replace(written, comment=digest(value))
            seen = replace(seen, comment_id=comment_id or seen.comment_id)
        case "close":
            seen = replace(seen, standing=Standing(open=False, reason=value))
            written = replace(written, closed=ours)
        case "reopen":
            seen, written = replace(seen, standing=Standing(open=True)), replace(written, closed=False)
    left = given_up(item.wanted, act)
    if left.switch and act.kind in ("close", "reopen"):
        left = replace(left, switch=replace(left.switch, seen=seen.standing))
    return Synced(seen, written, left)


def given_up(wanted: Wanted, act: FieldAct) -> Wanted:
    """What orch wants without that; what it wants otherwise by now stays."""
    value = act.value
    match act.kind:
        case "add_label":
            return replace(wanted, labels=_without(value, wanted.labels))
        case "remove_label":
            return replace(wanted, no_labels=_without(value, wanted.no_labels))
        case "assign":
            return replace(wanted, assignees=_without(value, wanted.assignees))
        case "unassign":
            return replace(wanted, no_assignees=_without(value, wanted.no_assignees))
        case "title":
            return replace(wanted, title=None) if wanted.title == value else wanted
        case "body":
            return replace(wanted, body=None) if wanted.body == value else wanted
        case "comment":
            return replace(wanted, comment=None) if wanted.comment == value else wanted
        case "close" | "reopen":
            same = wanted.switch is not None and wanted.switch.open is (act.kind == "reopen")
            return replace(wanted, switch=None) if same else wanted


def left_open(item: Synced, act: FieldAct) -> Synced:
    """It is not known whether that act was done: it is given up, and a text counts as written, so that none
    but that text is replaced without asking."""
    written = item.written
    match act.kind:
        case "title":
            written = replace(written, title=act.value.strip())
        case "body":
            written = replace(written, body=digest(act.value))
        case "comment":
            written = replace(written, comment=digest(act.value))
    return replace(item, written=written, wanted=given_up(item.wanted, act))


def wanted_again(item: Synced, act: FieldAct) -> Synced:
    """A person lets it be tried again: it is compared as any other change."""
    wanted, value = item.wanted, act.value
    match act.kind:
        case "add_label" | "remove_label":
            wanted = wanted.with_label(value, there=act.kind == "add_label")
        case "assign" | "unassign":
            wanted = wanted.with_assignee(value, there=act.kind == "assign")
        case "title":
            wanted = replace(wanted, title=value)
        case "body":
            wanted = replace(wanted, body=value)
        case "comment":
            wanted = replace(wanted, comment=value)
        case "close" | "reopen":
            opens = act.kind == "reopen"
            wanted = replace(wanted, switch=Switch(opens, item.seen.standing, item.seen.others, value))
    return replace(item, wanted=wanted)


def _is(act: FieldAct, trace: Trace) -> bool:
    if _TRACES[act.kind] != trace.kind:
        return False
    return act.kind in ("close", "reopen") or among(act.value.strip(), (trace.name.strip(),))


def _without(name: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in names if each.casefold() != name.casefold())
