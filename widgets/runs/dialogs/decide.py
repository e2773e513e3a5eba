"""The forms for a decision about a gate or a stage, with a note."""

import getpass

from orchestrator.client import Client
from orchestrator.core.requests.gates import Deny
from orchestrator.core.requests.runs import Mark, RetryStage, SkipStage
from orchestrator.core.text.clean import one_line
from orchestrator.core.workflow.views import GateView, RunView, rework
from widgets.dialogs.words import Words

DOING = {
    "run.done": "marking as done",
    "run.fail": "marking as failed",
    "run.retry": "retrying",
    "run.skip": "skipping it",
}
"""The words at the stage after its form was sent."""

_SAID = {
    "run.done": ("Mark {} as done", "Stages that need it may start, and receive your note.", "Mark done"),
    "run.fail": ("Mark {} as failed", "Your note is stored as the reason.", "Mark failed"),
    "run.retry": ("Retry {}", "Stages that need it follow. The session receives your note.", "Retry"),
    "run.skip": ("Skip {}", "Continues as if it were done. Your note is stored as the reason.", "Skip"),
}  # fmt: skip


Drafts = tuple[tuple[str, str, int], ...]
"""Unsent comments: the stage and the branch on whose diff they are, and how many."""


def going_along(gate: GateView, drafts: Drafts) -> str:
    """Which comments go along with a denial; with the branch where it is not that of `on_deny`."""
    said = []
    for stage, branch, number in drafts:
        where = "its diff" if stage == gate.on_deny else f"the diff of {one_line(branch, 60)}"
        said.append(f"comment on {where}" if number == 1 else f"{number} comments on {where}")
    goes = "goes" if sum(number for *_, number in drafts) == 1 else "go"
    return f"Your {' and '.join(said)} {goes} along."


def denial(gate: GateView, drafts: Drafts = ()) -> Words:
    """Denies the gate in the version that was seen; a reason is required. Returns it. `drafts` are the unsent
    comments on its diffs: they go along where a stage is done again."""
    comments = bool(drafts and gate.on_deny)
    whom = (f"{gate.on_deny} runs again with your reason." if gate.on_deny else "This ends the run.") + (
        f" It was {said}." if (said := rework(gate)) else ""
    )

    def call(client: Client, words: str) -> GateView:
        return client.submit(
            Deny(gate.id, getpass.getuser(), note=words.strip(), seen=gate.version, comments=comments)
        )

    if comments:
        whom = f"{whom} {going_along(gate, drafts)}"
    return Words(f"Deny {gate.stage} of {gate.run}", f"{gate.message}\n{whom}", "Deny", call=call)


def deciding(action: str, run: str, stage: str) -> Words:
    """For `run.done`, `run.fail`, `run.retry` and `run.skip`; the note is optional."""
    title, said, button = _SAID[action]

    def call(client: Client, words: str) -> RunView:
        match action:
            case "run.done":
                return client.submit(Mark(run, stage, "done", note=words, who=getpass.getuser()))
            case "run.fail":
                return client.submit(Mark(run, stage, "failed", note=words, who=getpass.getuser()))
            case "run.retry":
                return client.submit(RetryStage(run, stage, note=words))
            case _:
                return client.submit(SkipStage(run, stage, note=words))

    return Words(
        f"{title.format(stage)} · {run}",
        f"{said} Optional.",
        button,
        call=call,
        may_be_empty=True,
    )
