"""Traffic between mailboxes: rate limits, and the circuit breaker for two sessions that only write to each
other.

The hub keeps one `Traffic`, records every message and every sign of progress in it, and asks it before it
sends. After a restart it is refilled from the store's last minutes.
"""

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from orchestrator.core.commands import Rejected
from orchestrator.core.mail.message import HUMAN, Authority, MessageNotice
from orchestrator.core.mail.message_limits import MOST_HOPS

PAIR_A_MINUTE = 30
FAN_OUT_A_MINUTE = 120
MINUTE_S = 60.0
PING_PONG_TURNS = 12
PING_PONG_S = 600.0
KEPT_S = PING_PONG_S
"""How long a message matters here: a new `Traffic` is filled with this much of the past."""


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Two mailboxes, in either direction: `a` is the first by name."""

    a: str
    b: str

    @classmethod
    def of(cls, one: str, other: str) -> "Pair":
        """The same pair in either order of the arguments."""
        return cls(min(one, other), max(one, other))

    def __str__(self) -> str:
        return f"{self.a} and {self.b}"


@dataclass(frozen=True, slots=True)
class Pause:
    """A pair that may not write to each other until the human resumes it."""

    pair: Pair
    at: float
    why: str


class Traffic:
    """The last minutes of a mail system, as its limits need them."""

    def __init__(self, past: Iterable[MessageNotice] = ()) -> None:
        self._between: dict[Pair, deque[tuple[float, str]]] = {}
        self._out: dict[str, deque[float]] = {}
        self._progress: dict[str, float] = {}
        for each in sorted(past, key=lambda each: (each.at, each.id)):
            self.note(each)

    def note(self, passing: MessageNotice) -> None:
        """Records a stored message. One of the human, or of orch for them, counts as progress."""
        if passing.authority is not Authority.PEER:
            for name in passing.to:
                self.progress(name, passing.at)
            return
        out = self._out.setdefault(passing.sender, deque())
        for box in passing.to:
            out.append(passing.at)
            between = self._between.setdefault(Pair.of(passing.sender, box), deque())
            between.append((passing.at, passing.sender))
            while between[0][0] <= passing.at - KEPT_S:
                between.popleft()
        _forget(out, passing.at - MINUTE_S)

    def progress(self, name: str, at: float) -> None:
        """Records progress of the card of `name`: a commit, a stage done, a move on the board, a prompt from
        the human.

        A session that becomes busy does not count: each message causes that.
        """
        self._progress[name] = max(at, self._progress.get(name, 0.0))

    def refusal(
        self,
        sender: str,
        to: Collection[str],
        *,
        now: float,
        hops: int = 0,
        authority: Authority = Authority.PEER,
        paused: Collection[Pair] = (),
    ) -> Rejected | None:
        """Why this may not be sent now; `None` if it may. Only peers are limited."""
        if authority is not Authority.PEER:
            return None
        for box in to:
            if Pair.of(sender, box) in paused:
                return Rejected(
                    f"mail between you and {box} is paused",
                    "you wrote to each other in turn without a commit or other progress",
                    "Continue with your own work: the human has been asked, and you are notified by mail "
                    "when you may write again. A result that a gather is waiting for is still delivered.",
                )
        if hops > MOST_HOPS and set(to) != {HUMAN}:
            return Rejected(
                f"the message has been forwarded {MOST_HOPS} times",
                "that is the limit",
                "Settle it yourself, or write to human.",
            )
        since = now - MINUTE_S
        for box in to:
            mine = [
                at for at, who in self._between.get(Pair.of(sender, box), ()) if who == sender and at > since
            ]
            if len(mine) >= PAIR_A_MINUTE:
                return _too_many(
                    f"{PAIR_A_MINUTE} messages to {box} within a minute", mine[-PAIR_A_MINUTE], now
                )
        out = [at for at in self._out.get(sender, ()) if at > since]
        if len(out) + len(to) > FAN_OUT_A_MINUTE:
            first = out[len(out) + len(to) - FAN_OUT_A_MINUTE - 1] if out else now
            return _too_many(f"{FAN_OUT_A_MINUTE} messages to all recipients within a minute", first, now)
        return None

    def circling(self, sender: str, to: Collection[str], now: float) -> tuple[Pair, ...]:
        """The pairs to pause after this message: ten minutes of alternating turns.

        A turn is one message, or several in a row from the same side. Mail with the human is no loop.
        """
        pairs = [Pair.of(sender, box) for box in to if HUMAN not in (sender, box)]
        return tuple(pair for pair in pairs if self._turns(pair, now) >= PING_PONG_TURNS)

    def resumed(self, pair: Pair, at: float) -> None:
        """The human resumes the pair: its turns are counted from zero."""
        self.progress(pair.a, at)
        self.progress(pair.b, at)

    def _turns(self, pair: Pair, now: float) -> int:
        since = max(now - KEPT_S, self._progress.get(pair.a, 0.0), self._progress.get(pair.b, 0.0))
        turns, last = 0, ""
        for at, who in self._between.get(pair, ()):
            if at > since and who != last:
                turns, last = turns + 1, who
        return turns


def _too_many(what: str, first: float, now: float) -> Rejected:
    wait = max(1, round(first + MINUTE_S - now))
    return Rejected(f"{what} is the limit", hint=f"Wait {wait} s, or combine messages.")


def _forget(times: deque[float], until: float) -> None:
    while times and times[0] <= until:
        times.popleft()
