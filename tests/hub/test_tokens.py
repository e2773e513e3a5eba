"""A token proves which card and run speaks, and nothing else does."""

from pathlib import Path

from orchestrator.hub.tokens import Tokens


def test_a_token_names_its_card_and_run() -> None:
    tokens = Tokens(b"key")
    assert tokens.read(tokens.make("c12", 3)) == ("c12", 3)


def test_no_changed_token_is_taken() -> None:
    tokens = Tokens(b"key")
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
    assert Tokens(b"other").read(good) is None


def test_the_key_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "hub.key"
    token = Tokens.of(file).make("c1", 1)
    assert file.stat().st_mode & 0o777 == 0o600
    assert Tokens.of(file).read(token) == ("c1", 1)


def test_a_key_that_was_not_written_whole_is_no_key(tmp_path: Path) -> None:
    file = tmp_path / "hub.key"
    file.touch(0o600)
    token = Tokens.of(file).make("c1", 1)
    assert Tokens(b"").read(token) is None
    assert Tokens.of(file).read(token) == ("c1", 1)
