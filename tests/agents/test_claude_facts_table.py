import pytest

from orchestrator.agents.claude_code.facts import facts, version


def holds(of: str) -> dict[str, bool | None]:
    return {fact.name: fact.holds for fact in facts(of)}


def test_a_probed_version_is_vouched_for() -> None:
    assert set(holds("2.1.330").values()) == {True}
    assert holds("2.1.197")["registry"] is True
    assert holds("2.1.197")["inbox socket"] is False


@pytest.mark.parametrize("version", ["2.1.331", "2.2.0", "3.0.0", "unknown"])
def test_a_version_that_nobody_tried_is_not_judged(version: str) -> None:
    assert set(holds(version).values()) == {None}


def test_a_version_too_old_for_the_registry_is_told_so() -> None:
    assert holds("2.1.138")["registry"] is False
    assert holds("2.1.150")["registry"] is None


def test_every_fact_says_what_it_is_about() -> None:
    assert all(fact.note for fact in facts("2.1.330"))


def test_the_version_is_asked_of_the_program() -> None:
    assert version(("sh", "-c", "echo '2.1.197 (Claude Code)'")) == "2.1.197"


def test_a_program_that_tells_no_version_is_named_with_its_words() -> None:
    with pytest.raises(ValueError, match="no version: boom"):
        version(("sh", "-c", "echo boom >&2; exit 3"))
    with pytest.raises(FileNotFoundError):
        version(("no-such-claude",))
