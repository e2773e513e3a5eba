"""A notification in words, and as the JSON of the user's command."""

import pytest

from orchestrator.core.model import State
from orchestrator.core.needs.ranking import RANKS
from orchestrator.core.notifications.kinds import AT_ONCE
from orchestrator.core.notifications.occurrence import occurrences
from orchestrator.core.notifications.payload import payload
from orchestrator.core.notifications.words import words
from tests.core.notifications.given import need

NOBODY = State()


def told(*needs: object) -> tuple[object, ...]:
    return tuple(occurrences(NOBODY, needs, 0.0, {}))  # type: ignore[arg-type]


def said(content: str, *needs: object, waiting: int = 2) -> tuple[str, str]:
    made = words(NOBODY, told(*needs), waiting, content)  # type: ignore[arg-type]
    return made.title, made.body


ASK = need("permission", id_="c1.k3f", title="Auth refactor", summary="Bash: rm -rf build")
LETTER = need("mail", card="", id_="01J", slug="auth", title="Auth", summary="note: Which port?")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("count", "2 wait for you"),
        ("title", "Auth refactor: asks for a permission"),
        ("full", "Auth refactor: asks for a permission: Bash: rm -rf build"),
    ],
)
def test_no_more_is_told_than_the_content_allows(content: str, expected: str) -> None:
    assert said(content, ASK) == ("orch", expected)


@pytest.mark.parametrize("kind", sorted(RANKS))
def test_without_content_nothing_of_a_session_is_told(kind: str) -> None:
    odd = need(kind, title="secret title", summary="secret summary", slug="secret", stage="secret")
    assert "secret" not in " ".join(said("count", odd, odd))
    if kind in AT_ONCE - {"gate", "stage"}:
        assert "summary" not in " ".join(said("title", odd))


def test_a_message_of_several_has_a_line_each_and_says_how_many_more() -> None:
    title, body = said("full", *(need("review", card=f"c{each}") for each in range(8)), waiting=9)
    assert title == "orch: 9 wait for you"
    assert len(body.splitlines()) == 6
    assert body.endswith("and 3 more")


def test_what_a_session_says_is_marked_as_its_own() -> None:
    assert said("full", LETTER)[1] == "from auth: note: Which port?"


def test_text_of_a_session_is_data() -> None:
    odd = need("permission", title="\x1b]9;x\x07 \u202e a\nb", summary="ok")
    body = said("full", odd)[1]
    assert body.isascii() or "⏎" in body
    assert not {"\x1b", "\x07", "\n", "\u202e"} & set(body)


def test_the_command_gets_the_most_urgent_one_and_the_others_as_more() -> None:
    made = payload(NOBODY, told(ASK, LETTER))  # type: ignore[arg-type]
    assert made == {
        "kind": "permission", "id": "c1.k3f", "title": "Auth refactor", "message": "Bash: rm -rf build",
        "since": 0.0, "card": "c1", "slug": "card-c1",
        "more": [
            {"kind": "mail", "id": "01J", "title": "Auth", "message": "note: Which port?", "since": 0.0,
             "slug": "auth"}
        ],
    }  # fmt: skip
