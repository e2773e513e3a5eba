"""Carries out an act that was asked for once, or finds out what became of it.

Everything here runs on the account's thread.
"""

import time
from collections.abc import Mapping
from dataclasses import replace

from orchestrator.core.forge.events import ActDone, ActSettled
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.outbox.acts import AskReview, CreateIssue, Merge, OpenChange
from orchestrator.core.forge.outbox.receipts import Fate
from orchestrator.hub.forge.changes import requests
from orchestrator.hub.forge.issues import created_issues
from orchestrator.hub.forge.kinds import Asked, Events, Kind
from orchestrator.world.forge.errors import ForgeError, Trouble
from orchestrator.world.forge.forge import Forge

KINDS: Mapping[type, Kind] = {
    CreateIssue: Kind(created_issues.send_create, created_issues.find_created),
    OpenChange: Kind(requests.send_open, requests.find_opened),
    Merge: Kind(requests.send_merge, requests.find_merged),
    AskReview: Kind(requests.ask_review, requests.find_asked),
}


def send(forge: Forge, asked: Asked) -> Events:
    """Makes the act's request. Raises `ForgeError`; unless that says `maybe_done`, nothing was done."""
    kind = KINDS[type(asked.act.act)]
    try:
        follows = kind.send(forge, asked)
    except ForgeError as error:
        if error.trouble is not Trouble.MOVED:
            raise
        follows = kind.send(forge, _renamed(forge, asked))  # under the former name nothing was changed
    return (*follows, ActDone(time.time(), asked.card.id, asked.act.id))


def find_out(forge: Forge, asked: Asked) -> Events:
    """What became of an act in doubt; nothing if that cannot be told yet. Raises `ForgeError`."""
    found = KINDS[type(asked.act.act)].find(forge, asked)
    if found is NOT_FETCHED:
        return ()
    if found is None:
        return (ActSettled(time.time(), asked.card.id, asked.act.id, Fate.NOT_SENT),)
    return (*found, ActDone(time.time(), asked.card.id, asked.act.id))


def _renamed(forge: Forge, asked: Asked) -> Asked:
    ref = forge.repository(asked.repository).ref
    item = replace(asked.act.item, repository=ref) if asked.act.item else None
    return replace(asked, repository=ref, act=replace(asked.act, item=item))
