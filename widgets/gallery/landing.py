"""Branches as they may be before they are landed."""

from dataclasses import replace

from orchestrator.core.board.views import CardView
from orchestrator.core.landing.refusals import judged
from orchestrator.core.landing.survey import BranchSurvey, Checkout, LandedFile, Survey
from orchestrator.core.worktrees.repo import Loss

_COMMITS = (
    "9f31c02 Test the theme switch in both browsers",
    "51be7aa Read the theme from the system",
    "c0ffee1 Name the colours by their use",
)
_FILES = (
    LandedFile("docs/theme.md", 41, 0),
    LandedFile("src/theme/colours.ts", 88, 31),
    LandedFile("src/theme/switch.ts", 120, 4),
    LandedFile("assets/moon.png", None, None),
)


def survey(card: CardView) -> Survey:
    """A branch that can be landed by every method."""
    base = card.base or "main"
    checkout = Checkout(card.repo)
    git = BranchSurvey(card.branch, base, "9f31c02", "1234567", _COMMITS, 0, 2, 0, _FILES, checkout=checkout)
    return judged(Survey(card.id, git, check="make test"))


def in_trouble(card: CardView) -> Survey:
    """One that can't: it conflicts, and not everything is committed."""
    fine = survey(card)
    conflicts = ("src/theme/colours.ts", "src/theme/switch.ts")
    checkout = Checkout(card.repo, changed=("README.md",))
    git = replace(fine.git, conflicts=conflicts, behind=14, checkout=checkout, signed=True)
    loss = Loss(changed=("src/theme/switch.ts",), untracked=("notes.txt",), ignored=(".env",))
    return judged(replace(fine, git=git, loss=loss, ahead=("c4", "c7")))
