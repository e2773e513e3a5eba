"""What holds for a card and its issue in any order of what people do to both, crashes and lost answers."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.core.forge.issues.comment import TEXTS, done_text
from tests.core.forge.card_world import LOST, CardBoard, wish_of
from tests.core.forge.test_properties import FAULTS
from tests.core.forge.world import PERSON
from tests.examples import examples

CARD = ("start", "work", "review", "merge", "discard", "keep", "reopen", "push", "rm", "undo")
REMOTE = (
    ("add_label", "in progress"),
    ("remove_label", "in progress"),
    ("remove_label", "orch"),
    ("assign", "ada"),
    ("unassign", "ada"),
    ("title", "Better"),
    ("comment", "Mine now."),
    ("comment", ""),
    ("talk", ""),
    ("close", ""),
    ("reopen", ""),
)


@dataclass(frozen=True)
class Step:
    fault: str


_LOCAL = st.sampled_from(CARD)
_STEPS = st.sampled_from(FAULTS).map(Step)
_ALONE = st.lists(st.one_of(_LOCAL, _STEPS, _STEPS), max_size=40)
_ANY = st.lists(st.one_of(_LOCAL, st.sampled_from(REMOTE), _STEPS, _STEPS), max_size=40)
Steps = list[str | tuple[str, str] | Step]


class Watch:
    """Sees each change by orch in time."""

    def __init__(self) -> None:
        self.board = CardBoard()
        self.closed_by_person = False
        self.comment_of_person: str | None = None
        self.deleted = 0

    def run(self, steps: Steps) -> None:
        for each in steps:
            match each:
                case Step(fault):
                    self.step(fault)
                case (kind, value):
                    self.remote(kind, value)
                case str():
                    self.board.does(each)

    def remote(self, kind: str, value: str) -> None:
        forge = self.board.forge_
        if kind == "comment" and not forge.comment:
            return
        if not forge.change(PERSON, kind, value):
            return
        if kind == "comment":
            self.comment_of_person = value
            if not value:
                self.board.mark, self.deleted = "", self.deleted + 1
        if kind in ("close", "reopen"):
            self.closed_by_person = kind == "close"

    def step(self, fault: str) -> bool:
        board, forge = self.board, self.board.forge_
        done, said = len(forge.done), forge.comment
        more = board.step(fault)
        for act in forge.done[done:]:
            wish = wish_of(act)
            board.wishes[wish] = board.wishes.get(wish, 0) - 1
            assert board.wishes[wish] >= 0, f"{act} was done twice"
            assert act.kind not in ("title", "body")
            if act.kind == "reopen":
                assert not self.closed_by_person, "a person's closing was undone"
        if self.comment_of_person and said == self.comment_of_person and forge.comment != said:
            raise AssertionError("a person's text was overwritten")
        return more

    def rest(self) -> None:
        """Everything that is owed without any fault; it comes to an end."""
        for _ in range(80):
            if not self.step(""):
                return
        raise AssertionError(f"it never rests: {self.board.left}")


@settings(max_examples=examples(60))
@given(_ANY)
def test_no_change_of_a_person_is_undone_and_nothing_is_done_twice(steps: Steps) -> None:
    watch = Watch()
    watch.run(steps)
    watch.rest()
    assert watch.board.made <= 1 + watch.deleted, "there is one comment"


@settings(max_examples=examples(60))
@given(_ALONE)
def test_an_issue_ends_as_its_card_does(steps: Steps) -> None:
    watch = Watch()
    watch.run(steps)
    watch.rest()
    board, forge = watch.board, watch.board.forge_
    lost = {each.fault for each in steps if isinstance(each, Step)} & set(LOST)
    card = board.state.cards.get("c1")
    assert board.made <= 1
    stage = card.forge.issue.progress.stage if card and card.forge.issue else ""
    labels = {"progress": {"orch", "in progress"}, "review": {"orch", "in review"}}
    if card is None and not board.state.departed:
        assert not forge.labels & {"in progress", "in review"}
    elif stage == "discarded":
        assert (forge.labels, forge.assignees, board.mark) == (set(), set(), "free")
        assert forge.comment == TEXTS["discarded"]
    elif stage in ("progress", "review"):
        assert (forge.labels, board.mark, forge.comment) == (labels[stage], "claim", TEXTS[stage])
        assert forge.standing.open or lost, "only who closed it may be in doubt"
    elif stage == "landed":
        assert not board.pushed
    elif stage == "done" and card and card.forge.issue:
        assert forge.comment == done_text(card.forge.issue.progress.commit)
        assert not forge.standing.open or lost
