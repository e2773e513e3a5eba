"""What holds for any order of local acts, remote acts, crashes and lost answers."""

from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.core.forge.events import ItemWanted
from orchestrator.core.forge.links import owed, unsent
from orchestrator.core.forge.outbox.fields import Switch, Wanted
from tests.core.forge.world import ITEM, ORCH, PERSON, Forge, Hub, linked, with_own_texts
from tests.examples import examples

NAMES = ("wip", "ready")
FAULTS = ("", "", "", "offline", "killed before", "killed after", "no answer", "refused")
BINARY = {
    "add_label": ("labels", "label", True),
    "remove_label": ("labels", "label", False),
    "assign": ("assignees", "assign", True),
    "unassign": ("assignees", "assign", False),
}


@dataclass(frozen=True)
class Local:
    kind: str
    value: str = ""


@dataclass(frozen=True)
class Remote:
    kind: str
    value: str = ""


@dataclass(frozen=True)
class Step:
    fault: str


_KINDS = st.one_of(
    st.tuples(st.sampled_from(sorted(BINARY)), st.sampled_from(NAMES)),
    st.tuples(st.sampled_from(("title", "body", "comment")), st.sampled_from(("one", "two", "three"))),
    st.tuples(st.sampled_from(("close", "reopen")), st.just("")),
)
_PEOPLE = st.one_of(_KINDS, st.tuples(st.sampled_from(("comment", "talk", "close")), st.just("")))
_LOCAL = _KINDS.map(lambda said: Local(*said))
_STEPS = st.sampled_from(FAULTS).map(Step)
_ANY = st.lists(st.one_of(_LOCAL, _PEOPLE.map(lambda said: Remote(*said)), _STEPS, _STEPS), max_size=40)
_ALONE = st.lists(st.one_of(_LOCAL, _STEPS), max_size=40)


class Watch:
    """Sees each change by orch in time, and what people did since the wish for it."""

    def __init__(self) -> None:
        self.forge = Forge()
        self.hub = Hub(self.forge, with_own_texts(linked(self.forge)))
        self.wishes: dict[str, int] = {}
        """For each field or name the wishes that there were, of which each may be carried out once."""
        self.people: dict[str, bool] = {}
        """Whether a person changed the field or name last, and orch has not been told to replace that."""

    def local(self, kind: str, value: str) -> None:
        seen, wanted = self.hub.link.synced.seen, self.hub.link.synced.wanted
        if kind in BINARY:
            which, _, there = BINARY[kind]
            wish = wanted.with_label if which == "labels" else wanted.with_assignee
            wanted = wish(value, there=there)
        elif kind in ("close", "reopen"):
            wanted = replace(wanted, switch=Switch(kind == "reopen", seen.standing, seen.others, "completed"))
        else:
            wanted = replace(wanted, **{kind: value})  # type: ignore[arg-type]  # a text
        self.hub.note(ItemWanted(self.hub.at, "c1", ITEM, wanted))
        self.wishes[_field(kind, value)] = self.wishes.get(_field(kind, value), 0) + 1

    def remote(self, kind: str, value: str) -> None:
        if kind == "comment" and not self.forge.comment:
            return  # nobody but orch writes a comment with its mark
        if self.forge.change(PERSON, kind, value):
            self.people[_field(kind, value)] = True

    def step(self, fault: str) -> None:
        before, done = replace(self.forge), len(self.forge.done)
        self.hub.step(fault)
        for act in self.forge.done[done:]:
            which = _field(act.kind, act.value)
            if act.kind in ("title", "body", "comment"):
                assert not self.people.get(which), f"{which} of a person overwritten by {act}"
                assert getattr(before, act.kind) != act.value
            if act.kind == "reopen":
                assert not self.people.get("standing"), "a person's closing was undone"
            self.wishes[which] = self.wishes.get(which, 0) - 1
            assert self.wishes[which] >= 0, f"{act} was done twice"
            self.people[which] = False

    def run(self, steps: list[Local | Remote | Step]) -> None:
        for each in steps:
            match each:
                case Local(kind, value):
                    self.local(kind, value)
                case Remote(kind, value):
                    self.remote(kind, value)
                case Step(fault):
                    self.step(fault)

    def rest(self) -> None:
        """Everything that is owed without any fault; it comes to an end."""
        for _ in range(60):
            if owed(self.hub.journal) is None:
                return
            before = self.hub.journal
            self.step("")
            if before == self.hub.journal:
                return
        raise AssertionError(f"it never rests: {self.hub.journal}")


def _field(kind: str, value: str) -> str:
    if kind in BINARY:
        return f"{BINARY[kind][1]} {value}"
    return "standing" if kind in ("close", "reopen") else kind


@settings(max_examples=examples(90))
@given(_ANY)
def test_no_persons_change_is_overwritten_and_no_act_is_done_twice(
    steps: list[Local | Remote | Step],
) -> None:
    watch = Watch()
    watch.run(steps)
    watch.rest()


@settings(max_examples=examples(60))
@given(_ALONE)
def test_where_no_person_interferes_everything_wanted_is_done_once(
    steps: list[Local | Remote | Step],
) -> None:
    watch = Watch()
    watch.run(steps)
    watch.rest()
    asked = tuple(each.field for each in watch.hub.link.conflicts)
    lost = {each.fault for each in steps if isinstance(each, Step)} & {"killed after", "no answer"}
    assert asked == () or (lost and asked == ("state",)), "only who closed it may be in doubt"
    assert replace(watch.hub.link.synced.wanted, switch=None) == Wanted()
    assert (unsent(watch.hub.journal), watch.hub.journal.outbox) == ((), ())
    last = {_field(each.kind, each.value): each for each in steps if isinstance(each, Local)}
    for which, wish in last.items():
        if wish.kind in BINARY:
            names = getattr(watch.forge, BINARY[wish.kind][0])
            assert (wish.value in names) is BINARY[wish.kind][2]
        elif which == "standing":
            assert asked or watch.forge.standing.open is (wish.kind == "reopen")
        else:
            assert getattr(watch.forge, wish.kind) == wish.value
    assert set(watch.forge.by.values()) <= {ORCH}


@settings(max_examples=examples(60))
@given(st.lists(st.one_of(_PEOPLE.map(lambda said: Remote(*said)), _STEPS), max_size=30))
def test_where_orch_wants_nothing_it_does_nothing(steps: list[Local | Remote | Step]) -> None:
    watch = Watch()
    watch.run(steps)
    assert watch.forge.done == []
