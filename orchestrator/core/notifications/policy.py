"""What is told now, by which channel, and when to look again: the one policy of all channels."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.core.notifications.kinds import AT_ONCE
from orchestrator.core.notifications.occurrence import Occurrence


@dataclass(frozen=True, slots=True)
class Channel:
    """A means of telling people. `away` channels are silent while the person is active on a board. `pause`
    is the least time between two of its messages, in seconds."""

    name: str
    kinds: frozenset[str]
    away: bool = False
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: how long what is not told at once must stand, by kind where `delays` says so; and how long
    more is gathered into the same message."""

    delay: float = 10.0
    gather: float = 1.0
    delays: Mapping[str, float] = field(default_factory=dict)

    def of(self, occurrence: Occurrence) -> float:
        """How long this must stand before it is told."""
        kind = occurrence.need.kind
        return max(
            self.delays.get(kind, 0.0 if kind in AT_ONCE else self.delay),
            occurrence.settles,
        )


@dataclass(frozen=True, slots=True)
class Moment:
    """The time, until when the person counts as active on a board, and until when the hours are quiet; 0 for
    neither."""

    now: float
    active_until: float = 0.0
    quiet_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """What each channel has told: (channel, key). `retry` are those among them that failed and are tried
    again, with the time; `last` is when each channel told something last."""

    keys: Collection[tuple[str, str]] = frozenset()
    retry: Mapping[tuple[str, str], float] = field(default_factory=dict)
    last: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Due:
    """One message: everything that the channel tells now, most urgent first."""

    channel: str
    occurrences: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    due: tuple[Due, ...]
    look_again: float | None
    """When something may become due without any change; `None` for never."""


def plan(
    standing: Sequence[Occurrence], channels: Iterable[Channel], told: Told, timing: Timing, moment: Moment
) -> Plan:
    """What is to be told now of the occurrences that stand, most urgent first.

    Nothing is told twice by one channel, nor anything that no longer stands. What may not be told now, in
    quiet hours or while the person is active, is told afterwards if it still stands.
    """
    due: list[Due] = []
    later: list[float] = []
    for channel in channels:
        ready = dict(_ready(standing, channel, told, timing))
        if not ready:
            continue
        at = max(
            min(ready.values()) + timing.gather,
            told.last.get(channel.name, 0.0) + channel.pause,
            moment.active_until if channel.away else 0.0,
            moment.quiet_until,
        )
        if at > moment.now:
            later.append(at)
            continue
        due.append(Due(channel.name, tuple(each for each, when in ready.items() if when <= moment.now)))
        # the rest begins a message of its own
        later += [max(when + timing.gather, moment.now + channel.pause) for when in _after(ready, moment.now)]
    return Plan(tuple(due), min(later, default=None))


def _ready(
    standing: Sequence[Occurrence], channel: Channel, told: Told, timing: Timing
) -> Iterator[tuple[Occurrence, float]]:
    """What the channel has to tell, and from when on. A time in the future, of a clock that was set back or
    is another machine's, counts as now."""
    for each in standing:
        if each.need.kind not in channel.kinds:
            continue
        retry = told.retry.get((channel.name, each.key))
        if retry is not None:
            yield each, retry
        elif (channel.name, each.key) not in told.keys:
            yield each, max(min(each.since, each.seen) + timing.of(each), each.seen)


def _after(ready: Mapping[Occurrence, float], now: float) -> Iterator[float]:
    return (when for when in ready.values() if when > now)
