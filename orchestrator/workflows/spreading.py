"""Expands a file's stages to the stages of a run: inputs filled in, every fan-out expanded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.core.board.new_card import clash
from orchestrator.core.model import DEFAULT_AGENT
from orchestrator.core.text.clean import one_line
from orchestrator.core.text.names import slug_of
from orchestrator.core.workflow.plan import Agent, HumanGate, OnFailure, Script, Stage, Workflow
from orchestrator.core.workflow.progress import fixed_branch
from orchestrator.core.workflow.template import fill, holes
from orchestrator.workflows.fitting import MOST_STAGES, Draft, Drafted
from orchestrator.workflows.inputs import Value, words
from orchestrator.workflows.order import StageOrder
from orchestrator.workflows.reading import Path
from orchestrator.workflows.shape import ONCE_CALLED, AgentStage, AnyStage, GateStage, ScriptStage, Work
from orchestrator.workflows.templates import FILLED, filled
from orchestrator.workflows.values import branch_trouble, input_of

_RETRIES = 2
_BACKOFF = 10.0


@dataclass(frozen=True, slots=True)
class Spread:
    """A workflow, and for each of its stages the number of the file's."""

    workflow: Workflow
    numbers: tuple[int, ...]


def spread(draft: Draft, order: StageOrder, name: str, values: Mapping[str, Value]) -> Spread:
    """The workflow. A value that does not fit its place is recorded in the draft."""
    return _Spreading(draft, order, values).workflow(name)


@dataclass(slots=True)
class _Spreading:
    draft: Draft
    order: StageOrder
    values: Mapping[str, Value]
    members: list[list[str]] = field(default_factory=list)
    """For each of the file's stages the names of those that it becomes."""
    guessed: set[int] = field(default_factory=set)
    """Fan-outs over an input without a value yet."""
    said: set[Path] = field(default_factory=set)
    """Positions with a recorded problem."""

    def workflow(self, name: str) -> Spread:
        items = [self._items(number, stage) for number, stage in enumerate(self.draft.stages)]
        base = self.draft.head.base
        if sum(1 if each is None else len(each) for each in items) > MOST_STAGES:
            what = f"with all fan-outs expanded the workflow has more than {MOST_STAGES} stages"
            self.draft.say(("workflow",), what, key=True)
            return Spread(Workflow(name, (), base), ())
        taken = set(self.order.numbers)
        for stage, each in zip(self.draft.stages, items, strict=True):
            self.members.append([stage.name] if each is None else _names(stage.name, each, taken))
        stages, numbers = [], []
        for number, each in enumerate(items):
            for at, member in enumerate(self.members[number]):
                stages.append(self._stage(number, member, None if each is None else each[at]))
                numbers.append(number)
        self._branch_pairs(stages, numbers)
        return Spread(Workflow(name, tuple(stages), base), tuple(numbers))

    def _branch_pairs(self, stages: list[Stage], numbers: list[int]) -> None:
        """Reports two branches that git cannot have both. Those that depend on an input without a value are
        unknown."""
        seen: dict[str, str] = {}
        for stage, number in zip(stages, numbers, strict=True):
            branch = fixed_branch(stage)
            if not branch or number in self.guessed or self._hangs_on_a_guess(number):
                continue
            if other := clash(branch, seen):
                what = f'the branches "{one_line(branch, 60)}" and "{one_line(other, 60)}"'
                path = (*self.draft.stages[number].path, "worktree")
                said = f'{what} (of "{seen[other]}") conflict: git has a branch or a directory of a name'
                self._say_once(path, said, "rename one of them")
            seen.setdefault(branch, stage.name)

    def _hangs_on_a_guess(self, number: int) -> bool:
        text = getattr(self.draft.stages[number].shape, "worktree", "")
        guesses = {f"inputs.{name}" for name, value in self.values.items() if value.guessed}
        return any(name in guesses for _, name in holes(text))

    def _items(self, number: int, stage: Drafted) -> list[str] | None:
        """The items of the stage's fan-out; `None` for one without."""
        foreach = stage.shape.foreach if isinstance(stage.shape, Work) else None
        if foreach is None:
            return None
        path = (*stage.path, "foreach")
        if isinstance(foreach, list):
            written = self.draft.source.words
            return [written.get((*path, at), words(each)) for at, each in enumerate(foreach)]
        value = self.values.get(input_of(foreach))
        if value is None or value.items is None:  # its error has been reported
            self.guessed.add(number)
            return [stage.name]
        if value.guessed:
            self.guessed.add(number)
        if not value.items:
            what = f'the list of the input "{input_of(foreach)}" is empty: there would be no stage'
            self.draft.say(path, what, "it needs a non-empty default, or none")
        return list(value.items)

    def _stage(self, number: int, member: str, item: str | None) -> Stage:
        stage = self.draft.stages[number]
        shape = stage.shape
        needs = tuple(name for each in self.order.needs[number] for name in self.members[each])
        self._joins(number, stage, len(needs))
        when = tuple(
            (name, tuple(outcomes))
            for other, outcomes in (shape.when or {}).items()
            if other in self.order.numbers
            for name in self.members[self.order.numbers[other]]
        )
        return Stage(
            name=member,
            does=self._does(stage, item),
            needs=needs,
            join=min(shape.join, len(needs)),
            when=when,
            **_failing(shape),
            template="" if item is None else stage.name,
        )

    def _joins(self, number: int, stage: Drafted, needs: int) -> None:
        unsure = number in self.order.unsure or not self.guessed.isdisjoint(self.order.needs[number])
        if stage.shape.join > needs and not unsure:
            path = (*stage.path, "join")
            many = "nothing" if not needs else "1 stage" if needs == 1 else f"{needs} stages"
            said = self.draft.source.words.get(path, "")
            self._say_once(path, f'"join: {said}" is impossible: this stage needs {many}')

    def _does(self, stage: Drafted, item: str | None) -> Agent | Script | HumanGate:
        shape = stage.shape
        texts = {key: self._text(stage, key, item) for key in FILLED}
        if texts["worktree"] != "":
            self._branch(stage, texts["worktree"])
        match shape:
            case AgentStage(model=model, permission_mode=mode, where=where, agent=agent):
                name = DEFAULT_AGENT if agent == ONCE_CALLED else agent
                return Agent(texts["prompt"], texts["worktree"].strip(), model, mode, where, name)
            case ScriptStage():
                return Script(texts["run"], texts["worktree"].strip())
            case GateStage():
                return HumanGate(
                    texts["message"],
                    tuple(shape.evidence),
                    tuple(shape.approvers),
                    shape.quorum,
                    "" if shape.on_deny == "stop" else shape.on_deny,
                    shape.remind_after,
                    shape.distinct,
                    shape.proof,
                    shape.max_rework,
                )

    def _text(self, stage: Drafted, key: str, item: str | None) -> str:
        text = getattr(stage.shape, key, "")
        try:
            return filled(text, self.values, item, quoted=key == "run")
        except ValueError:
            what = "with its values inserted, this text would contain different double braces"
            self._say_once((*stage.path, key), what, "choose another value")
            return ""

    def _branch(self, stage: Drafted, branch: str) -> None:
        known = fill(branch, {name: "x" for _, name in holes(branch)}).strip()
        if "worktree" not in stage.lost and (why := branch_trouble(known)):
            what = f'''"{one_line(branch, 60)}" is not a valid branch name: {why}'''
            self._say_once((*stage.path, "worktree"), what)

    def _say_once(self, path: Path, what: str, hint: str = "") -> None:
        """Of all stages of a fan-out the first is enough."""
        if path not in self.said:
            self.said.add(path)
            self.draft.say(path, what, hint)


def _failing(shape: AnyStage) -> dict[str, Any]:
    if not isinstance(shape, Work):
        return {}
    how = OnFailure(shape.on_failure)
    again = how is OnFailure.RETRY
    return {
        "on_failure": how,
        "retries": (_RETRIES if shape.retries is None else shape.retries) if again else 0,
        "backoff": (_BACKOFF if shape.backoff is None else shape.backoff) if again else 0.0,
        "timeout": shape.timeout or 0.0,
    }


def _names(name: str, items: list[str], taken: set[str]) -> list[str]:
    """A name for each stage of a fan-out, from its item or, if that has no letters, from its position."""
    found = []
    for at, item in enumerate(items, 1):
        slug = slug_of(f"x {item}").removeprefix("x").removeprefix("-") or str(at)
        free, number = f"{name}-{slug}", 2
        while free in taken:
            free, number = f"{name}-{slug}-{number}", number + 1
        taken.add(free)
        found.append(free)
    return found
