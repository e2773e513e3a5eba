"""Creating an issue from a card: the request, and how the issue is found again."""

import time
from collections.abc import Callable

from orchestrator.core.forge.events import ItemLinked
from orchestrator.core.forge.fetched import NOT_FETCHED, Unfetched
from orchestrator.core.forge.items import Issue
from orchestrator.core.forge.marks import marked
from orchestrator.core.forge.outbox.acts import CreateIssue
from orchestrator.core.forge.outbox.compare import Synced
from orchestrator.core.forge.outbox.fields import Written, digest, fields_of
from orchestrator.hub.forge.kinds import Asked, Events
from orchestrator.world.forge import looking
from orchestrator.world.forge.forge import Forge

LISTED_WITHIN = 15.0
"""Seconds after which a new issue is certain to be listed: until then it is not known to be missing."""


def send_create(forge: Forge, asked: Asked) -> Events:
    """Creates it, with the mark by which it is found again."""
    what = _what(asked)
    made = forge.create_issue(asked.repository, what.title, marked(what.body, asked.mark), what.labels)
    return _linked(asked, made)


def find_created(
    forge: Forge, asked: Asked, now: Callable[[], float] = time.time
) -> Events | Unfetched | None:
    """By the mark in its text, also if a person has changed all else of it."""
    sent_at = asked.act.sent_at
    found = looking.created_issue(forge, asked.repository, asked.mark, sent_at)
    if found:
        return _linked(asked, found)
    return None if now() > sent_at + LISTED_WITHIN else NOT_FETCHED


def _what(asked: Asked) -> CreateIssue:
    what = asked.act.act
    assert isinstance(what, CreateIssue)
    return what


def _linked(asked: Asked, made: Issue) -> Events:
    """The card with its issue, whose texts are orch's own where they are as orch gave them."""
    what = _what(asked)
    given = digest(marked(what.body, asked.mark))
    written = Written(
        title=what.title.strip() if made.title.strip() == what.title.strip() else None,
        body=given if digest(made.body) == given else None,
    )
    synced, claim = Synced(fields_of(made), written), what.claim
    return (ItemLinked(time.time(), asked.card.id, made.ref, made.title, made.url, synced, claim),)
