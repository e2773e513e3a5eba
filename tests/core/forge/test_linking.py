"""One issue has one card, and its text is data in the prompt."""

from dataclasses import replace

import pytest

from orchestrator.core.commands import Rejected
from orchestrator.core.effects import owed_to_forge
from orchestrator.core.forge.events import ClaimRefused, ForgeEvent, ItemClaimed, ItemMoved, ItemUnlinked
from orchestrator.core.forge.evolve import evolve_forge, with_forge
from orchestrator.core.forge.issues.commands import FetchedIssue, LinkIssue, UnlinkIssue
from orchestrator.core.forge.issues.linking import decide_link, linked, moved
from orchestrator.core.forge.issues.prompt import TEMPLATE, prompt_of, quoted
from orchestrator.core.forge.items import Comment, Issue
from orchestrator.core.forge.links import CardForge
from orchestrator.core.forge.outbox.fields import Fields, Standing, Wanted
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.core.model import Card, State

REF = ItemRef(RepositoryRef("forge.example", "ada", "shop"), 7)
SEEN = Fields("Crash", "", Standing())
FETCHED = FetchedIssue(REF, "Crash", "https://forge.example/ada/shop/issues/7", SEEN)


def card(name: str, forge: CardForge | None = None) -> Card:
    made = Card(name, name, name, "", "/r", "main", name, f"/w/{name}", 0.0)
    return replace(made, forge=forge or CardForge())


def after(*events: ForgeEvent) -> CardForge:
    forge = CardForge()
    for event in events:
        forge = evolve_forge(forge, event)
    return forge


LINKED = linked(FETCHED, "c1", 1.0)


def test_an_issue_that_has_a_card_gets_no_other_one() -> None:
    one, two = card("c1", after(LINKED)), card("c2")
    state = replace(State(), cards={"c1": one, "c2": two})
    spelled = replace(FETCHED, ref=replace(REF, repository=RepositoryRef("forge.example", "Ada", "SHOP")))
    refused = decide_link(state, two, LinkIssue("c2", spelled), 2.0)
    assert isinstance(refused, Rejected)
    assert "c1 c1 has it" in refused.why
    again = decide_link(state, one, LinkIssue("c1", FETCHED), 2.0)
    assert isinstance(again, Rejected)
    assert "already has an issue" in again.what
    gone = decide_link(state, one, UnlinkIssue("c1"), 2.0)
    assert gone == (ItemUnlinked(2.0, "c1", REF),)
    assert isinstance(decide_link(state, two, UnlinkIssue("c2"), 2.0), Rejected)


def test_a_claim_comes_before_label_and_assignee() -> None:
    claimed = ItemClaimed(2.0, "c1", REF, "digest", SEEN, Wanted(labels=("orch",), assignees=("ada",)))
    for events, kind in (((LINKED,), "claim"), ((LINKED, claimed), "sync")):
        effect = owed_to_forge(card("c1", after(*events)))
        assert effect is not None
        assert effect.kind == kind
    assert owed_to_forge(card("c1", after(linked(replace(FETCHED, claim=""), "c1", 1.0)))) is None


def test_a_card_whose_claim_is_refused_has_no_issue_and_says_why() -> None:
    refused = with_forge(card("c1", after(LINKED)), ClaimRefused(2.0, "c1", REF, "another board has it"))
    assert (refused.forge.issue, refused.forge.claim_refused) == (None, "another board has it")
    assert owed_to_forge(refused) is None


@pytest.mark.parametrize(
    "text", ["a\n\nb", "a\r\nb", "a\rb", "a\u2028b", "a\x0bb", "> a\nb", "\x1b[2Ja", "```\nb\n```", "{text}"]
)
def test_no_text_from_outside_leaves_its_quotation(text: str) -> None:
    lines = quoted(text).splitlines()
    assert lines
    assert all(line.startswith(">") for line in lines)
    assert "\x1b" not in quoted(text)
    issue = Issue(REF, text, text, open=True, url="https://forge.example", author=text, labels=(text,))
    comments = [Comment(1, text, text)]
    prompt = prompt_of(TEMPLATE, issue, comments)
    head = TEMPLATE.partition("{text}")[0].strip()
    unquoted = [line for line in prompt.splitlines() if line and not line.startswith(">")]
    assert len(unquoted) == len(head.splitlines()) - head.splitlines().count("")


def test_comments_over_the_limit_are_left_out_from_the_earliest_and_counted() -> None:
    issue = Issue(REF, "Crash", "", open=True, url="")
    comments = [Comment(n, "bob", f"{n} " + "x" * 20_000) for n in range(1, 5)]
    prompt = prompt_of("{text}", issue, comments)
    assert "[2 earlier comments omitted]" in prompt
    assert ("> 2 x" in prompt, "> 3 x" in prompt, "> 4 x" in prompt) == (False, True, True)


def test_a_huge_issue_makes_no_huge_prompt() -> None:
    huge = Issue(REF, "Crash", "word\n" * 2_000_000, open=True, url="https://forge.example/7", author="eve")
    prompt = prompt_of(TEMPLATE, huge)
    assert len(prompt) < 200_000
    assert prompt.endswith("> [the rest is omitted]")


def test_a_renamed_repository_is_known_to_all_cards_at_once() -> None:
    state = replace(State(), cards={"c1": card("c1", after(LINKED))})
    store = RepositoryRef("forge.example", "ada", "store")
    events = moved(state, RepositoryRef("forge.example", "Ada", "Shop"), store, 2.0)
    assert events == (ItemMoved(2.0, "c1", REF, ItemRef(store, 7)),)
    assert moved(state, store, REF.repository, 2.0) == ()
