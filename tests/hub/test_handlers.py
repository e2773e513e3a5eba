"""Every request has its handler, which takes it and gives what it is answered by."""

from collections.abc import AsyncIterator
from typing import Any, get_args, get_origin, get_type_hints
from unittest.mock import MagicMock

from orchestrator.core.requests.every import EVERY
from orchestrator.core.requests.hub import WhoAmI
from orchestrator.core.requests.request import answer_of
from orchestrator.core.trust.caller import Speaker
from orchestrator.hub.handlers.cards import cards
from orchestrator.hub.handlers.changes import changes
from orchestrator.hub.handlers.fixes import fixes
from orchestrator.hub.handlers.forge import forge
from orchestrator.hub.handlers.hub import hub
from orchestrator.hub.handlers.issues import issues
from orchestrator.hub.handlers.mail import mail
from orchestrator.hub.handlers.needs import needs
from orchestrator.hub.handlers.notifications import notifications
from orchestrator.hub.handlers.overlaps import overlaps
from orchestrator.hub.handlers.phone import phone
from orchestrator.hub.handlers.rescues import rescues
from orchestrator.hub.handlers.review import review
from orchestrator.hub.handlers.runs import runs
from orchestrator.hub.handlers.table import Table, joined
from orchestrator.hub.handlers.trust import trust
from orchestrator.hub.services.answers import AnswerService
from orchestrator.hub.services.cards import CardService
from orchestrator.hub.services.mail import HumanMail
from orchestrator.hub.services.runs import RunService


def _table() -> Table:
    room: Any = MagicMock()  # nothing of it is called: the tables alone are looked at
    letters = HumanMail(room, room)
    answering = AnswerService(room, room, room, room, room, room, room)
    card_service = CardService(room, room, room, room, room, room, room, room)
    return joined(
        cards(card_service, letters, room),
        needs(answering),
        notifications(room),
        runs(RunService(room, room, room, room), room),
        mail(letters),
        review(room, card_service, letters),
        overlaps(room, card_service),
        rescues(room),
        issues(room, room),
        changes(room),
        fixes(room),
        forge(room, room, room),
        trust(),
        phone(room),
        hub(card_service, room, room, room),
    )


def test_every_request_has_one_handler() -> None:
    reads, acts = _table()
    assert {*reads, *acts, WhoAmI} == set(EVERY.values())
    assert all(kind.reads for kind in reads)
    assert not any(kind.reads for kind in acts)


def test_every_handler_takes_its_request_and_gives_its_answer() -> None:
    reads, acts = _table()
    for kind, handler in [*reads.items(), *acts.items()]:
        hints = get_type_hints(handler)
        answer = hints.pop("return")
        if get_origin(answer) is AsyncIterator:
            answer = tuple[get_args(answer)[0], ...]  # type: ignore[misc]  # built at run time
        assert answer == answer_of(kind), kind
        taken, *speaker = hints.values()
        assert kind is taken or kind in get_args(taken), kind
        assert speaker == ([] if kind.reads else [Speaker]), kind
