"""Gathers: one session waits for the reports of several, with a time limit.

Each member is expected until its `result` or a tombstone arrives. A member that exits, crashes, is lost or
times out gets a tombstone; one that waits for a person (a permission, a question, a gate) does not, however
late it is. A report that arrives after a tombstone replaces it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from orchestrator.core.sessions.model import Status
from orchestrator.core.sessions.states import OVER, STATES

LASTS_S = 24 * 3600.0
"""The default time limit of a gather."""

WAITS_FOR_HUMAN = frozenset({"gate", "wanted", *(state for state, row in STATES.items() if row.answers)})
"""The states in which a member keeps its gather open past its deadline."""


class MemberState(StrEnum):
    """A member's progress in the gather."""

    AWAITED = "awaited"
    PARTIAL = "partial"
    REPORTED = "reported"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Member:
    """`reports` are ids of messages, oldest first; `why` is the reason of a tombstone. `to_come` means
    that no session had the name when the gather was opened: a missing session is then no reason for a
    tombstone."""

    name: str
    part: MemberState = MemberState.AWAITED
    reports: tuple[str, ...] = ()
    why: str = ""
    at: float = 0.0
    to_come: bool = False


@dataclass(frozen=True, slots=True)
class Gather:
    """What `owner` waits for. After `deadline` no member is expected any more. `need` is how many reports are
    enough, from any members; 0 for all."""

    id: str
    owner: str
    thread: str
    at: float
    deadline: float
    members: tuple[Member, ...]
    need: int = 0

    def member(self, name: str) -> Member | None:
        """`None` for a name that is not expected."""
        return next((each for each in self.members if each.name == name), None)

    @property
    def open(self) -> bool:
        """A final report is still missing."""
        return not complete(self)

    @property
    def wanted(self) -> int:
        """How many reports make it complete."""
        return min(self.need, len(self.members)) or len(self.members)

    @property
    def count(self) -> int:
        """How many have reported, of those that are needed."""
        return min(self.wanted, sum(each.part is MemberState.REPORTED for each in self.members))


@dataclass(frozen=True, slots=True)
class Missing:
    """A member without its final report, and its state as text."""

    name: str
    state: str
    needs_human: bool = False


def opened(
    gather: str,
    owner: str,
    thread: str,
    expect: Iterable[str],
    *,
    at: float,
    deadline: float | None = None,
    need: int = 0,
    to_come: Collection[str] = (),
) -> Gather:
    """A gather over these mailboxes, each named once; no session has those that are `to_come`."""
    members = tuple(Member(name, at=at, to_come=name in to_come) for name in dict.fromkeys(expect))
    until = at + LASTS_S if deadline is None else deadline
    return Gather(gather, owner, thread, at, until, members, need if need < len(members) else 0)


def reported(gather: Gather, sender: str, message: str, at: float, *, final: bool) -> Gather:
    """The gather with this report. A report that is not expected, or repeated, changes nothing."""
    member = gather.member(sender)
    if member is None or message in member.reports:
        return gather
    part = MemberState.REPORTED if final or member.part is MemberState.REPORTED else MemberState.PARTIAL
    return _with(gather, replace(member, part=part, reports=(*member.reports, message), why="", at=at))


def tombstoned(gather: Gather, name: str, why: str, at: float) -> Gather:
    """The gather with a tombstone for `name`; a member that has reported is left alone."""
    member = gather.member(name)
    if member is None or member.part in (MemberState.REPORTED, MemberState.GONE):
        return gather
    return _with(gather, replace(member, part=MemberState.GONE, why=why, at=at))


def due(gather: Gather, states: Mapping[str, str], now: float) -> tuple[tuple[str, str], ...]:
    """The members that get a tombstone now, as (name, why).

    `states` has the session's state (a `Status`, or `gate`) of every member with a card; one without a card
    is judged by the deadline alone, because an unknown state is not an end.
    """
    found = []
    for member in gather.members:
        state = states.get(member.name, "")
        if member.part not in (MemberState.AWAITED, MemberState.PARTIAL):
            continue
        if state in OVER:
            found.append((member.name, f"its session {_ENDS[state]} before it reported"))
        elif now >= gather.deadline and state not in WAITS_FOR_HUMAN:
            found.append((member.name, f"it timed out ({_words(state)})"))
    return tuple(found)


def unstarted(gather: Gather, states: Mapping[str, str]) -> tuple[str, ...]:
    """The expected members whose sessions wait for a free slot: they cannot report before they start."""
    awaited = [each.name for each in gather.members if each.part is MemberState.AWAITED]
    return tuple(name for name in awaited if states.get(name) == "queued")


def complete(gather: Gather, *, partial_ok: bool = False) -> bool:
    """Whether no member is expected any more; with `partial_ok` a partial report is enough."""
    waiting = (MemberState.AWAITED,) if partial_ok else (MemberState.AWAITED, MemberState.PARTIAL)
    enough = (MemberState.REPORTED, MemberState.PARTIAL) if partial_ok else (MemberState.REPORTED,)
    if gather.need and sum(each.part in enough for each in gather.members) >= gather.need:
        return True
    return not any(member.part in waiting for member in gather.members)


def missing(gather: Gather, states: Mapping[str, str]) -> tuple[Missing, ...]:
    """Members without a final report, with the state of each."""
    return tuple(_missing(each, states.get(each.name, "")) for each in gather.members if _lacks(each))


_UNSTARTED = {"queued": "waiting to start", "new": "never started"}
_ENDS = {Status.EXITED.value: "exited", Status.LOST.value: "was lost"}


def _missing(member: Member, state: str) -> Missing:
    if member.part is MemberState.GONE:
        return Missing(member.name, member.why)
    said = "has reported in part, " if member.part is MemberState.PARTIAL else ""
    return Missing(member.name, said + _words(state), state in WAITS_FOR_HUMAN)


def _words(state: str) -> str:
    if state in WAITS_FOR_HUMAN:
        return f"waiting for a person: {state}"
    return _UNSTARTED.get(state, state.replace("_", " ")) or "no session has this name yet"


def _lacks(member: Member) -> bool:
    return member.part is not MemberState.REPORTED


def _with(gather: Gather, member: Member) -> Gather:
    members = tuple(member if each.name == member.name else each for each in gather.members)
    return replace(gather, members=members)
