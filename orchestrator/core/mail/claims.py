"""Advisory leases on files and topics, so that two sessions do not do the same work.

A claim on `src/api` covers everything below it. Shared claims can coexist; an exclusive one cannot. Claims
are not enforced: a session that asks is told who holds the claim.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orchestrator.core.commands import Rejected

LASTS_S = 3600.0
LONGEST_S = 24 * 3600.0
MOST_AT_ONCE = 100
_PATTERN = re.compile(r"[*?]|\{[^}]*,[^}]*\}")
"""Not `[`: frameworks use file names like `[id].tsx`."""
_SHOWN = 6

Thing = tuple[str, str]
"""(scope, what) of something that can be claimed."""


@dataclass(frozen=True, slots=True)
class Claim:
    """`what` is a path below `scope` (a repository's root), with `/` between its parts; or a topic, with an
    empty `scope`. It ends with the session, or at `until`."""

    scope: str
    what: str
    holder: str
    session: str
    exclusive: bool
    at: float
    until: float


def normal(path: str) -> str:
    """The normalised path; `..` that leads out of the scope stays, and matches only itself. The scope as a
    whole is `.`."""
    parts: list[str] = []
    for part in path.strip().replace("\\", "/").split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or "."


def thing(said: str, scope: str, tops: Iterable[str] = ()) -> Thing | Rejected:
    """The claim for a path of the repository `scope`, or for `topic:NAME`.

    `tops` are the folders in which the repository is checked out: an absolute path may begin with one.
    """
    said = said.strip()
    if said.startswith("topic:"):
        topic = said.removeprefix("topic:").strip()
        return ("", topic) if topic else Rejected("the topic has no name", hint="Write topic:NAME.")
    if not said:
        return Rejected("a path is empty", hint="For the whole repository use: .")
    if _PATTERN.search(said):
        return Rejected(
            f"{said} is a pattern; only paths can be reserved",
            hint="Name a file or a directory; a directory covers everything below it.",
        )
    path = said
    for top in filter(None, tops):
        if said == top or said.startswith(f"{top}/"):
            path = said.removeprefix(top).lstrip("/")
            break
    found = normal(path)
    if path.startswith("/") or found.split("/")[0] == "..":
        return Rejected(f"{said} is outside your repository", hint="Use a path in it, or topic:NAME.")
    return scope, found


def too_many(mine: Iterable[Claim], things: Iterable[Thing]) -> Rejected | None:
    """Whether a mailbox with these claims would exceed the limit; what it requests again counts once."""
    if len({(each.scope, each.what) for each in mine} | set(things)) <= MOST_AT_ONCE:
        return None
    return Rejected(f"at most {MOST_AT_ONCE} leases are allowed", hint="Release some of yours.")


def not_held(mine: Sequence[Claim], things: Sequence[Thing]) -> tuple[Thing, ...]:
    """Which of these things are not claimed by these claims."""
    held = {(each.scope, each.what) for each in mine}
    return tuple(each for each in things if each not in held)


def nothing_held(mine: Sequence[Claim], things: Sequence[Thing]) -> Rejected:
    """The refusal to release what is not held, with the list of what is."""
    names = [each.what if each.scope else f"topic:{each.what}" for each in mine]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    hint = f"You hold: {', '.join(names[:_SHOWN])}{more}." if names else "You hold no leases."
    return Rejected(f"you do not hold {', '.join((what for _, what in things))}", hint=hint)


def overlap(one: Claim, other: Claim) -> bool:
    """Whether they mean the same thing, or one contains the other."""
    if one.scope != other.scope:
        return False
    a, b = one.what, other.what
    return a == b or "." in (a, b) or a.startswith(f"{b}/") or b.startswith(f"{a}/")


def live(claims: Iterable[Claim], now: float) -> tuple[Claim, ...]:
    """Those that end after `now`, in their order."""
    return tuple(each for each in claims if each.until > now)


@dataclass(frozen=True, slots=True)
class Conflict:
    """The conflicting claim, and the refusal."""

    by: Claim
    refusal: Rejected


def claimed(standing: Iterable[Claim], wanted: Sequence[Claim], now: float) -> tuple[Claim, ...] | Conflict:
    """All claims after the requested ones are granted; or the conflict.

    All are granted or none. A repeated request replaces the session's earlier claim, longer, shorter or in
    the other mode. Claims of one mailbox never conflict with each other.
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
    within = "" if by.what == want.what else f" (by its lease on {by.what})"
    return Rejected(
        f"{want.what} is held by {by.holder}{within}",
        f"{'exclusively' if by.exclusive else 'shared'}, for another {minutes} min at most",
        f"Do something else first, or ask {by.holder}.",
    )
