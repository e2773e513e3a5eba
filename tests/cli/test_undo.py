"""`orch undo` on the command line."""

import json
from collections.abc import Callable

import pytest
from click.testing import Result

from tests.cli.stand_in import StandIn

Orch = Callable[..., Result]


@pytest.mark.parametrize(("words", "asked"), [((), ""), (("c1",), "c1")])
def test_what_was_undone_is_said_step_by_step(
    hub: StandIn, orch: Orch, words: tuple[str, ...], asked: str
) -> None:
    done = orch("undo", *words)
    assert done.stdout == "undone: the merge of c1 (Auth)\n  main is back at abc.\n  c1 leaves Done.\n"
    assert hub.asked == [("undo", {"card": asked, "seen": "", "dry_run": False})]
    assert orch("undo", "--dry-run").stdout.startswith("would undo the merge of c1")
    assert json.loads(orch("undo", "--json").stdout)["act"] == "merge of c1"


def test_undo_of_a_card_is_an_option(orch: Orch) -> None:
    assert "undo [OPTIONS] [CARD]" in orch("undo", "--help").stdout
