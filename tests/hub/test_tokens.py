"""A token proves which card and run speaks, and nothing else does."""

import hashlib
import hmac
from pathlib import Path

from orchestrator.hub.tokens import Tokens


def test_a_token_names_its_card_and_run() -> None:
    tokens = Tokens(b"key", "j1")
    assert tokens.read(tokens.make("c12", 3)) == ("c12", 3)


def test_no_changed_token_is_taken() -> None:
    tokens = Tokens(b"key", "j1")
    good = tokens.make("c12", 3)
    _, _, signature = good.split(".")
    for bad in (
        "",
        "c12",
        f"c13.3.{signature}",
        f"c12.4.{signature}",
        good[:-1],
        good + "0",
        f"c12.3.{'0' * 64}",
        "é.1.é",
    ):
        assert tokens.read(bad) is None
    assert Tokens(b"other", "j1").read(good) is None


def test_the_key_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "hub.key"
    token = Tokens.of(file, "j1").make("c1", 1)
    assert file.stat().st_mode & 0o777 == 0o600
    assert Tokens.of(file, "j1").read(token) == ("c1", 1)


def test_a_key_that_was_not_written_whole_is_no_key(tmp_path: Path) -> None:
    file = tmp_path / "hub.key"
    file.touch(0o600)
    token = Tokens.of(file, "j1").make("c1", 1)
    assert Tokens(b"", "j1").read(token) is None
    assert Tokens.of(file, "j1").read(token) == ("c1", 1)


def test_a_token_of_another_journal_is_refused() -> None:
    token = Tokens(b"key", "j1").make("c1", 1)
    assert Tokens(b"key", "j2").read(token) is None
    assert Tokens(b"key", "j2", predates_id=True).read(token) is None


def test_a_session_from_before_journals_had_an_id_keeps_its_token() -> None:
    old = hmac.new(b"key", b"c1.1", hashlib.sha256).hexdigest()
    assert Tokens(b"key", "j1", predates_id=True).read(f"c1.1.{old}") == ("c1", 1)
    assert Tokens(b"key", "j1").read(f"c1.1.{old}") is None
