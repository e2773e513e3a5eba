"""`--where` selects the cards that a verb lists or acts on."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from click.testing import Result

from tests.cli.canned import CARD
from tests.cli.stand_in import StandIn

Orch = Callable[..., Result]
DOCS = replace(CARD, id="c2", slug="docs", title="Docs", column="review", state="idle", labels=("text",))
DONE = replace(CARD, id="c3", slug="old", title="Old", column="done", state="exited", session_state="exited")


@pytest.fixture
def hub(hub: StandIn) -> StandIn:
    hub.cards = [replace(CARD, session_state="working"), replace(DOCS, session_state="idle"), DONE]
    return hub


def test_ls_lists_the_cards_that_fit_and_says_if_none_does(hub: StandIn, orch: Orch) -> None:
    assert [each["id"] for each in json.loads(orch("ls", "--where", "column=review", "--json").stdout)] == [
        "c2"
    ]
    assert "docs" in orch("ls", "--where", "label=text").stdout
    none = orch("ls", "--where", "label=zzz")
    assert (none.exit_code, none.stdout, none.stderr) == (0, "", "No card fits 'label=zzz'.\n")
    assert json.loads(orch("ls", "--where", "label=zzz", "--json").stdout) == []


def test_an_error_in_the_filter_is_a_usage_error_that_names_its_place(hub: StandIn, orch: Orch) -> None:
    done = orch("stop", "--where", "colum=review")
    assert done.exit_code == 2
    assert "Invalid value for '--where': no field 'colum' (at 1). Did you mean column?" in done.stderr
    assert hub.asked == []


@pytest.mark.sample(5)
@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("start", ()), ("stop", ()), ("resume", ()), ("restart", ()), ("shelve", ()), ("rm", ()),
        ("release", ()),
        ("acknowledge", ()), ("pin", ()), ("unpin", ()), ("reopen", ()), ("hold", ("later",)), ("hold", ()),
        ("send", ("go on",)), ("finish", ("--keep",)),
    ],
)  # fmt: skip
def test_a_verb_acts_on_every_card_that_fits_in_the_boards_order(
    hub: StandIn, orch: Orch, verb: str, words: tuple[str, ...]
) -> None:
    done = orch(verb, "--where", "column=review,in_progress", *words)
    assert done.exit_code == 0, done.output
    assert [(asked, given["card"]) for asked, given in hub.asked] == [(verb, "c1"), (verb, "c2")]
    hub.asked.clear()
    none = orch(verb, "--where", "label=zzz", *words)
    assert (none.exit_code, hub.asked) == (5, [])
    assert "no card fits 'label=zzz'" in none.stderr


@pytest.mark.parametrize("verb", ["stop", "finish", "pin", "rm"])
def test_cards_and_a_filter_exclude_each_other_and_one_is_needed(hub: StandIn, orch: Orch, verb: str) -> None:
    more = ("--keep",) if verb == "finish" else ()
    assert "name cards or use --where, not both." in orch(verb, "c1", "--where", "needs", *more).stderr
    assert "name cards, or use --where." in orch(verb, *more).stderr
    assert hub.asked == []


def test_send_to_all_reaches_every_running_session_and_a_refusal_stops_none(hub: StandIn, orch: Orch) -> None:
    hub.refusals["send"] = (409, {"what": "c1 is not ready for a prompt", "why": "", "hint": ""})
    done = orch("send", "--all", "go on", "--queue")
    assert done.exit_code == 4
    assert [given["card"] for _, given in hub.asked] == ["c1", "c2"]
    assert done.stderr.count("is not ready") == 2
    hub.asked.clear()
    orch("send", "--all", "--where", "column=done", "go on")
    assert [given["card"] for _, given in hub.asked] == ["c3"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name a card and a text, or use --where."),
        (("c1",), "the text is missing."),
        (("c1", "fix", "it"), "quote the text: it is one argument."),
        (("--where", "needs"), "the text is missing."),
        (("--where", "needs", "c1", "go on"), "quote the text"),
        (("c1", " "), "the text is empty."),
    ],
)
def test_send_needs_a_card_and_one_text(hub: StandIn, orch: Orch, words: tuple[str, ...], said: str) -> None:
    done = orch("send", *words)
    assert (done.exit_code, hub.asked) == (2, [])
    assert said in done.stderr


def test_resume_all_resumes_only_cards_that_fit(hub: StandIn, orch: Orch) -> None:
    hub.cards = [replace(each, unasked_end=True) for each in hub.cards]
    assert orch("resume", "--all", "--where", "column=review").exit_code == 0
    assert [given["card"] for verb, given in hub.asked if verb == "resume"] == ["c2"]
