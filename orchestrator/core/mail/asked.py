"""Which gathers a call asks for, if it names members instead of one gather."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from orchestrator.core.commands import Rejected
from orchestrator.core.mail.gather import Gather, MemberState
from orchestrator.core.mail.message import Kind, Message

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class GatherPart:
    """A part of the request: these members of one gather; all of them if `names` is empty."""

    gather: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GatherCover:
    """The gathers in which the members report, and the members that no gather expects yet."""

    pieces: tuple[GatherPart, ...]
    rest: tuple[str, ...]


def cover(names: Sequence[str], gathers: Iterable[Gather], again: Collection[str]) -> GatherCover | Rejected:
    """`gathers` are the owner's of the last day. A member that is expected reports there; one that has
    reported is shown in its latest gather, unless a new report is expected (`again`)."""
    mine = sorted(gathers, key=lambda each: (each.at, each.id))
    pieces: dict[str, list[str]] = {}
    rest = []
    for name in names:
        having = [each for each in mine if each.member(name)]
        lacking = [each for each in having if each.open and _awaits(each, name)]
        if len(lacking) > 1:
            said = ", ".join(each.id for each in lacking)
            return Rejected(
                f"{len(lacking)} of your gathers are waiting for {name}",
                said,
                "Choose one: mail_gather(gather=…).",
            )
        if found := lacking or ([] if name in again else having[-1:]):
            pieces.setdefault(found[0].id, []).append(name)
        else:
            rest.append(name)
    return GatherCover(tuple(GatherPart(each, tuple(who)) for each, who in pieces.items()), tuple(rest))


def view(found: Sequence[tuple[Gather, tuple[str, ...]]], need: int = 0) -> Gather:
    """The request as one gather: these members of these gathers."""
    first = found[0][0]
    if len(found) == 1 and not found[0][1]:
        return replace(first, need=need or first.need)
    members = tuple(
        member for each, names in found for member in each.members if not names or member.name in names
    )
    return replace(
        first,
        id=" + ".join(each.id for each, _ in found),
        deadline=max(each.deadline for each, _ in found),
        members=members,
        need=need if need < len(members) else 0,
    )


def strangers(gather: Gather, names: Sequence[str]) -> Rejected | None:
    """The refusal of members that a gather does not expect."""
    if not (lost := [each for each in names if gather.member(each) is None]):
        return None
    who = _listed([each.name for each in gather.members])
    return Rejected(
        f"gather {gather.id} is not waiting for {_listed(lost)}",
        f"it is waiting for {who}",
        f"Omit gather and thread to wait for {_listed(lost)} too.",
    )


def summary(gather: Gather) -> str:
    """A gather in a line: `f3: 1 of 3 reported; missing: worker-2`."""
    lacking = [each.name for each in gather.members if each.part is not MemberState.REPORTED]
    missing = f"; missing: {_listed(lacking)}" if lacking else ""
    return f"{gather.id}: {gather.count} of {gather.wanted} reported{missing}"


def afresh(
    names: Iterable[str], gathers: Iterable[Gather], messages: Iterable[Message], owner: str
) -> frozenset[str]:
    """Those of whom a new report is expected: they got a task since their last one."""
    reported: dict[str, float] = {}
    for each in gathers:
        for member in each.members:
            if member.part is not MemberState.AWAITED:
                reported[member.name] = max(member.at, reported.get(member.name, 0.0))
    tasks = [each for each in messages if each.sender == owner and each.kind in (Kind.TASK, Kind.HANDOFF)]
    return frozenset(
        name for name in names for each in tasks if name in each.to and each.at > reported.get(name, 0.0)
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _awaits(gather: Gather, name: str) -> bool:
    member = gather.member(name)
    return member is not None and member.part in (MemberState.AWAITED, MemberState.PARTIAL)
