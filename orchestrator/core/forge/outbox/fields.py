"""The sides of a three-way compare: an item as its forge has it, what of it orch wrote, what it wants."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from orchestrator.core.forge.fetched import NOT_FETCHED, Unfetched
from orchestrator.core.forge.items import Issue

ME = "@me"
"""In what is wanted: the account that orch uses, whose login is not known yet."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the item is open, and why, in the forge's word: a reopened item differs from one that was never
    closed."""

    open: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fields:
    """What is compared of an item. Texts are kept as their digests."""

    title: str
    body: str
    """Its digest."""
    standing: Standing
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    comment: Unfetched | str = NOT_FETCHED
    """The digest of orch's own comment; empty for none."""
    comment_id: int = 0
    others: int = 0
    """The number of comments that are not orch's own."""
    revision: str = ""
    """Differs after any change of the item, as far as the forge tells."""


@dataclass(frozen=True, slots=True)
class Written:
    """What on the forge is orch's own: the digests of the texts that it wrote last, `None` for a text that it
    never wrote. Only those texts are ever replaced."""

    title: str | None = None
    body: str | None = None
    comment: str | None = None
    closed: bool = False
    """Orch closed the item, and nobody has opened it since: only then may it be reopened."""
    assignee: str = ""
    """The login that orch has assigned; empty for none."""


@dataclass(frozen=True, slots=True)
class Switch:
    """Close or reopen the item, as it was seen when that was decided."""

    open: bool
    seen: Standing
    others: int
    """The number of other people's comments that were seen."""
    reason: str = ""
    """Why it is closed, in the forge's word."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What orch wants changed: its local side. Each wish is there until it is fulfilled, given up or settled.
    `None`, or a name in neither tuple, is none: the forge's value holds."""

    title: str | None = None
    body: str | None = None
    comment: str | None = None
    """The whole text of orch's own comment."""
    switch: Switch | None = None
    labels: tuple[str, ...] = ()
    no_labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    no_assignees: tuple[str, ...] = ()

    def with_label(self, label: str, *, there: bool) -> "Wanted":
        """The label is to be there, or is not to be."""
        yes, no = _moved(label, self.labels, self.no_labels, there)
        return replace(self, labels=yes, no_labels=no)

    def with_assignee(self, login: str, *, there: bool) -> "Wanted":
        """The account is to be assigned, or is not to be."""
        yes, no = _moved(login, self.assignees, self.no_assignees, there)
        return replace(self, assignees=yes, no_assignees=no)


def digest(text: str) -> str:
    """The same for texts that a forge may turn into each other: line ends, and space around the text."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return hashlib.sha256(plain.encode(errors="surrogatepass")).hexdigest()[:20] if plain else ""


def fields_of(issue: Issue, comment: str | Unfetched = NOT_FETCHED, comment_id: int = 0) -> Fields:
    """The fields of an issue as it was fetched, with the text of orch's own comment."""
    own = 1 if comment_id else 0
    return Fields(
        title=issue.title,
        body=digest(issue.body),
        standing=Standing(issue.open, issue.reason),
        labels=ordered(issue.labels),
        assignees=ordered(issue.assignees),
        comment=comment if comment is NOT_FETCHED else digest(comment),
        comment_id=comment_id,
        others=max(0, issue.comments - own),
        revision=issue.updated_at,
    )


def ordered(names: Iterable[str]) -> tuple[str, ...]:
    """The names, each once, in their order."""
    return tuple(sorted(set(names)))


def among(name: str, names: Iterable[str]) -> bool:
    """Whether the name is one of them; case does not matter."""
    return name.casefold() in {each.casefold() for each in names}


def _moved(
    name: str, yes: tuple[str, ...], no: tuple[str, ...], there: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    yes, no = (tuple(each for each in names if each.casefold() != name.casefold()) for names in (yes, no))
    return (ordered((*yes, name)), no) if there else (yes, ordered((*no, name)))
