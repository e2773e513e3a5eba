"""What of a card waits to be sent to its forge, and what of that needs a person."""

from dataclasses import dataclass
from datetime import datetime

from orchestrator.core.forge.conflict_sides import sides
from orchestrator.core.forge.links import CardForge, Link, Outgoing, unsent
from orchestrator.core.forge.outbox.acts import words
from orchestrator.core.literals import ConflictField
from orchestrator.core.model import Card

_DAY = 20 * 3600.0
FIELDS: dict[ConflictField, str] = {
    "title": "title",
    "body": "description",
    "comment": "comment",
    "state": "state",
}


@dataclass(frozen=True, slots=True)
class FailedAct:
    """A change that a person retries or drops. `state` is `refused`, or `unclear`: it is not known whether it
    was made."""

    id: str
    what: str
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class OpenConflict:
    """A field that a person and orch both changed: a person chooses whose change holds."""

    item: str
    """`#12`."""
    field: ConflictField
    why: str
    ours: str = ""
    """What happens if orch's change holds."""
    theirs: str = ""
    """What happens if the other one holds."""


@dataclass(frozen=True, slots=True)
class ForgeOutbox:
    """What of a card the forge has not been told. `removed` is a card that is no longer on the board."""

    card: str
    slug: str
    host: str
    """The forge; empty if it is not known yet."""
    waiting: tuple[str, ...]
    """Changes that are sent as soon as possible, in their order."""
    since: float
    """Since when they wait."""
    failed: tuple[FailedAct, ...] = ()
    conflicts: tuple[OpenConflict, ...] = ()
    removed: bool = False
    undecided_since: float = 0.0
    """When the earliest of the changes that failed was asked for; 0 if none has."""
    retry_at: float = 0.0
    """Before that nothing is sent, after a failure; 0 if the next one is sent now."""

    @property
    def needs_you(self) -> bool:
        """Whether a person has to decide something."""
        return bool(self.failed or self.conflicts)


def forge_outbox(card: Card, *, removed: bool = False) -> ForgeOutbox | None:
    """The card's; `None` if the forge has been told everything."""
    forge = card.forge
    failed = tuple(
        FailedAct(each.id, words(each.act), each.state, each.why) for each in forge.outbox if _failed(each)
    )
    conflicts = tuple(
        OpenConflict(f"#{link.ref.number}", each.field, each.why, *sides(link, each))
        for link in forge.links
        for each in link.conflicts
    )
    undecided = min((each.since for each in forge.outbox if _failed(each)), default=0.0)
    waiting = unsent(forge)
    if not (failed or conflicts or waiting):
        return None
    return ForgeOutbox(
        card.id, card.slug, _host(forge), waiting, _since(forge), failed, conflicts, removed, undecided
    )


def mark(outbox: ForgeOutbox) -> str:
    """`⇡2` for changes that wait, `⇡!` if a person has to decide something."""
    return "⇡!" if outbox.needs_you else f"⇡{len(outbox.waiting)}"


def sentences(outbox: ForgeOutbox, now: float) -> tuple[str, ...]:
    """What waits, and what needs a person, each with what to do."""
    card = outbox.card
    failed = [
        f"{each.state}: {each.what}: {each.why}"
        f" (orch forge retry {card} {each.id}, or orch forge drop {card} {each.id})"
        for each in outbox.failed
    ]
    conflicts = [
        f"conflict in the {FIELDS[each.field]} of {each.item}: {each.why} "
        f"(orch forge settle {card} --ours: {_lower(each.ours)}; --theirs: {_lower(each.theirs)})"
        for each in outbox.conflicts
    ]
    return (*failed, *conflicts, *_waits(outbox, now))


def _waits(outbox: ForgeOutbox, now: float) -> tuple[str, ...]:
    many = len(outbox.waiting)
    if not many:
        return ()
    said = clock(outbox.since, now)
    retry = f"; next try at {clock(outbox.retry_at, now)}" if outbox.retry_at > now else ""
    wait = "1 change waits" if many == 1 else f"{many} changes wait"
    return (f"{wait} for {outbox.host or 'the forge'} since {said}: {', '.join(outbox.waiting)}{retry}",)


def clock(at: float, now: float) -> str:
    """`14:02`, in local time; with the date if that is long ago."""
    return datetime.fromtimestamp(at).strftime("%H:%M" if abs(now - at) < _DAY else "%d %b %H:%M")


def _lower(said: str) -> str:
    return said[:1].lower() + said[1:]


def _failed(act: Outgoing) -> bool:
    return act.state in ("refused", "unclear")


def _since(forge: CardForge) -> float:
    acts = [each.since for each in forge.outbox if not _failed(each)]
    return min([*acts, *(link.unsent_since for link in forge.links if link.unsent_since)], default=0.0)


def _host(forge: CardForge) -> str:
    first: Link | None = next(iter(forge.links), None)
    return first.ref.repository.host if first else ""
