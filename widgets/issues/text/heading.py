"""The line above the list: the repository, what is shown of it, and how old that is. Pure."""

from dataclasses import dataclass

from orchestrator.core.forge.fresh import as_of
from orchestrator.core.forge.issues.searching import NOBODY, Wanted
from widgets.kit.format import Line, Span, count, row


@dataclass(frozen=True, slots=True)
class Heading:
    """What the line says."""

    repository: str
    listed: int
    shown: int
    wanted: Wanted
    hides: bool
    marked: int
    comments: bool
    busy: int
    reading: bool
    as_of: float
    trouble: bool
    """The list could not be read the last time."""


def heading_line(said: Heading, now: float, width: int) -> Line:
    """Exactly `width` cells."""
    narrowed = filters(said)
    number = count(said.listed, "open issue") if said.as_of else ""
    if narrowed and said.as_of:
        number = f"{said.shown} of {said.listed}"
    left: list[Span] = [
        (f" {said.repository}", "title"),
        (f"  {number}" if number else "", "muted"),
        *((f"  {each}", "busy") for each in narrowed),
    ]
    right: list[Span] = [
        (f"importing {said.busy}  " if said.busy else "", "busy"),
        (f"{said.marked} marked  " if said.marked else "", "cursor"),
        ("with comments  " if said.comments else "", "text"),
        ("loading… " if said.reading else "", "busy"),
        (f"{as_of(said.as_of, now)} " if said.as_of and not said.reading else "", _age_role(said)),
    ]
    return row(left, right, width)


def _age_role(said: Heading) -> str:
    return "trouble" if said.trouble else "muted"


def filters(said: Heading) -> list[str]:
    """What narrows the list, each in words."""
    wanted = said.wanted
    found = [f"label {each}" for each in wanted.labels]
    found += [f"milestone {wanted.milestone}"] if wanted.milestone else []
    if wanted.assignee:
        found.append("assigned to nobody" if wanted.assignee == NOBODY else f"assigned to {wanted.assignee}")
    found += [f"“{wanted.words.strip()}”"] if wanted.words.strip() else []
    found += ["without card"] if said.hides else []
    return found
