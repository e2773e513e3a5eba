"""A filter selects cards, and says what is wrong with it, where, and what was probably meant."""

from dataclasses import replace

import pytest

from orchestrator.core.filter.fields import FIELDS, FLAGS, NUMBERS
from orchestrator.core.filter.language import EVERYTHING, parse
from orchestrator.core.filter.problem import FilterError
from orchestrator.core.forge.changes.view import ChangeView
from orchestrator.core.forge.views import LinkedIssue
from widgets.gallery.boards import card

NOW = 100_000.0
ISSUE = LinkedIssue(12, "acme/web", "Log in", "", NOW, claimed=True)
CHANGE = ChangeView(
    number=41, repository="acme/web", title="Log in", url="", state="open", draft=True, queued=False,
    head="orch/log-in", head_commit="", base="main", checks="failing", total=3, failed=1, running=0,
    failing=("ci",), review="changes_requested", unresolved=2, mergeability="conflicts", ready=False,
    obstacles=("draft",), as_of=NOW,
)  # fmt: skip
CARD = replace(
    card(7, "Log in with a key", "review", "idle", repo="/src/web", branch="orch/log-in", attention=3),
    slug="log-in", since=NOW - 2 * 3600, created_at=NOW - 86_400, labels=("auth", "area:api"), cost_usd=5.5,
    model="claude-opus-4", run="r3", stage="build", issue=ISSUE, change=CHANGE, unread=True,
    session_state="idle", context_percent=81.0, queued_prompts=1, reason="turn ended", held=None,
)  # fmt: skip
BARE = replace(
    card(8, "Docs", "backlog", "new", repo="/src/api"), labels=(), session_state="", context_percent=None,
    since=NOW, created_at=NOW, cost_usd=0.0, model="", attention=0,
)  # fmt: skip

FITS = [
    "", "column=review", "COLUMN=Review", "column=backlog,review", "column!=done", "state=idle",
    "session=live", "repo=web", "repo=/src/web", "repo=WEB,other", "repo=w*", "label=auth",
    "label=area:*", "label!=docs", "label=any", "-label=none", "branch=orch/*", "base=main",
    "agent=claude", "model=opus", "run=r3", "run=any", "stage=build", "host=local", "issue=12",
    "issue=#12", "issue=acme/web#12", "issue=open", "pr=41", "pr=#41", "pr=open", "pr=failing",
    "pr=draft", "pr=conflicts", "pr=changes_requested", "pr=changes-requested",
    "pr='changes requested'", "pr=unresolved", "pr!=passing", "card=c7", "card=log-*", 'title="log in"',
    "age>1h", "age>=2h", "age<2h1m", "age<3d", "created>=1d", "cost>5", "cost>$5", "cost=5.5",
    "cost!=1,2", "context>80%", "context>80", "prompts>0", "mail=0", "needs", "unread", "!held",
    "-pinned", "log key", "LOG", "c7", "auth", "turn ended", '"turn ended"', "orch/log",
    "repo=web label=auth needs age>1h key", "-docs", "!docs", "column=review  ", "issue=none,12",
]  # fmt: skip
FITS_NOT = [
    "column=done", "state=working", "session=ended", "repo=api", "repo=we", "label=aut", "label=none",
    "run=none", "issue=13", "issue=closed", "issue=other/web#12", "pr=passing", "pr=merged", "pr=none",
    "card=c8", "card=log", "title=docs", "age>2h", "age<1h", "cost>5.5", "cost!=5.5,1", "held",
    "!needs", "-unread", "log zzz", "-log", "repo=web label=docs", '"log key"', 'label="any"',
    'label="a*"', "prompts=0",
]  # fmt: skip


@pytest.mark.parametrize("text", FITS)
def test_a_card_fits_a_filter_whose_terms_all_hold(text: str) -> None:
    assert parse(text).fits(CARD, NOW)


@pytest.mark.parametrize("text", FITS_NOT)
def test_a_card_does_not_fit_if_one_term_does_not_hold(text: str) -> None:
    assert not parse(text).fits(CARD, NOW)


def test_a_card_without_a_value_fits_none_and_no_number() -> None:
    for text in (
        "label=none",
        "run=none",
        "issue=none",
        "pr=none",
        "session=none",
        "model=none",
        "label!=auth",
    ):
        assert parse(text).fits(BARE, NOW), text
    for text in (
        "context<50",
        "context>=0",
        "context!=3",
        "issue=any",
        "pr=open",
        "session=live",
        "session=ended",
    ):
        assert not parse(text).fits(BARE, NOW), text


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("colum=review", 1, "no field 'colum' (at 1). Did you mean column?"),
        ("needs  colum=review", 8, "no field 'colum'"),
        ("-colum=review", 2, "no field 'colum'"),
        ("change=failing", 1, "no field 'change' (at 1). Did you mean pr?"),
        ("x=1", 1, "no field 'x' (at 1). Fields: column, state"),
        ("column=reviw", 8, "no column 'reviw' (at 8). Did you mean review?"),
        ("column=review,dne", 15, "Did you mean done?"),
        ("column=", 8, "column= needs a value (at 8). One of: backlog, in_progress, blocked, review, done."),
        ("column=review,", 15, "column= needs a value"),
        ("label= auth", 7, "label= needs a value (at 7). Such as label=auth."),
        ("pr=fail", 4, "Did you mean failing?"),
        ("pr=zzz", 4, "It is a number such as 12, none, any, open"),
        ("state=zzz", 7, "Such as new, queued"),
        ("age>2", 5, "'2' is not a duration (at 5). Such as 90s, 30m, 2h or 3d."),
        ("age>h2", 5, "is not a duration"),
        ("age=2h", 1, "age takes >, <, >= or <=, not ="),
        ("cost>x", 6, "'x' is not a number (at 6). Such as cost>5."),
        ("cost>1,2", 8, "cost> takes one value"),
        ("label>auth", 1, "label takes = or !=, not >"),
        ("needs=1", 1, "needs takes no value (at 1). Write needs, or !needs for the opposite."),
        ('title="log', 7, "the quote is not closed (at 7)"),
        ("'log", 1, "the quote is not closed"),
    ],
)  # fmt: skip
def test_an_error_names_the_position_and_what_was_meant(text: str, at: int, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert caught.value.at + 1 == at
    assert words in str(caught.value)
    assert parse(text[: caught.value.term]), "the terms before it hold"


@pytest.mark.parametrize(
    "word", ["-", "!", "--", "--force", "a-b", "#12", "feat/x", "fix:", "don't", "5%", "a,b"]
)
def test_signs_in_a_plain_word_are_text(word: str) -> None:
    assert parse(word).fits(replace(CARD, title=f"About {word} here"), NOW)
    assert not parse(word).fits(replace(BARE, title="About"), NOW) or word == "-"


def test_hidden_characters_of_a_title_neither_match_nor_break_a_filter() -> None:
    odd = replace(CARD, title="Lo\x1b[31mg in\x00", labels=("a[b]",))
    assert parse("log label=a[b]").fits(odd, NOW)
    assert parse("label=a[*").fits(odd, NOW)
    assert not parse("label=[a]*").fits(odd, NOW)


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
def test_the_example_of_every_field_is_a_filter(field: object) -> None:
    known = FIELDS[field.name]  # type: ignore[attr-defined]
    assert parse(known.example).timed is (known.kind == "time")
    assert (known.kind in NUMBERS) is (known.number(CARD, NOW) is not None)
    assert all(word in known.words or known.open for word in known.texts(CARD) if known.kind == "word")


def test_only_an_age_makes_a_filter_change_with_time() -> None:
    assert EVERYTHING.fits(CARD, NOW)
    assert [parse(text).timed for text in ("needs", "cost>5 age>1h", *FLAGS)] == [
        False,
        True,
        *[False] * len(FLAGS),
    ]
