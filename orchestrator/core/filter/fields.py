"""What a filter can compare: one row for each field and each flag."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from orchestrator.core.board.views import CardView
from orchestrator.core.model import Column
from orchestrator.core.sessions.model import Status
from orchestrator.core.sessions.states import OVER

Kind = Literal["name", "part", "word", "number", "percent", "money", "time"]
"""How its values compare: `name` as a whole with `*` for anything, `part` anywhere in it, `word` is one of a
fixed set; the others are numbers."""
NUMBERS = frozenset({"number", "percent", "money", "time"})


@dataclass(frozen=True, slots=True)
class Field:
    """A field. `texts` are the values of a card, none if it has none; `number` is `None` if it is unknown."""

    name: str
    kind: Kind
    means: str
    example: str
    texts: Callable[[CardView], tuple[str, ...]] = lambda _: ()
    number: Callable[[CardView, float], float | None] = lambda _, __: None
    words: tuple[str, ...] = ()
    """All values of a `word`."""
    open: bool = False
    """A `word` that may also be a number with or without `#`."""

    @property
    def timed(self) -> bool:
        """Whether its value changes with time alone."""
        return self.kind == "time"


@dataclass(frozen=True, slots=True)
class Flag:
    """A word without a value."""

    name: str
    means: str
    holds: Callable[[CardView], bool]


def _one(text: str | None) -> tuple[str, ...]:
    return (text,) if text else ()


def _repo(card: CardView) -> tuple[str, ...]:
    """The path, and the name at its end."""
    path = card.repo.rstrip("/")
    return path, path.rpartition("/")[2]


def _session(card: CardView) -> tuple[str, ...]:
    if not card.session_state:
        return ()
    return ("ended" if card.session_state in OVER else "live",)


def _issue(card: CardView) -> tuple[str, ...]:
    issue = card.issue
    if issue is None:
        return ()
    return str(issue.number), f"{issue.repository}#{issue.number}", issue.state


def _change(card: CardView) -> tuple[str, ...]:
    return tuple(_of_change(card))


def _of_change(card: CardView) -> Iterator[str]:
    change = card.change
    if change is None:
        return
    yield from (str(change.number), f"{change.repository}#{change.number}", change.state)
    if change.state != "open":
        return
    yield from (word for word in (change.checks, change.review, change.mergeability) if word)
    yield from (
        word
        for word, holds in (
            ("draft", change.draft),
            ("queued", change.queued),
            ("ready", change.ready),
            ("unresolved", bool(change.unresolved)),
        )
        if holds
    )


_STATES = ("new", "queued", *(status.value for status in Status))
_CHANGES = (
    "open", "closed", "merged", "draft", "queued", "ready", "passing", "failing", "running", "required",
    "approved", "changes_requested", "unresolved", "clean", "conflicts", "behind", "blocked",
)  # fmt: skip

FIELDS: dict[str, Field] = {
    each.name: each
    for each in (
        Field("column", "word", "column of the board", "column=review,blocked", lambda card: (card.column,),
              words=tuple(Column)),
        Field("state", "word", "state of the card", "state=idle", lambda card: (card.state,), words=_STATES),
        Field("session", "word", "whether its session runs", "session=live", _session,
              words=("live", "ended")),
        Field("repo", "name", "name or path of the repository", "repo=web", _repo),
        Field("label", "name", "one of its labels", "label=auth", lambda card: card.labels),
        Field("branch", "name", "branch", "branch=orch/*", lambda card: _one(card.branch)),
        Field("base", "name", "branch that it merges into", "base=main", lambda card: _one(card.base)),
        Field("agent", "name", "agent program", "agent=reviewer", lambda card: _one(card.agent)),
        Field("model", "part", "part of the model's name", "model=opus", lambda card: _one(card.model)),
        Field("run", "name", "run that it works for", "run=r3", lambda card: _one(card.run)),
        Field("stage", "name", "stage of that run", "stage=merge", lambda card: _one(card.stage)),
        Field("lead", "name", "mailbox of its coordinator", "lead=planner", lambda card: _one(card.lead)),
        Field("host", "name", "where its session runs: local, headless or a host", "host=big",
              lambda card: _one(card.where)),
        Field("issue", "word", "its issue: number, open or closed", "issue=12", _issue,
              words=("open", "closed"), open=True),
        Field("pr", "word", "its pull or merge request: number or state", "pr=failing", _change,
              words=_CHANGES, open=True),
        Field("card", "name", "id or short name", "card=c12,auth-*", lambda card: (card.id, card.slug)),
        Field("title", "part", "part of the title", 'title="log in"', lambda card: (card.title,)),
        Field("age", "time", "time since it entered its state", "age>2h",
              number=lambda card, now: now - card.since),
        Field("created", "time", "time since it was created", "created<1d",
              number=lambda card, now: now - card.created_at),
        Field("cost", "money", "cost in USD", "cost>5", number=lambda card, _: card.cost_usd),
        Field("context", "percent", "how full its context is", "context>80%",
              number=lambda card, _: card.context_percent),
        Field("prompts", "number", "prompts that wait to be sent", "prompts>0",
              number=lambda card, _: card.queued_prompts),
        Field("mail", "number", "unread messages of its session", "mail>0",
              number=lambda card, _: card.unread_mail),
        Field("conflicts", "number", "cards whose changes conflict with its own", "conflicts>0",
              number=lambda card, _: card.conflicts),
    )
}  # fmt: skip

FLAGS: dict[str, Flag] = {
    each.name: each
    for each in (
        Flag("needs", "needs you", lambda card: card.attention > 0),
        Flag("unread", "has a result that you have not seen", lambda card: card.unread),
        Flag("asking", "its turn ended with a question", lambda card: card.asks),
        Flag("held", "is on hold", lambda card: card.held is not None),
        Flag("pinned", "is first in its column", lambda card: card.pinned),
    )
}
