"""Connects the hub's parts that work with forges."""

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from orchestrator.config import Config
from orchestrator.core.board.views import Notice
from orchestrator.hub.forge.asking import Asking
from orchestrator.hub.forge.away import forges_away
from orchestrator.hub.forge.changes.fixes import Fixes
from orchestrator.hub.forge.changes.fixing import FixEffects
from orchestrator.hub.forge.changes.in_review import InReview
from orchestrator.hub.forge.changes.pushing import PushEffects
from orchestrator.hub.forge.changes.service import ChangeRequests
from orchestrator.hub.forge.issues.importing import IssueImports
from orchestrator.hub.forge.issues.importing_rules import IssueRules
from orchestrator.hub.forge.observing.observer import Observer
from orchestrator.hub.forge.sending import ForgeEffects
from orchestrator.hub.handlers.changes import changes
from orchestrator.hub.handlers.fixes import fixes
from orchestrator.hub.handlers.forge import forge
from orchestrator.hub.handlers.issues import issues
from orchestrator.hub.handlers.table import Table, joined
from orchestrator.hub.services.cards import CardService


@dataclass(frozen=True, slots=True)
class ForgeParts:
    """They share the accounts."""

    sending: ForgeEffects
    fixing: FixEffects
    observer: Observer
    rules: IssueRules
    """Imports issues by rules."""
    in_review: InReview
    requests: Table


def forge_parts(
    cards: CardService,
    settings: Config,
    env: Callable[[str], Mapping[str, str]],
    leaving: threading.Event,
    ruled: Collection[str],
    notice: Callable[[Notice], object],
) -> ForgeParts:
    """`env` is the environment of a card's session; `leaving` is set when the hub ends; rules answer requests
    by the labels `ruled`; `notice` tells the clients."""
    engine = cards.engine
    sending = ForgeEffects(engine, Asking(leaving), PushEffects(env, leaving))
    accounts = sending.accounts
    cards.figures.forges_away = lambda: forges_away(engine.state, accounts)
    observer = Observer(engine, accounts)
    imports = IssueImports(cards, accounts, ruled)
    rules = IssueRules(imports, settings.all_forges.values(), notice, observer.ask)
    requests = ChangeRequests(cards, accounts)
    table = joined(
        changes(requests),
        issues(engine, rules),
        fixes(Fixes(cards, accounts)),
        forge(engine, cards.find, sending),
    )
    fixing = FixEffects(engine, accounts, requests.push_new)
    in_review = InReview(requests, settings.all_forges.values())
    return ForgeParts(sending, fixing, observer, rules, in_review, table)
