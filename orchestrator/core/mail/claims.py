"""Advisory leases on files and topics, so that two sessions don't do the same work.

A claim on `src/api` covers all below it. Shared claims stand beside shared ones; an exclusive one stands
alone. Claims hold nobody off by force: a session that asks is told who was first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orchestrator.core.commands import Rejected

LASTS_S = 3600.0
LONGEST_S = 24 * 3600.0
MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Claim:
    """`what` is a path below `scope` (a repository's root), with `/` between its parts; or a topic, with
    `scope` empty. It ends with the session, or at `until`."""

    scope: str
    what: str
    holder: str
    session: str
    exclusive: bool
    at: float
    until: float


def normal(path: str) -> str:
    """The path without what means nothing in it; `..` that leads out of the scope stays, and matches
    itself alone. The scope as a whole is `.`."""
    parts: list[str] = []
    for part in path.strip().replace("\\", "/").split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or "."


def overlap(one: Claim, other: Claim) -> bool:
    """Whether they speak of the same thing, or of one within the other."""
    if one.scope != other.scope:
        return False
    a, b = one.what, other.what
    return a == b or "." in (a, b) or a.startswith(f"{b}/") or b.startswith(f"{a}/")


def live(claims: Iterable[Claim], now: float) -> tuple[Claim, ...]:
    return tuple(each for each in claims if each.until > now)


@dataclass(frozen=True, slots=True)
class Conflict:
    """The claim that stands in the way, and the refusal in words."""

    by: Claim
    refusal: Rejected


def claimed(standing: Iterable[Claim], wanted: Sequence[Claim], now: float) -> tuple[Claim, ...] | Conflict:
    """All claims that stand once the wanted ones are granted; or what is in their way.

    All are granted or none. What a session asks for again replaces its earlier claim, longer, shorter or
    of the other mode. Claims of one mailbox never stand in each other's way.
    """
    now_standing = live(standing, now)
    for want in wanted:
        for each in now_standing:
            if each.holder != want.holder and (each.exclusive or want.exclusive) and overlap(each, want):
                return Conflict(each, _held(want, each, now))
    again = {(each.scope, each.what, each.holder) for each in wanted}
    kept = [each for each in now_standing if (each.scope, each.what, each.holder) not in again]
    return (*kept, *wanted)


def _held(want: Claim, by: Claim, now: float) -> Rejected:
    minutes = max(1, round((by.until - now) / 60))
    within = "" if by.what == want.what else f" (by its claim on {by.what})"
    return Rejected(
        f"{want.what} is held by {by.holder}{within}",
        f"{'exclusively' if by.exclusive else 'shared'}, for {minutes} min more unless it ends sooner",
        f"Do something else first, or ask {by.holder}.",
    )
