"""The three-way compare of an item: what was last seen, what orch wants, and what the forge has now.

A person's change on the forge is never overwritten. Of names (labels, assignees) and the state, ours is given
up where a person changed the same after it was seen. A text is replaced only where it is still the one that
orch wrote; otherwise that is a conflict, as is an item that has changed since orch decided to close it. A
person settles conflicts.
"""

from dataclasses import dataclass, field, replace

from orchestrator.core.forge.fetched import NOT_FETCHED, Unfetched
from orchestrator.core.forge.outbox.acts import FieldAct
from orchestrator.core.forge.outbox.fields import Fields, Wanted, Written, among, digest
from orchestrator.core.literals import ConflictField, FieldActKind, Side


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides changed a field: nothing is written to it until a person chooses a side."""

    field: ConflictField
    why: str


@dataclass(frozen=True, slots=True)
class Synced:
    """An item and its local side: what was last seen of it, what of that is orch's own, what orch wants."""

    seen: Fields
    written: Written = field(default_factory=Written)
    wanted: Wanted = field(default_factory=Wanted)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What holds from now on, what is to be done, in this order, and what needs a person."""

    after: Synced
    acts: tuple[FieldAct, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def compare(item: Synced, remote: Fields | Unfetched) -> Outcome:
    """What follows from the three sides. If nothing was fetched, nothing follows."""
    if remote is NOT_FETCHED:
        return Outcome(item)
    work = _Work(item, remote)
    work.labels()
    work.assignees()
    work.title()
    work.body()
    work.comment()
    work.state()
    seen = remote if remote.comment is not NOT_FETCHED else _with_comment(remote, item.seen)
    return Outcome(Synced(seen, work.written, work.wanted), tuple(work.acts), tuple(work.conflicts))


def waiting(item: Synced) -> tuple[FieldAct, ...]:
    """The changes that wait to be sent: what is to be done if the forge still has what was last seen."""
    seen = item.seen
    known = replace(seen, comment=item.written.comment or "") if seen.comment is NOT_FETCHED else seen
    return compare(item, known).acts


def settled(item: Synced, field: ConflictField, side: Side) -> Synced:
    """A person has chosen: `theirs` gives up what orch wants; `ours` lets it replace what was last seen, and
    nothing later than that."""
    seen, wanted, written = item.seen, item.wanted, item.written
    if side == "theirs":
        return replace(item, wanted=_without(wanted, field))
    match field:
        case "title":
            written = replace(written, title=seen.title.strip())
        case "body":
            written = replace(written, body=seen.body)
        case "comment":
            known = None if seen.comment in (NOT_FETCHED, "") else str(seen.comment)
            written = replace(written, comment=known)
        case "state" if wanted.switch:
            switch = replace(wanted.switch, seen=seen.standing, others=seen.others)
            wanted = replace(wanted, switch=switch)
            written = replace(written, closed=not seen.standing.open)
    return Synced(seen, written, wanted)


@dataclass(slots=True)
class _Work:
    item: Synced
    remote: Fields
    written: Written = field(init=False)
    wanted: Wanted = field(init=False)
    acts: list[FieldAct] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.written, self.wanted = self.item.written, self.item.wanted

    def labels(self) -> None:
        """Each label for itself: it is there or not, so that there can be no conflict."""
        before, now = self.item.seen.labels, self.remote.labels
        yes = self._names(self.wanted.labels, before, now, "add_label", there=True)
        no = self._names(self.wanted.no_labels, before, now, "remove_label", there=False)
        self.wanted = replace(self.wanted, labels=yes, no_labels=no)

    def assignees(self) -> None:
        """As the labels."""
        before, now = self.item.seen.assignees, self.remote.assignees
        yes = self._names(self.wanted.assignees, before, now, "assign", there=True)
        no = self._names(self.wanted.no_assignees, before, now, "unassign", there=False)
        self.wanted = replace(self.wanted, assignees=yes, no_assignees=no)
        if self.written.assignee and not among(self.written.assignee, now):
            self.written = replace(self.written, assignee="")

    def _names(
        self,
        names: tuple[str, ...],
        before: tuple[str, ...],
        now: tuple[str, ...],
        act: FieldActKind,
        *,
        there: bool,
    ) -> tuple[str, ...]:
        """The names that are still to be done: not those that are, nor those that a person has changed."""
        left = [name for name in names if among(name, now) is not there and among(name, before) is not there]
        self.acts += [FieldAct(act, name) for name in left]
        return tuple(left)

    def title(self) -> None:
        """A title that orch did not write last is left as it is."""
        text, now = self.wanted.title, self.remote.title.strip()
        if text is None:
            return
        if now == text.strip():
            self.wanted = replace(self.wanted, title=None)
        elif now == self.written.title:
            self.acts.append(FieldAct("title", text))
        else:
            self.conflicts.append(Conflict("title", "somebody edited it"))

    def body(self) -> None:
        """As the title."""
        text, now = self.wanted.body, self.remote.body
        if text is None:
            return
        if now == digest(text):
            self.wanted = replace(self.wanted, body=None)
        elif now == self.written.body:
            self.acts.append(FieldAct("body", text))
        else:
            self.conflicts.append(Conflict("body", "somebody edited it"))

    def comment(self) -> None:
        """Orch's own comment: one that a person edited or deleted is left as it is."""
        text, now, own = self.wanted.comment, self.remote.comment, self.written.comment
        if text is None or now is NOT_FETCHED:
            return
        if now == digest(text):
            self.wanted = replace(self.wanted, comment=None)
        elif now == (own or ""):
            self.acts.append(FieldAct("comment", text))
        else:
            became = "edited" if now else "deleted"
            self.conflicts.append(Conflict("comment", f"somebody {became} it"))

    def state(self) -> None:
        """Closing and reopening need an item that is as it was when that was decided."""
        now, switch = self.remote.standing, self.wanted.switch
        if now.open:
            self.written = replace(self.written, closed=False)
        if switch is None:
            return
        if switch.open == now.open:
            self.wanted = replace(self.wanted, switch=None)
        elif switch.seen != now:
            self.conflicts.append(Conflict("state", "somebody closed or reopened it"))
        elif switch.others != self.remote.others:
            self.conflicts.append(Conflict("state", "it has new comments"))
        elif switch.open and not self.written.closed:
            self.conflicts.append(Conflict("state", "a person closed it"))
        else:
            self.acts.append(FieldAct("reopen") if switch.open else FieldAct("close", switch.reason))


def _without(wanted: Wanted, field: ConflictField) -> Wanted:
    match field:
        case "title":
            return replace(wanted, title=None)
        case "body":
            return replace(wanted, body=None)
        case "comment":
            return replace(wanted, comment=None)
        case _:
            return replace(wanted, switch=None)


def _with_comment(remote: Fields, seen: Fields) -> Fields:
    return replace(remote, comment=seen.comment, comment_id=seen.comment_id)
