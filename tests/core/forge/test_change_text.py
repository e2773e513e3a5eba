"""The title and the description that a card's pull request gets."""

import pytest

from orchestrator.core.forge.changes.change_text import body, title

ONE = (("Fix the crash", "It divided by zero."),)
TWO = (("Fix the crash", ""), ("Test it", ""))
LIST = "- Fix the crash\n- Test it"


@pytest.mark.parametrize(
    ("card", "subjects", "said"),
    [
        ("Card", ["Fix it"], "Fix it"),
        ("Card", ["Fix it", "Test it"], "Card"),
        ("Card", [], "Card"),
        ("A\ncard", ["", "x"], "A card"),
        ("Card", [""], "Card"),
        ("", [], "Changes"),
        ("Card", ["Red \x1b[31mtext"], "Red text"),
    ],
)
def test_the_title_is_that_of_the_only_commit_or_the_cards(card: str, subjects: list[str], said: str) -> None:
    assert title(card, subjects) == said


@pytest.mark.parametrize(
    ("summary", "commits", "template", "issue", "said"),
    [
        ("", ONE, "", "", "It divided by zero."),
        ("All is done.", ONE, "", "", "All is done."),
        ("", TWO, "", "", LIST),
        ("All is done.", TWO, "", "#12", f"All is done.\n\n{LIST}\n\nCloses #12"),
        ("", ONE, "", "acme/plans#3", "It divided by zero.\n\nCloses acme/plans#3"),
        ("This closes #12.", ONE, "", "#12", "This closes #12."),
        ("See #12.", ONE, "", "#12", "See #12.\n\nCloses #12"),
        ("It closes #123.", ONE, "", "#12", "It closes #123.\n\nCloses #12"),
        ("S", ONE, "## Description\n\n## Tests", "", "## Description\n\nS\n\n## Tests"),
        ("S", ONE, "## Tests\n- [ ] run", "#1", "S\n\n## Tests\n- [ ] run\n\nCloses #1"),
        ("S", ONE, "### What changed?\r\n<!-- say -->", "", "### What changed?\n\nS\n\n<!-- say -->"),
        (
            "S",
            ONE,
            "# Summary\n\nFixes #\n\n- [ ] tests",
            "#7",
            "# Summary\n\nS\n\nFixes #7\n\n- [ ] tests",
        ),
        ("S", ONE, "Fixes #(issue)", "#7", "S\n\nFixes #7"),
        ("S", ONE, "Fixes #9, the other", "#7", "S\n\nFixes #9, the other\n\nCloses #7"),
        ("", (), "## Summary", "", "## Summary"),
    ],
)
def test_the_description_keeps_the_template_and_names_the_issue(
    summary: str, commits: tuple[tuple[str, str], ...], template: str, issue: str, said: str
) -> None:
    assert body(summary, commits, template, issue) == said


def test_a_long_description_is_cut_and_still_closes_the_issue() -> None:
    text = body("x" * 100_000, TWO, "", "#12")
    assert len(text) < 65_536
    assert text.endswith("Closes #12")
    assert len(body("", [(f"Commit {n}", "") for n in range(500)]).splitlines()) == 51
