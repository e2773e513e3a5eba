"""How a stage starts: its card, its worktree, and its prompt."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.core.board.new_card import Naming, clash, free_name
from orchestrator.core.effects import alive
from orchestrator.core.events import (
    CardCreated,
    CardReopened,
    EndingAsked,
    Event,
    SetupFinished,
    StartQueued,
    WorktreeAdded,
)
from orchestrator.core.model import DEFAULT_AGENT, Card, State, Worktree
from orchestrator.core.sessions.prompt_events import PromptQueued
from orchestrator.core.text.names import slug_of
from orchestrator.core.workflow.events import StageBegan, StageBlocked, StageHeldUp
from orchestrator.core.workflow.plan import HEADLESS, LOCAL, Agent, Script, Stage
from orchestrator.core.workflow.progress import There, may_begin, ready, sources, steps_aside, workers_at
from orchestrator.core.workflow.run import Run, StageState
from orchestrator.core.workflow.words import first_prompt, next_prompt, worktree
from orchestrator.core.worktrees.repo import RepoFacts


@dataclass(frozen=True, slots=True)
class BeginFacts:
    """The outside facts for a start. `unclean` maps paths of worktrees that the stage might use to the
    uncommitted changes that block it, as text. `fresh` is a new UUID. `taken` are paths at which no worktree
    can be added, because something without a card is there."""

    repo: RepoFacts
    unclean: dict[str, str]
    naming: Naming
    fresh: str
    taken: frozenset[str] = frozenset()


def wanted_worktree(state: State, run: Run, stage: Stage, repo: RepoFacts) -> str:
    """The path of the existing worktree that the stage would use; empty for none."""
    if branch := worktree(run, stage):
        return dict(repo.checked_out).get(branch, "")
    if isinstance(stage.does, Script):
        return _by_its_need(state, run, stage) or repo.root
    return ""


def new_worktree(events: Sequence[Event]) -> str:
    """Where a worktree is added for the stage that starts with these events; empty for none."""
    paths = [event.path for event in events if isinstance(event, CardCreated)]
    return "" if any(isinstance(event, WorktreeAdded) for event in events) else "".join(paths)


def begins(run: Run, stage: Stage, now: float, is_there: There | None = None) -> bool:
    """Whether the stage starts as soon as its worktree allows it."""
    own = run.stages[stage.name]
    if own.state is StageState.BLOCKED and own.place:
        return may_begin(run) and now >= own.until
    return ready(run, stage, now, is_there)


def begin(state: State, run: Run, stage: Stage, around: BeginFacts, now: float) -> tuple[Event, ...]:
    """The events with which the stage starts, or is blocked by its worktree, or waits for others there; none
    if it has to wait a moment, or has started already."""
    if not begins(run, stage, now):
        return ()
    if around.repo.refusal:
        return _blocked(run, stage, around.repo.refusal, now)
    card = state.cards.get(run.stages[stage.name].card)
    if card and (card.ending or card.launch):
        return ()
    again = card if card and (card.worktree or not card.finished) else None
    if _being_left(state, again.path if again else wanted_worktree(state, run, stage, around.repo)):
        return ()
    if isinstance(stage.does, Script):
        return _script(state, run, stage, around, now)
    if again:
        return _once_more(state, run, stage, again, around, now)
    return _first(state, run, stage, around, now)


def _first(state: State, run: Run, stage: Stage, around: BeginFacts, now: float) -> tuple[Event, ...]:
    assert isinstance(stage.does, Agent)
    repo = around.repo
    wanted = worktree(run, stage)
    there = wanted_worktree(state, run, stage, repo)
    if others := _in_the_way(state, repo, there, wanted):
        return _held_up(state, run, stage, others, there or state.cards[others[0]].path, now)
    if unclean := around.unclean.get(there):
        why = f"{wanted} is checked out in {there}, which has {unclean}: commit or stash it"
        return _blocked(run, stage, why, now)
    if not repo.base:
        return _blocked(run, stage, f"the base {run.base!r} does not exist in {repo.root}", now)
    slug, branch, path = free_name(state, repo, slug_of(stage.name), wanted, around.naming, around.taken)
    if branch not in repo.branches and (other := clash(branch, repo.branches)):
        why = f"cannot create its branch {branch!r}: git does not allow it next to the branch {other!r}"
        return _blocked(run, stage, why, now)
    card = f"c{state.next_card}"
    created = CardCreated(
        at=now,
        card=card,
        slug=slug,
        title=f"{stage.name} · {run.workflow.name}",
        prompt=first_prompt(run, stage),
        repo=repo.root,
        base=run.base,
        branch=branch,
        path=there or path,
        model=stage.does.model,
        permission_mode=stage.does.permission_mode,
        existing_branch=branch in repo.branches,
        run=run.id,
        stage=stage.name,
        agent=stage.does.agent or DEFAULT_AGENT,
        where=HEADLESS if run.headless and stage.does.where == LOCAL else stage.does.where,
    )
    standing: tuple[Event, ...] = ()
    if there:
        tree = Worktree(there, branch, repo.base, made=False, made_branch=False)
        standing = (WorktreeAdded(now, card, tree), SetupFinished(now, card))
    return (
        created,
        *standing,
        StartQueued(now, card, 1, around.fresh, resume=False, prompt=first_prompt(run, stage)),
        _began(run, stage, now, card, branch, there or path),
    )


def _once_more(
    state: State, run: Run, stage: Stage, card: Card, around: BeginFacts, now: float
) -> tuple[Event, ...]:
    """The same card again: its conversation continues if there is one."""
    if others := workers_at(state, card.path, but=card.id):
        return _held_up(state, run, stage, others, card.path, now)
    began = _began(run, stage, now, card.id, card.branch, card.path)
    session = card.session
    if alive(card) and session and not session.pane:  # nothing can be typed there
        return (EndingAsked(now, card.id, "stop"),)
    if alive(card):
        return (PromptQueued(now, card.id, around.fresh, next_prompt(run, stage)), began)
    reopened: tuple[Event, ...] = (CardReopened(now, card.id),) if card.finished else ()
    number = session.run + 1 if session else 1
    if session is None or not card.prompt_taken:
        conversation = session.session_id if session else around.fresh
        start = StartQueued(now, card.id, number, conversation, resume=False, prompt=first_prompt(run, stage))
        return (*reopened, start, began)
    start = StartQueued(now, card.id, number, session.session_id, resume=True, prompt=next_prompt(run, stage))
    return (*reopened, start, began)


def _script(state: State, run: Run, stage: Stage, around: BeginFacts, now: float) -> tuple[Event, ...]:
    there = wanted_worktree(state, run, stage, around.repo)
    wanted = worktree(run, stage)
    if not there:
        return _blocked(run, stage, _nowhere(state, stage, wanted, around), now)
    if others := workers_at(state, there):
        return _held_up(state, run, stage, others, there, now)
    return (_began(run, stage, now, "", wanted, there),)


def _nowhere(state: State, stage: Stage, branch: str, around: BeginFacts) -> str:
    """The obstacle that a script's branch has no worktree, and how to add one."""
    repo = around.repo
    path = free_name(state, repo, slug_of(stage.name), branch, around.naming, around.taken)[2]
    where = (shlex.quote(path), branch) if branch in repo.branches else ("-b", branch, shlex.quote(path))
    return (
        f"the branch {branch!r} is not checked out, and scripts create no worktree. Run: git -C "
        f"{shlex.quote(repo.root)} worktree add {' '.join(where)}; or add an agent stage that works on it"
    )


def _in_the_way(state: State, repo: RepoFacts, there: str, branch: str) -> list[str]:
    """Who works in the worktree, or is just getting one for the branch."""
    if there:
        return workers_at(state, there)
    return [
        card.id
        for card in state.cards.values()
        if branch and card.branch == branch and card.repo == repo.root and card.launch
    ][:1]


def _held_up(
    state: State, run: Run, stage: Stage, others: list[str], path: str, now: float
) -> tuple[Event, ...]:
    """It waits for stages that work there; any other worker needs a person's attention."""
    own = run.stages[stage.name]
    if not all(steps_aside(state, each) for each in others):
        works = "works" if len(others) == 1 else "work"
        return _blocked(run, stage, f"{' and '.join(others)} {works} in {path}", now)
    if own.state is StageState.WAITING and own.place and own.path == path:
        return ()
    return (StageHeldUp(now, run.id, stage.name, path),)


def _being_left(state: State, path: str) -> bool:
    """Whether a card or a script is being ended there: it will be free in a moment."""
    return any(card.path == path and card.ending for card in state.cards.values()) or any(
        own.path == path and own.process and own.state is not StageState.RUNNING
        for run in state.runs.values()
        for own in run.stages.values()
    )


def _by_its_need(state: State, run: Run, stage: Stage) -> str:
    """Where the one agent stage that it needs has worked."""
    agents = [each for each in sources(run, stage) if isinstance(each.does, Agent)]
    if len(agents) != 1:
        return ""
    card = state.cards.get(run.stages[agents[0].name].card)
    return card.worktree.path if card and card.worktree else ""


def _began(run: Run, stage: Stage, now: float, card: str, branch: str, path: str) -> StageBegan:
    attempt = run.stages[stage.name].attempt + 1
    return StageBegan(now, run.id, stage.name, attempt, card, branch, path)


def _blocked(run: Run, stage: Stage, why: str, now: float) -> tuple[Event, ...]:
    own = run.stages[stage.name]
    if own.state is StageState.BLOCKED and own.why == why:
        return ()
    return (StageBlocked(now, run.id, stage.name, why, place=True),)
