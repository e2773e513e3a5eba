"""Keys in the order in which they arrived, and which of them were not typed by a person."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from textual import events

WINDOW = 0.025
"""Seconds. Keys closer together than this belong to one burst: a slow connection delivers many at once."""

SHORT, FEW = 10, 6
"""Maximum commands in one burst that a person may have typed on a slow connection, and in one of several
lines. A terminal that pastes without brackets sends more."""

Is = Callable[[events.Key], bool]
"""A property of a key on the present screen."""

_LINE_ENDS = ("enter", "ctrl+j")
_TYPED = frozenset({"tab", *_LINE_ENDS})
"""Keys besides the printable ones that occur in pasted text."""


@dataclass(frozen=True, slots=True)
class _Arrived:
    event: events.Event
    burst: int
    """The same number for keys that arrived together; 0 for keys that no paste contains."""


class Arrivals:
    """A queue of keys, pastes and clicks. With a `window` of 0 nothing counts as a burst."""

    def __init__(self, window: float) -> None:
        self._window = window
        self._queue: deque[_Arrived] = deque()
        self._burst = self._dropped = 0
        self._typed_at = self._added_at = float("-inf")
        self._together = False
        """The last event was typed; what follows at once belongs to it."""

    def __bool__(self) -> bool:
        return bool(self._queue)

    @property
    def first(self) -> events.Event:
        """The next event. Raises `IndexError` if there is none."""
        return self._queue[0].event

    def add(self, event: events.Event, now: float) -> None:
        """`now` is when it was received, which may be long after it was typed."""
        if self._window <= 0 or not _is_typed(event):
            self._together = False
            self._queue.append(_Arrived(event, 0))
            return
        if not (self._together and event.time - self._typed_at < self._window):
            self._burst += 1
        self._typed_at, self._added_at, self._together = event.time, now, True
        if self._burst != self._dropped:
            self._queue.append(_Arrived(event, self._burst))

    def pop(self) -> events.Event:
        """Removes and returns the first. Raises `IndexError` if there is none."""
        return self._queue.popleft().event

    def waits(self, now: float, free: Is) -> float:
        """Seconds until it is known whether the first key is part of a paste; 0 if that is known. `free` keys
        only move a cursor or are typed into a text."""
        if not self._is_command(free) or len(self._same()) < len(self._queue):
            return 0.0
        return max(self._window - (now - self._added_at), 0.0)

    def pasted(self, free: Is, opens: Is) -> bool:
        """Whether the first key is a command in a burst that is too long to have been typed. What follows a
        key that only `opens` something may be text for it, in one line."""
        if not self._is_command(free):
            return False
        keys = self._same()
        ends = [number for number, key in enumerate(keys, 1) if key.key in _LINE_ENDS]
        several = bool(ends) and ends[0] < len(keys)
        if opens(keys[0]) and not several:
            return False
        return sum(not free(key) for key in keys) > (FEW if ends else SHORT)

    def drop(self) -> None:
        """Drops the first key and all that arrived, or still arrive, together with it."""
        self._dropped = self._queue[0].burst
        for _ in self._same():
            self._queue.popleft()

    def clear(self) -> int:
        """Drops everything; returns how many keys that were."""
        keys = sum(isinstance(each.event, events.Key) for each in self._queue)
        self._queue.clear()
        return keys

    def _is_command(self, free: Is) -> bool:
        first = self._queue[0]
        return bool(first.burst) and isinstance(first.event, events.Key) and not free(first.event)

    def _same(self) -> list[events.Key]:
        """The first key and those that arrived together with it."""
        burst = self._queue[0].burst
        return [
            each.event for each in self._queue if each.burst == burst and isinstance(each.event, events.Key)
        ]


def _is_typed(event: events.Event) -> bool:
    return isinstance(event, events.Key) and (event.is_printable or event.key in _TYPED)
