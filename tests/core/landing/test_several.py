"""What is foreseen of cards that land one after another."""

from orchestrator.core.landing.several import after
from orchestrator.core.landing.survey import BranchSurvey, Survey
from orchestrator.core.landing.text import facts
from orchestrator.core.overlaps.overlap import Overlap


def test_a_card_is_shown_with_its_conflicts_with_those_that_land_before_it() -> None:
    survey = Survey("c2", BranchSurvey("orch/b", "main"), ahead=("c7",))
    overlaps = (
        Overlap("c1", "c2", files=("a.py",), conflicts=("a.py",)),
        Overlap("c2", "c3", files=("b.py",), conflicts=("b.py",)),
        Overlap("c2", "c7", files=("c.py",)),
    )
    seen = after(survey, ("c1",), overlaps)
    assert (seen.ahead, seen.clashes) == (("c7", "c1"), (("c1", ("a.py",)),))
    said = [fact.said for fact in facts(seen)]
    assert "lands after c7, c1" in said
    assert "with c1, which lands before: a.py" in said
