"""A card's outbox: what the journal keeps of it, and in which order it is sent."""

from dataclasses import replace

import pytest

from orchestrator.core.events import CardCreated, Event
from orchestrator.core.evolve import evolve
from orchestrator.core.forge.changes.change import ChangeRequest, Checks, NoChange, Review
from orchestrator.core.forge.events import (
    ActDone,
    ActDropped,
    ActQueued,
    ActRefused,
    ActRetried,
    ActSent,
    ActSettled,
    ChangeSeen,
    ConflictSettled,
    ForgeEvent,
    ItemGone,
    ItemLinked,
    ItemMoved,
    ItemSeen,
    ItemUnlinked,
    ItemWanted,
)
from orchestrator.core.forge.evolve import evolve_forge
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.links import CardForge, owed, unsent
from orchestrator.core.forge.outbox.acts import CreateIssue, FieldAct, Merge, OpenChange
from orchestrator.core.forge.outbox.compare import Synced
from orchestrator.core.forge.outbox.fields import Fields, Standing, Switch, Wanted, Written, digest
from orchestrator.core.forge.outbox.receipts import Fate
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.core.model import State
from orchestrator.store import codec

SHOP = RepositoryRef("forge.example", "ada", "shop")
ISSUE, CHANGE = ItemRef(SHOP, 7), ItemRef(SHOP, 8, "change")
SEEN = Fields("A title", digest("A body"), Standing(), ("bug",), comment="", revision="1")
LINKED = ItemLinked(1, "c1", ISSUE, "A title", "https://forge.example/7", Synced(SEEN))
OPEN = OpenChange("orch/fix", "main", "Fix", "Closes #7", labels=("wip",), reviewers=("bob",))
ADD = FieldAct("add_label", "wip")
WANTED = ItemWanted(2, "c1", ISSUE, Wanted(labels=("wip",)))
SENT = ActSent(3, "c1", "a1", ADD, ISSUE, SEEN)


def after(*events: ForgeEvent) -> CardForge:
    forge = CardForge()
    for each in events:
        forge = evolve_forge(forge, each)
    return forge


EVENTS: list[ForgeEvent] = [
    replace(
        LINKED, synced=Synced(replace(SEEN, comment=NOT_FETCHED), Written(title="A title"), Wanted(title="B"))
    ),
    ItemUnlinked(1, "c1", ISSUE),
    replace(WANTED, wanted=Wanted(comment="", switch=Switch(False, Standing(), 3, "completed"))),
    ItemSeen(1, "c1", ISSUE, SEEN, "T", "u"),
    ItemSeen(1, "c1", ISSUE, replace(SEEN, comment="")),
    ItemGone(1, "c1", CHANGE, "it was deleted"),
    ItemMoved(1, "c1", CHANGE, ISSUE),
    ConflictSettled(1, "c1", ISSUE, "title", "ours"),
    ActQueued(1, "c1", "a1", OPEN),
    ActQueued(1, "c1", "a1", CreateIssue("T", "B", ("x",))),
    ActQueued(1, "c1", "a1", Merge("squash", "c0ffee"), CHANGE),
    SENT,
    ActSent(1, "c1", "a2", OPEN),
    ActSent(1, "c1", "a2", FieldAct("reopen"), ISSUE, SEEN),
    ActDone(1, "c1", "a1", SEEN),
    ActDone(1, "c1", "a1"),
    ActSettled(1, "c1", "a1", Fate.UNCLEAR),
    ActRefused(1, "c1", "a1", "no right to push", again=True),
    ActRetried(1, "c1", "a1"),
    ActDropped(1, "c1", "a1"),
    ChangeSeen(1, "c1", NoChange(5)),
    ChangeSeen(
        1,
        "c1",
        ChangeRequest(
            CHANGE,
            "T",
            "B",
            "open",
            "h",
            "c",
            "main",
            "u",
            checks=Checks("none"),
            review=Review("none"),
            as_of=2,
        ),
    ),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_the_journal_gives_back_what_was_written(event: Event) -> None:
    assert codec.load(codec.kind_of(event), codec.dump(event)) == event


def test_a_snapshot_gives_back_everything_that_a_card_has_on_the_forge() -> None:
    state = evolve(State(), CardCreated(0, "c1", "fix", "Fix", "", "/r", "main", "orch/fix", "/r-orch/fix"))
    found = EVENTS[-1]
    for event in (LINKED, WANTED, SENT, ActQueued(4, "c1", "a2", OPEN), found):
        state = evolve(state, event)
    assert state.cards["c1"].forge.outbox
    assert codec.load_state(codec.dump_state(state)) == state
    late = evolve(state, replace(SENT, card="c9"))
    assert late.cards == state.cards, "a removed card"


def test_what_is_wanted_is_sent_once_and_leaves_the_outbox_with_its_receipt() -> None:
    forge = after(LINKED, WANTED)
    assert unsent(forge) == ("add label wip",)
    next_ = owed(forge)
    assert next_ is not None
    assert (next_.kind, next_.item) == ("sync", ISSUE)
    forge = evolve_forge(forge, SENT)
    next_ = owed(forge)
    assert next_ is not None
    assert (next_.kind, next_.act) == ("doubt", forge.outbox[0])
    assert unsent(forge) == ("add label wip",)
    forge = evolve_forge(forge, ActDone(4, "c1", "a1"))
    assert (owed(forge), unsent(forge), forge.outbox) == (None, (), ())
    assert forge.issue is not None
    assert forge.issue.synced.seen.labels == ("bug", "wip")


@pytest.mark.parametrize(
    ("event", "state", "still_wanted"),
    [
        (ActSettled(4, "c1", "a1", Fate.DONE), "", False),
        (ActSettled(4, "c1", "a1", Fate.NOT_SENT), "", True),
        (ActSettled(4, "c1", "a1", Fate.UNDONE), "", False),
        (ActSettled(4, "c1", "a1", Fate.UNCLEAR), "unclear", False),
        (ActRefused(4, "c1", "a1", "no right"), "refused", False),
        (ActRefused(4, "c1", "a1", "away", again=True), "", True),
        (ActDropped(4, "c1", "a1"), "", False),
    ],
    ids=lambda value: getattr(value, "fate", None) or type(value).__name__,
)
def test_what_became_of_an_act_decides_what_is_still_wanted(
    event: ForgeEvent, state: str, still_wanted: bool
) -> None:
    forge = after(LINKED, WANTED, SENT, event)
    assert [each.state for each in forge.outbox] == ([state] if state else [])
    assert (owed(forge) is not None) is still_wanted
    if state:
        again = evolve_forge(forge, ActRetried(5, "c1", "a1"))
        assert (again.outbox, unsent(again)) == ((), ("add label wip",))
        assert evolve_forge(forge, ActDropped(5, "c1", "a1")).outbox == ()


def test_queued_acts_are_sent_in_their_order_and_one_in_doubt_comes_first() -> None:
    create = ActQueued(1, "c1", "a1", CreateIssue("T", ""))
    forge = after(LINKED, WANTED, create, ActQueued(2, "c1", "a2", OPEN))
    order = []
    while next_ := owed(forge):
        order.append(next_.act.id if next_.act else "sync")
        if next_.act is None:
            forge = evolve_forge(evolve_forge(forge, replace(SENT, act="a3")), ActDone(4, "c1", "a3"))
            continue
        forge = evolve_forge(forge, ActSent(3, "c1", next_.act.id, next_.act.act))
        doubt = owed(forge)
        assert doubt is not None
        assert (doubt.kind, doubt.act and doubt.act.id) == ("doubt", next_.act.id)
        forge = evolve_forge(forge, ActDone(4, "c1", next_.act.id))
    assert order == ["a1", "a2", "sync"]
    assert forge.next_act == 4


def test_an_act_that_was_refused_holds_nothing_up() -> None:
    forge = after(
        ActQueued(1, "c1", "a1", OPEN), ActSent(2, "c1", "a1", OPEN), ActRefused(3, "c1", "a1", "no")
    )
    assert owed(forge) is None
    assert owed(after(ActQueued(1, "c1", "a1", OPEN), ActSent(2, "c1", "a1", OPEN))) is not None
    again = evolve_forge(forge, ActRetried(4, "c1", "a1"))
    assert [(each.state, each.why) for each in again.outbox] == [("queued", "")]


def test_changes_while_offline_become_one() -> None:
    forge = after(LINKED)
    for label, text in (("wip", "In progress"), ("review", "In review"), ("wip", "In progress again")):
        wanted = Wanted(labels=(label,), comment=text)
        forge = evolve_forge(forge, replace(WANTED, wanted=wanted))
    assert unsent(forge) == ("add label wip", "write comment")


def test_a_look_while_an_act_is_in_doubt_decides_nothing() -> None:
    forge = after(LINKED, WANTED, SENT)
    assert (
        evolve_forge(forge, ItemSeen(4, "c1", ISSUE, replace(SEEN, labels=("wip",), revision="2"))) == forge
    )


def test_an_issue_that_is_gone_is_left_alone_until_it_is_seen_again() -> None:
    forge = after(LINKED, WANTED, ItemGone(3, "c1", ISSUE, "it became a discussion"))
    assert (owed(forge), unsent(forge)) == (None, ())
    assert owed(evolve_forge(forge, ItemSeen(4, "c1", ISSUE, SEEN))) is not None


def test_a_renamed_repository_keeps_its_link() -> None:
    moved = ItemRef(RepositoryRef("forge.example", "ada", "store"), 7)
    forge = after(LINKED, WANTED, ItemMoved(3, "c1", ISSUE, moved))
    next_ = owed(forge)
    assert next_ is not None
    assert next_.item == moved


def test_an_unlinked_issue_takes_its_acts_along() -> None:
    forge = after(LINKED, WANTED, SENT, ActQueued(4, "c1", "a2", OPEN), ItemUnlinked(5, "c1", ISSUE))
    assert forge.issue is None
    assert [each.id for each in forge.outbox] == ["a2"]


def test_a_text_is_orchs_own_as_the_forge_has_stored_it() -> None:
    own = replace(LINKED, synced=Synced(SEEN, Written(title="A title", body=digest("A body"))))
    body = FieldAct("body", "A new body\0")
    sent = replace(SENT, what=body)
    stored = replace(SEEN, body=digest("A new body"), revision="2")
    forge = after(own, replace(WANTED, wanted=Wanted(body=body.value)), sent, ActDone(4, "c1", "a1", stored))
    forge = evolve_forge(forge, replace(WANTED, wanted=Wanted(body="A third")))
    assert forge.issue is not None
    assert (forge.issue.conflicts, unsent(forge)) == ((), ("edit description",))
