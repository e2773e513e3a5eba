"""A forge with one issue, in memory, and people who change it; and a hub that may be killed anywhere.

It keeps account of what must not happen: a person's change overwritten, a wish carried out twice.
"""

from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from orchestrator.core.forge.events import ActDone, ActRefused, ActSent, ActSettled, ForgeEvent, ItemSeen
from orchestrator.core.forge.evolve import evolve_forge
from orchestrator.core.forge.fetched import NOT_FETCHED, Unfetched
from orchestrator.core.forge.links import CardForge, Link, owed
from orchestrator.core.forge.outbox.acts import FieldAct
from orchestrator.core.forge.outbox.compare import Synced, compare
from orchestrator.core.forge.outbox.fields import Fields, Standing, digest, ordered
from orchestrator.core.forge.outbox.receipts import Trace, fate
from orchestrator.core.forge.repository import ItemRef, RepositoryRef

ITEM = ItemRef(RepositoryRef("forge.example", "ada", "shop"), 7)
ORCH, PERSON = "orch", "person"


@dataclass
class Forge:
    """The issue as it is. `by` has who changed each field last."""

    title: str = "Crash"
    body: str = "It crashes."
    standing: Standing = field(default_factory=Standing)
    labels: set[str] = field(default_factory=set)
    assignees: set[str] = field(default_factory=set)
    comment: str = ""
    others: int = 0
    revision: int = 0
    by: dict[str, str] = field(default_factory=dict)
    history: list[Trace] = field(default_factory=list)
    done: list[FieldAct] = field(default_factory=list)
    """What orch changed, in order; requests that changed nothing are not among it."""

    def look(self) -> Fields:
        return Fields(
            self.title,
            digest(self.body),
            self.standing,
            ordered(self.labels),
            ordered(self.assignees),
            digest(self.comment),
            1 if self.comment else 0,
            self.others,
            str(self.revision),
        )

    def change(self, actor: str, kind: str, value: str = "") -> bool:
        """What a request, or a person in the browser, does; whether that changed anything."""
        before = self._content()
        getattr(self, f"_{kind}")(actor, value)
        if before == self._content():
            return False
        self.revision += 1
        self.by[f"{kind.partition('_')[2] or kind} {value}" if "_" in kind else kind] = actor
        return True

    def _content(self) -> tuple[object, ...]:
        names = frozenset(self.labels), frozenset(self.assignees)
        return (self.title, self.body, self.standing, *names, self.comment, self.others)

    def _title(self, actor: str, value: str) -> None:
        if self.title != value:
            self._trace("renamed", value, actor)
        self.title = value

    def _body(self, _: str, value: str) -> None:
        self.body = value

    def _comment(self, _: str, value: str) -> None:
        self.comment = value

    def _talk(self, *_: str) -> None:
        self.others += 1

    def _close(self, actor: str, value: str) -> None:
        if self.standing.open:
            self._trace("closed", "", actor)
            self.standing = Standing(open=False, reason=value or "completed")

    def _reopen(self, actor: str, _: str) -> None:
        if not self.standing.open:
            self._trace("reopened", "", actor)
            self.standing = Standing(open=True, reason="reopened")

    def _add_label(self, actor: str, value: str) -> None:
        self._trace("labeled", value, actor, value not in self.labels)
        self.labels.add(value)

    def _remove_label(self, actor: str, value: str) -> None:
        self._trace("unlabeled", value, actor, value in self.labels)
        self.labels.discard(value)

    def _assign(self, actor: str, value: str) -> None:
        self._trace("assigned", value, actor, value not in self.assignees)
        self.assignees.add(value)

    def _unassign(self, actor: str, value: str) -> None:
        self._trace("unassigned", value, actor, value in self.assignees)
        self.assignees.discard(value)

    def _trace(self, kind: str, name: str, actor: str, really: bool = True) -> None:
        if really:
            self.history.append(Trace(kind, name, actor, float(len(self.history))))


@dataclass
class Hub:
    """Looks and acts as the real one does, with the journal alone to remember by. Between a look and its
    request is no person: no forge lets a request depend on what was looked at."""

    forge: Forge
    journal: CardForge
    at: float = 0.0
    numbers: Any = field(default_factory=lambda: count(1))

    def note(self, event: ForgeEvent) -> None:
        self.journal = evolve_forge(self.journal, event)

    def step(self, fault: str = "") -> None:
        """One step, with at most one fault: `offline`, `killed before`, `killed after`, `no answer`, or
        `refused`."""
        self.at += 1
        next_ = owed(self.journal)
        if next_ is None or fault == "offline":
            return
        remote = self.forge.look()
        if next_.kind == "doubt":
            assert next_.act is not None
            sent = next_.act
            assert isinstance(sent.act, FieldAct)
            assert sent.before is not None
            since = int(sent.sent_at)
            history: tuple[Trace, ...] | Unfetched = tuple(self.forge.history[since:])
            if fault == "refused":
                history = NOT_FETCHED
            found = fate(sent.act, sent.before, remote, history, ORCH)
            if found is not NOT_FETCHED:
                self.note(ActSettled(self.at, "c1", sent.id, found))
            return
        self.note(ItemSeen(self.at, "c1", ITEM, remote))
        acts = compare(self.link.synced, remote).acts
        if acts:
            self._send(acts[0], remote, fault)

    @property
    def link(self) -> Link:
        assert self.journal.issue is not None
        return self.journal.issue

    def _send(self, act: FieldAct, remote: Fields, fault: str) -> None:
        name = f"a{next(self.numbers)}"
        self.note(ActSent(float(len(self.forge.history)), "c1", name, act, ITEM, remote))
        if fault == "killed before":
            return
        if fault == "refused":
            self.note(ActRefused(self.at, "c1", name, "the forge is away", again=True))
            return
        if self.forge.change(ORCH, act.kind, act.value):
            self.forge.done.append(act)
        if fault in ("killed after", "no answer"):
            return
        self.note(ActDone(self.at, "c1", name, self.forge.look()))


def linked(forge: Forge) -> CardForge:
    """A card that has just been linked to that issue."""
    return CardForge(issue=Link(ITEM, forge.title, "https://forge.example/7", Synced(forge.look()), 0.0))


def with_own_texts(journal: CardForge) -> CardForge:
    """The same for an issue that orch has created: its title and body are orch's own."""
    assert journal.issue is not None
    seen = journal.issue.synced.seen
    written = replace(journal.issue.synced.written, title=seen.title, body=seen.body)
    return replace(
        journal, issue=replace(journal.issue, synced=replace(journal.issue.synced, written=written))
    )
