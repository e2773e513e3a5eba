"""`orch label` adds labels with +, and removes them with -."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from click.testing import Result

from tests.cli.canned import CARD
from tests.cli.stand_in import StandIn

Orch = Callable[..., Result]


@pytest.mark.parametrize(
    ("words", "cards", "add", "remove"),
    [
        (("c1", "+docs", "-auth"), ["c1"], ["docs"], ["auth"]),
        (("c1", "c2", "-hard", "--add", "-odd"), ["c1", "c2"], ["-odd"], ["hard"]),
        (("--where", "label=auth", "--remove", "auth", "+x y"), ["c1"], ["x y"], ["auth"]),
    ],
)
def test_signs_say_what_is_added_and_what_removed(
    hub: StandIn, orch: Orch, words: tuple[str, ...], cards: list[str], add: list[str], remove: list[str]
) -> None:
    hub.cards = [replace(CARD, labels=("auth",)), replace(CARD, id="c2", slug="two")]
    done = orch("label", *words)
    assert done.exit_code == 0, done.output
    assert hub.asked == [("label", {"card": each, "add": add, "remove": remove}) for each in cards]
    assert done.stdout.startswith("c1 auth-refactor: auth\n")


def test_without_labels_nothing_is_asked_and_help_is_help(hub: StandIn, orch: Orch) -> None:
    assert "name labels: +NEW to add one, -OLD to remove one." in orch("label", "c1").stderr
    assert "+NEW is --add NEW" in orch("label", "--help").stdout
    assert orch("label", "-h").exit_code == 0
    assert hub.asked == []
