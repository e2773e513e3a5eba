"""The prompts of a stage's session."""

from orchestrator.core.text.clean import shown
from orchestrator.core.workflow.plan import Agent, HumanGate, Script, Stage
from orchestrator.core.workflow.progress import sources
from orchestrator.core.workflow.run import Run, StageState
from orchestrator.core.workflow.template import fill


def values(run: Run) -> dict[str, str]:
    """The values of the placeholders in a stage's texts: each stage's summary and branch. A fan-out's are
    those of all its stages, a line each."""
    found: dict[str, str] = {}
    for stage in run.workflow.stages:
        for name in filter(None, (stage.name, stage.template)):
            for what, said in (("summary", _summary(run, stage)), ("branch", run.stages[stage.name].branch)):
                key = f"stages.{name}.{what}"
                found[key] = "\n".join(filter(None, (found.get(key, ""), said)))
    return found


def message(run: Run, rule: HumanGate) -> str:
    """The gate's message, with its placeholders filled in."""
    return fill(rule.message, values(run))


def worktree(run: Run, stage: Stage) -> str:
    """The branch that the stage asks for; empty for none."""
    assert isinstance(stage.does, Agent | Script)
    return fill(stage.does.worktree, values(run)).strip()


def first_prompt(run: Run, stage: Stage) -> str:
    """The prompt of a new session: the file's own, and the results of the earlier stages."""
    assert isinstance(stage.does, Agent)
    parts = [fill(stage.does.prompt, values(run))]
    if before := _handed_over(run, stage):
        parts.append(f"Results of the stages before this one:\n\n{before}")
    if feedback := run.stages[stage.name].feedback:
        parts.append(f"This stage is being retried. The reason:\n\n{feedback}")
    return "\n\n".join(parts)


def next_prompt(run: Run, stage: Stage) -> str:
    """The prompt for a session that worked on the stage before and has to retry it."""
    reason = run.stages[stage.name].feedback or "requested by a person"
    parts = [f"The stage {stage.name} is being retried. The reason:", reason]
    if before := _handed_over(run, stage):
        parts.append(f"Current results of the stages before this one:\n\n{before}")
    parts.append("Do what follows from that, commit your work, then call stage_done again.")
    return "\n\n".join(parts)


def reasons(*said: str) -> str:
    """Several reasons as one text, without repetition."""
    told = ""
    for each in filter(None, said):
        told = told if each in told else f"{told}\n\n{each}".strip()
    return told


def standing_orders(run: Run, stage: Stage, path: str, branch: str, tool: str) -> str:
    """What a stage's session is told beside its prompts, in every turn. `tool` is the name by which its agent
    knows `stage_done`."""
    return (
        f"You work on the stage {stage.name!r} of the workflow {run.workflow.name!r} (run {run.id}), "
        f"in the git worktree {path} on the branch {branch}. Work only there. "
        "When the stage's task is finished, commit your work on that branch and then call the tool "
        f"{tool} with outcome 'done', a summary of what you did, and, as handoff, what later "
        "stages need to know. If you can't finish, call it with outcome 'failed' or 'blocked' and say why in "
        "the summary. Call it last, and don't end your turn without it: no human may be available, and "
        "later stages wait for it."
    )


def asked_to_finish(stage: str, tool: str = "stage_done") -> str:
    """What a session is told that would end its turn without a report."""
    return (
        f"You are about to end your turn, and the stage {stage!r} has no outcome yet. If its task is "
        f"finished, commit your work and call {tool} with outcome 'done'. If something blocks "
        "you, call it with outcome 'blocked' and say in the summary what it is. If there is work left that "
        "you can do, do it."
    )


def limit_is_over(stage: str) -> str:
    """What a session is told whose turn was ended by an API limit."""
    return (
        f"The API limit that ended your last turn has been reset. Continue the stage {stage!r} where you "
        "stopped, and call stage_done when its task is finished."
    )


def _handed_over(run: Run, stage: Stage) -> str:
    told = []
    for source in sources(run, stage):
        own = run.stages[source.name]
        if own.state is StageState.SKIPPED:
            continue
        where = f" (branch {own.branch})" if own.branch else ""
        said = [f"## {source.name}{where}: {own.state.value}", _summary(run, source)]
        if own.report and own.report.handoff:
            said.append(f"Handoff: {own.report.handoff}")
        if own.why and not own.report:
            said.append(own.why)
        told.append("\n".join(filter(None, said)))
    return "\n\n".join(told)


def _summary(run: Run, stage: Stage) -> str:
    own = run.stages[stage.name]
    if own.report:
        return own.report.summary
    if own.result:
        return f"exit code {own.result.exit_code}\n{shown(own.result.tail)}".strip()
    return ""
