"""What of a card waits to be sent to its forge, and what of that needs a person."""

from dataclasses import dataclass
from datetime import datetime

from orchestrator.core.forge.acts import words
from orchestrator.core.forge.links import CardForge, Link, Outgoing, unsent
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
        OpenConflict(f"#{link.ref.number}", each.field, each.why)
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
        f"conflict in the {FIELDS[each.field]} of {each.item}: {each.why}"
        f" (orch forge settle {card} --ours or --theirs)"
        for each in outbox.conflicts
    ]
    return (*failed, *conflicts, *_waits(outbox, now))


def _waits(outbox: ForgeOutbox, now: float) -> tuple[str, ...]:
    many = len(outbox.waiting)
    if not many:
        return ()
    since = datetime.fromtimestamp(outbox.since)
    said = since.strftime("%H:%M" if now - outbox.since < _DAY else "%d %b %H:%M")
    wait = "1 change waits" if many == 1 else f"{many} changes wait"
    return (f"{wait} for {outbox.host or 'the forge'} since {said}: {', '.join(outbox.waiting)}",)


def _failed(act: Outgoing) -> bool:
    return act.state in ("refused", "unclear")


def _since(forge: CardForge) -> float:
    acts = [each.since for each in forge.outbox if not _failed(each)]
    return min([*acts, *(link.unsent_since for link in forge.links if link.unsent_since)], default=0.0)


def _host(forge: CardForge) -> str:
    first: Link | None = next(iter(forge.links), None)
    return first.ref.repository.host if first else ""
