"""A card on a board whose hub may be killed anywhere, its issue, and people who change that."""

from dataclasses import dataclass, field, replace

from orchestrator.core.events import CardReopened, Event
from orchestrator.core.forge.events import (
    ActDone,
    ActRefused,
    ActSent,
    ActSettled,
    ItemClaimed,
    ItemLinked,
    ItemPublished,
    ItemReleased,
    ItemSeen,
    ItemWanted,
)
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.issues.comment import claim_text, is_own, written
from orchestrator.core.forge.issues.status import StatusRules, published
from orchestrator.core.forge.links import CardForge, Link, Owed, owed
from orchestrator.core.forge.outbox.acts import FieldAct
from orchestrator.core.forge.outbox.compare import Synced, compare
from orchestrator.core.forge.outbox.fields import ME, Fields, Wanted, digest, ordered
from orchestrator.core.forge.outbox.receipts import fate
from orchestrator.core.sessions.model import Status
from orchestrator.core.undo.events import ActRecorded, UndoAsked
from tests.core.forge.test_status import RULES, Board
from tests.core.forge.world import ITEM, ORCH, Forge

LOST = ("killed after", "no answer")
NOTHING = ("killed before", "offline")


@dataclass
class CardBoard(Board):
    """`mark` is that of orch's comment; `made` how often that was created, `gone` how often a person deleted
    it."""

    forge_: Forge = field(default_factory=Forge)

    def __init__(self, rules: StatusRules = RULES) -> None:
        super().__init__(rules)
        self.forge_ = Forge()
        self.mark, self.made, self.pushed = "", 0, False
        self.wishes: dict[str, int] = {}
        self.note(ItemLinked(2.0, "c1", ITEM, "Crash", "u", Synced(self.forge_.look()), "wanted"))

    # --- the card ----------------------------------------------------------------------------------

    def note(self, *events: Event) -> None:
        before = self._all_wanted()
        super().note(*events)
        for wish in self._all_wanted() - before:
            self.wishes[_of(wish)] = self.wishes.get(_of(wish), 0) + 1

    def does(self, what: str) -> None:
        """What a person does to the card, where that is possible."""
        self.now += 10.0
        on_board = self.state.cards.get("c1")
        match what:
            case "start" if on_board and not (on_board.finished or on_board.launch or on_board.session):
                self.started()
            case "work" if on_board and (on_board.launch or on_board.session) and not on_board.finished:
                self.session(Status.WORKING)
            case "review" if on_board and on_board.session and not on_board.finished:
                self.session(Status.IDLE)
                self.later(100.0)
            case "merge" | "discard" | "keep" if on_board and not on_board.finished:
                self.pushed = False
                self.finished(what, f"c0ffee{self.now:.0f}")
            case "reopen" if on_board and on_board.finished:
                self.note(CardReopened(self.now, "c1"))
            case "push":
                self.pushed = True
            case "rm" if on_board:
                idle = replace(on_board, launch=None, session=None, worktree=None)
                self.state = replace(self.state, cards={"c1": idle})
                self.note(ActRecorded(self.now, "c1", "rm", user="ada"))
                self.removed()
            case "undo" if not on_board:
                act = next((each for each in reversed(self.state.acts) if not each.undone), None)
                if act:
                    self.note(UndoAsked(self.now, "c1", act.at, "ada"))
            case _:
                pass

    # --- the hub -----------------------------------------------------------------------------------

    @property
    def left(self) -> CardForge | None:
        """What the card has on the forge; `None` if nothing is left of it."""
        card = self.state.cards.get("c1") or self.state.departed.get("c1")
        return card.forge if card else None

    def step(self, fault: str = "") -> bool:
        """Takes the next step; whether there was one."""
        self.now += 1
        forge = self.left
        step = owed(forge) if forge else None
        if forge is None or step is None:
            return False
        if fault in NOTHING and step.kind != "sync":
            return True
        link = forge.link(step.item) if step.item else None
        assert link is not None
        match step.kind:
            case "claim":
                self._claim(lost=fault in LOST)
            case "release":
                self._release(link, lost=fault in LOST)
            case "publish":
                if not self.pushed:
                    return False
                self.note(ItemPublished(self.now, "c1", ITEM, *published(link, lambda _: self.rules)))
            case "doubt":
                self._find_out(step, refused=fault == "refused")
            case _:
                self._sync(link, fault)
        return True

    def _look(self) -> Fields:
        return self.forge_.look()

    def _claim(self, *, lost: bool) -> None:
        if self.mark != "claim" or not self.forge_.comment:
            there = self.forge_.comment
            text = claim_text("backlog", shows=self.rules.comment)
            self._write(text if not there or is_own(there) else there, "claim")
        if not lost:
            wanted = Wanted().with_label("orch", there=True).with_assignee("ada", there=True)
            seen, text = self._look(), claim_text("backlog", shows=self.rules.comment)
            self.note(ItemClaimed(self.now, "c1", ITEM, written(seen.comment, text), seen, wanted))

    def _release(self, link: Link, *, lost: bool) -> None:
        there = self.forge_.comment
        if there and self.mark:
            ours = digest(there) == link.synced.written.comment
            self._write(link.parting if link.parting and ours else there, "free")
        if not lost:
            self.note(ItemReleased(self.now, "c1", ITEM))

    def _find_out(self, step: Owed, *, refused: bool) -> None:
        act = step.act
        assert act is not None
        assert isinstance(act.act, FieldAct)
        assert act.before is not None
        history = NOT_FETCHED if refused else tuple(self.forge_.history[int(act.sent_at) :])
        found = fate(act.act, act.before, self._look(), history, ORCH)
        if found is not NOT_FETCHED:
            self.note(ActSettled(self.now, "c1", act.id, found))

    def _sync(self, link: Link, fault: str) -> None:
        if fault == "offline":
            return
        wanted = link.synced.wanted
        if ME in wanted.assignees:
            names = ordered("ada" if each == ME else each for each in wanted.assignees)
            self.note(ItemWanted(self.now, "c1", ITEM, replace(wanted, assignees=names)))
            return
        remote = self._look()
        self.note(ItemSeen(self.now, "c1", ITEM, remote))
        found = self.left.link(ITEM) if self.left else None
        acts = compare(found.synced, remote).acts if found else ()
        if acts:
            self._send(acts[0], remote, "claim" if link.claim == "held" else "free", fault)

    def _send(self, act: FieldAct, remote: Fields, mark: str, fault: str) -> None:
        assert self.left is not None
        name, at = f"a{self.left.next_act}", float(len(self.forge_.history))
        self.note(ActSent(at, "c1", name, act, ITEM, remote))
        if fault == "killed before":
            return
        if fault == "refused":
            self.note(ActRefused(self.now, "c1", name, "the forge is away", again=True))
            return
        if act.kind == "comment":
            done = self._write(act.value, mark)
        else:
            done = self.forge_.change(ORCH, act.kind, act.value)
        if done:
            self.forge_.done.append(act)
        if fault not in LOST:
            self.note(ActDone(self.now, "c1", name, comment=1 if act.kind == "comment" else 0))

    def _write(self, text: str, mark: str) -> bool:
        self.made += not self.forge_.comment
        self.mark = mark
        return self.forge_.change(ORCH, "comment", text)

    def _all_wanted(self) -> set[str]:
        forge = self.left
        return {wish for link in (forge.links if forge else ()) for wish in _wishes(link.synced.wanted)}


def _wishes(wanted: Wanted) -> set[str]:
    found = {f"add_label {each}" for each in wanted.labels}
    found |= {f"remove_label {each}" for each in wanted.no_labels}
    found |= {f"assign {'ada' if each == ME else each}" for each in wanted.assignees}
    found |= {f"unassign {each}" for each in wanted.no_assignees}
    if wanted.comment is not None:
        found.add(f"comment {wanted.comment}")
    if wanted.switch:
        found.add("reopen " if wanted.switch.open else "close ")
    return found


def _of(wish: str) -> str:
    """All texts of the comment are one wish."""
    return "comment" if wish.startswith("comment ") else wish


def wish_of(act: FieldAct) -> str:
    """The wish that an act carries out."""
    return (
        "comment"
        if act.kind == "comment"
        else f"{act.kind} {act.value if 'label' in act.kind or 'assign' in act.kind else ''}"
    )
