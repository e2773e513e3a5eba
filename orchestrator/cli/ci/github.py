"""Output for GitHub Actions: workflow commands, the job's summary, the step's outputs.

The formats are those of GitHub's "Workflow commands" page and of the runner that parses them. Text from
outside can be none of them.
"""

import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from orchestrator.cli.gates.text import asked, diff_in_words, result_in_words
from orchestrator.cli.runs.run_lines import words
from orchestrator.cli.runs.text import elapsed
from orchestrator.cli.text import age, plain
from orchestrator.core.text.clean import clean
from orchestrator.core.workflow.views import GateView, RunView, StageView

END_OF_GROUP = "::endgroup::"
_SUMMARY_LIMIT = 1_000_000
"""Bytes; GitHub drops a step's summary of more than 1 MiB."""
_LAST_LINES = 40
"""Lines of a failed script's output in the summary."""
_COMMAND = re.compile(r"^(\s*):(?=:)", re.MULTILINE)
_OLD_COMMAND = "##["
"""The older form of a command, which the runner recognises anywhere in a line."""
_LETTERS = re.compile(r"[^\w\s.,;$%/+-]|_")
_STATE_SIGNS = {
    "done": "✅",
    "failed": "❌",
    "denied": "⛔",
    "cancelled": "❌",
    "gate-blocked": "✋",
    "skipped": "⏭️",
}


def runs_here() -> bool:
    """Tested by the variable that GitHub Actions sets for every step."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


# --- commands in the output -------------------------------------------------------------------------


def annotation(kind: str, title: str, said: str) -> str:
    """A line that GitHub shows on the job's page; `kind` is `error`, `warning` or `notice`."""
    return f"::{kind} title={_property(plain(title))}::{_data(clean(said))}"


def group(title: str) -> str:
    """Folds what follows, up to `END_OF_GROUP`."""
    return f"::group::{_data(plain(title))}"


def harmless(text: str, *, as_json: bool = False) -> str:
    """The text without anything that the runner takes for a command; JSON stays the same JSON."""
    if as_json:
        return text.replace(_OLD_COMMAND, "##\\u005b")
    return _COMMAND.sub(r"\1: ", text).replace(_OLD_COMMAND, "## [")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# --- files ------------------------------------------------------------------------------------------


def write_outputs(values: Mapping[str, str]) -> None:
    """Sets the step's outputs, if GitHub names a file for them."""
    if name := os.environ.get("GITHUB_OUTPUT"):
        with Path(name).open("a", encoding="utf-8") as file:
            for key, value in values.items():
                end = f"end-{secrets.token_hex(16)}"
                file.write(f"{key}<<{end}\n{value}\n{end}\n")


def write_summary(run: RunView, gates: Sequence[GateView], now: float, hint: str) -> None:
    """Adds the run to the job's summary, if GitHub names a file for it."""
    if name := os.environ.get("GITHUB_STEP_SUMMARY"):
        text = summary(run, gates, now, hint).encode()[:_SUMMARY_LIMIT].decode(errors="ignore")
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(text)


def summary(run: RunView, gates: Sequence[GateView], now: float, hint: str = "") -> str:
    """The run as Markdown: its stages, its gates with their evidence, its cost, and how to continue (`hint`,
    shown as commands)."""
    cost = f", ${run.cost_usd:.2f}" if run.cost_usd else ""
    took = age((run.ended_at or now) - run.started_at)
    lines = [
        f"## {_sign(run.state)}{text_of(run.name)}: {text_of(run.state)}",
        "",
        f"Run {text_of(run.id)}, {took}{cost}. {text_of(run.reason)}".rstrip(),
        "",
        *_table(
            ("stage", "state", "time", ""),
            [
                (stage.name, f"{_sign(stage.state)}{stage.state}", elapsed(stage, now), words(stage))
                for stage in run.stages
            ],
        ),
    ]
    for stage in run.stages:
        lines += _output(stage)
    for gate in gates:
        lines += ["", *_gate(gate)]
    if hint:
        lines += ["", _preformatted(hint)]
    return "\n".join(lines) + "\n\n"


def _output(stage: StageView) -> list[str]:
    """The end of a failed script's output."""
    if stage.result is None or not stage.result.exit_code or not stage.result.tail.strip():
        return []
    lines = stage.result.tail.strip().splitlines()[-_LAST_LINES:]
    return ["", f"### Output of {text_of(stage.name)}", "", _preformatted("\n".join(lines))]


def _gate(gate: GateView) -> Iterator[str]:
    yield f"### Gate {text_of(gate.stage)} ({text_of(gate.id)}): {text_of(gate.state)}"
    yield ""
    yield "<br>".join(map(_indented_text, asked(gate)))
    if gate.decided_at is not None:
        note = f": {gate.note}" if gate.note else ""
        yield ""
        yield text_of(f"{gate.state} by {gate.decided_by} from {gate.decided_from}{note}")
    found = gate.evidence
    if found.diffs:
        yield ""
        yield from _table(("stage", "changes"), [(diff.stage, diff_in_words(diff)) for diff in found.diffs])
    if found.tests:
        yield ""
        yield from _table(("test", "result"), [(name, result_in_words(each)) for name, each in found.tests])
    for name, said in found.summaries:
        yield ""
        yield f"<details><summary>{text_of(name)}</summary>"
        yield ""
        yield _preformatted(said)
        yield ""
        yield "</details>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(map(text_of, row))} |"


def _preformatted(text: str) -> str:
    """Lines unchanged. Empty ones, which would end the HTML block, are removed."""
    shown = [_entities(line) for line in clean(text).split("\n") if line.strip()]
    return f"<pre>{'&#10;'.join(shown)}</pre>"


def text_of(text: str) -> str:
    """One line of text in which nothing is Markdown, HTML, a mention or a link: special characters become
    entities."""
    return _entities(plain(text))


def _indented_text(line: str) -> str:
    """As `text_of`, with leading spaces that HTML keeps."""
    return "&#160;" * (len(line) - len(line.lstrip(" ")) - 2) + text_of(line)


def _entities(text: str) -> str:
    return _LETTERS.sub(lambda sign: sign[0] if ord(sign[0]) > 127 else f"&#{ord(sign[0])};", text)


def _sign(state: str) -> str:
    return f"{sign} " if (sign := _STATE_SIGNS.get(state)) else ""
