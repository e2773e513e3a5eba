"""Comments that go along with the denial of a gate."""

from orchestrator.core.commands import Rejected
from orchestrator.core.requests.review import EditComment
from orchestrator.core.review.anchors import anchor
from orchestrator.core.review.commands import WriteComment
from orchestrator.core.review.comments import CardComments
from orchestrator.core.workflow.commands import DenyGate
from tests.core.workflow.stories import Story, agent, gate


def reviewed(on_deny: str = "build") -> tuple[Story, CardComments]:
    """A run at its gate, with a comment on what its stage did."""
    story = Story(agent("build"), gate("look", "build", on_deny=on_deny))
    story.done("build")
    card = story.run().stages["build"].card
    found = anchor("a.py", "new", ["one"], 1, 1)
    assert found
    assert story.submit(WriteComment(card, found, "Say two.")) is None
    return story, ((card, (("1", "Say two."),)),)


def denial(comments: CardComments) -> DenyGate:
    return DenyGate("r1", "g1", "ann", "cli", "Not good. Say two.", comments=comments)


def states(story: Story) -> list[str]:
    return [each.state for each in story.state.cards[story.run().stages["build"].card].review.comments]


def test_comments_are_sent_in_the_same_step_as_the_denial_that_holds_them() -> None:
    story, comments = reviewed()
    assert story.submit(denial(comments)) is None
    assert states(story) == ["sent"]
    story.goes_on()
    assert "Say two." in story.prompt("build")
    assert states(story) == ["sent"]


def test_comments_are_not_sent_with_a_denial_that_nobody_is_told() -> None:
    story, comments = reviewed(on_deny="")
    refused = story.submit(denial(comments))
    assert isinstance(refused, Rejected)
    assert refused.why == "no stage is done again after it"
    assert states(story) == ["draft"]
    assert story.submit(denial(())) is None


def test_a_denial_with_a_comment_that_has_just_changed_is_refused() -> None:
    story, comments = reviewed()
    assert story.submit(EditComment(comments[0][0], "1", "Say three.")) is None
    refused = story.submit(denial(comments))
    assert isinstance(refused, Rejected)
    assert refused.what == "a comment has just changed"
    assert (states(story), story.gate().state) == (["draft"], "open")
