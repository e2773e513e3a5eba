"""`orch rescue restore --patch` on the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.stand_in import StandIn

Orch = Callable[..., Result]
PATCH = b"Rescue: it\n\ndiff --git \xff\n"


def test_the_patch_is_printed_or_written_to_a_new_file_byte_for_byte(
    hub: StandIn, orch: Orch, tmp_path: Path
) -> None:
    assert orch("rescue", "restore", "c3", "--patch", "--base", "next").stdout_bytes == PATCH
    assert hub.asked[0][1]["base"] == "next"
    file = tmp_path / "it.patch"
    assert "wrote" in orch("rescue", "restore", "c3", "--patch", "--to", str(file)).stdout
    assert file.read_bytes() == PATCH
    again = orch("rescue", "restore", "c3", "--patch", "--to", str(file))
    assert (again.exit_code, file.read_bytes()) == (4, PATCH)
    assert "exists" in again.stderr


@pytest.mark.parametrize("words", [("--patch", "--branch", "x"), ("--base", "x"), ("--patch", "--json")])
def test_what_does_not_go_together_is_refused(hub: StandIn, orch: Orch, words: tuple[str, ...]) -> None:
    assert orch("rescue", "restore", "c3", *words).exit_code == 2
    assert hub.asked == []
