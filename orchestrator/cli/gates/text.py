"""Gates as text for a terminal, to be read before deciding."""

from collections.abc import Iterator, Sequence

import click

from orchestrator.cli.text import age, fit, pad, plain, widths
from orchestrator.core.text.clean import shown_line
from orchestrator.core.workflow.run import BranchDiff, ScriptResult
from orchestrator.core.workflow.views import GateView, rework

_HEADS = ("GATE", "STATE", "FOR", "RUN", "STAGE", "MESSAGE")
_COLOURS = {"open": "yellow", "approved": "green", "denied": "red"}
_FILES = 40
_COMMITS = 15
_TAIL = 20
"""Lines of a script's output."""


def table(gates: Sequence[GateView], now: float, width: int | None) -> list[str]:
    """A line for each gate below a header line. The message is cut to a summary, as in the queue, and
    shortened further if `width` is too small."""
    rows = [_HEADS, *(_row(gate, now) for gate in gates)]
    fixed = widths([row[:-1] for row in rows])
    room = None if width is None else max(8, width - sum(fixed) - 2 * len(fixed))
    lines = []
    for row in rows:
        parts = [pad(text, size) for text, size in zip(row, fixed, strict=False)]
        if colour := _COLOURS.get(row[1]):
            parts[1] = click.style(parts[1], fg=colour)
        lines.append("  ".join([*parts, row[-1] if room is None else fit(row[-1], room)]).rstrip())
    return lines


def _row(gate: GateView, now: float) -> tuple[str, ...]:
    summary = plain(shown_line(gate.message))
    summary = f"! unusual  {summary}" if gate.unusual else summary
    return (gate.id, gate.state, age(now - gate.since), gate.run, plain(gate.stage), summary)


def whole(gate: GateView, now: float) -> list[str]:
    """The gate with its evidence, the effect of a decision, and the commands that decide it."""
    head = f"{gate.id} {plain(gate.stage)} of {gate.run} {plain(gate.workflow)}: {gate.state}"
    lines = [click.style(f"{head} for {age(now - gate.since)}", bold=True)]
    return [
        *lines,
        *warning(gate.unusual),
        *asked(gate),
        "",
        *evidence(gate),
        "",
        *_decision(gate),
        *ways(gate),
    ]


def warning(unusual: str) -> list[str]:
    """What is unusual in the gate's texts; empty for nothing."""
    return [click.style(f"  ! {unusual}, shown in ASCII. Read carefully.", fg="red")] if unusual else []


def asked(gate: GateView) -> list[str]:
    """The gate's message, in as many lines as it has, with their own indentation below ours."""
    return [f"  {indented(line)}" for line in gate.message.splitlines() if plain(line)]


def indented(line: str) -> str:
    """The line in text that is safe for a terminal, with its leading spaces."""
    line = line.replace("\t", "    ")
    return line[: len(line) - len(line.lstrip(" "))] + plain(line)


def ways(gate: GateView) -> list[str]:
    """The commands that decide it; none if it is decided."""
    if gate.state != "open":
        return []
    seen = f" --seen {gate.version}" if gate.version else ""
    return [f"  orch gate approve {gate.id}{seen}", f'  orch gate deny {gate.id}{seen} --reason "..."']


def to_read(gate: GateView) -> list[str]:
    """The evidence and the effect of a decision, without message and commands."""
    return [*evidence(gate), *_decision(gate)]


def evidence(gate: GateView) -> list[str]:
    """The diffs with their commits, the tests with the end of their output, the summaries, the cost."""
    if not gate.version:
        return ["  evidence: loading"]
    found = gate.evidence
    lines = [line for diff in found.diffs for line in _diff(diff)]
    lines += [line for stage, result in found.tests for line in _test(stage, result)]
    for stage, said in found.summaries:
        lines += [f"  {plain(stage)}:", *quoted(said)]
    lines.append(f"  cost: ${found.cost_usd:.2f}")
    return lines


def _diff(diff: BranchDiff) -> Iterator[str]:
    yield f"  {plain(diff.stage)}: {diff_in_words(diff)}"
    yield f"    in {plain(diff.path)}"
    counts = [(_signed("+", added), _signed("-", deleted)) for _, added, deleted in diff.files[:_FILES]]
    sizes = widths(counts) if counts else []
    for (path, _, _), pair in zip(diff.files, counts, strict=False):
        numbers = "  ".join(" " * (size - len(text)) + text for text, size in zip(pair, sizes, strict=True))
        yield f"    {numbers}  {plain(path)}"
    if len(diff.files) > _FILES:
        yield f"    and {len(diff.files) - _FILES} more files"
    yield from (f"    {plain(commit)}" for commit in diff.commits[:_COMMITS])
    if len(diff.commits) > _COMMITS:
        yield f"    and {len(diff.commits) - _COMMITS} more commits"


def diff_in_words(diff: BranchDiff) -> str:
    """Branch, commit and totals of a worktree's branch, or why it could not be read."""
    where = f"{plain(diff.branch)} at {plain(diff.head)[:10]}" if diff.head else plain(diff.branch)
    if diff.trouble:
        return f"{where}, cannot be read: {plain(diff.trouble)}"
    added = sum(max(0, plus) for _, plus, _ in diff.files)
    deleted = sum(max(0, minus) for _, _, minus in diff.files)
    parts = [where, _counted(len(diff.commits), "commit"), _counted(len(diff.files), "file")]
    parts.append(f"+{added} -{deleted}")
    if diff.uncommitted:
        parts.append(f"{_counted(diff.uncommitted, 'change')} not committed")
    return ", ".join(parts)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _signed(sign: str, number: int) -> str:
    return f"{sign}{number}" if number >= 0 else "binary" if sign == "+" else ""


def _test(stage: str, result: ScriptResult) -> Iterator[str]:
    yield f"  {plain(stage)}: {result_in_words(result)}"
    lines = result.tail.splitlines()
    if len(lines) > _TAIL:
        yield f"    | … {_counted(len(lines) - _TAIL, 'line')} above"
    yield from quoted("\n".join(lines[-_TAIL:]))


def result_in_words(result: ScriptResult) -> str:
    """A negative exit code is the number of the signal that ended the script."""
    code = result.exit_code
    return f"{f'exit code {code}' if code >= 0 else f'ended by signal {-code}'} after {age(result.seconds)}"


def quoted(text: str) -> list[str]:
    """Text from outside as lines that cannot be mistaken for ours."""
    return [f"    | {plain(line)}".rstrip() for line in text.splitlines()]


def _decision(gate: GateView) -> Iterator[str]:
    if gate.approvers:
        signs = ", with signatures" if gate.proof == "key" else ""
        yield f"  approvers: {', '.join(map(plain, gate.approvers))}{signs}"
    if gate.quorum > 1 or (gate.approved_by and gate.state == "open"):
        by = (
            f" ({', '.join(map(plain, gate.voters[: len(gate.approved_by)] or gate.approved_by))})"
            if gate.approved_by
            else ""
        )
        yield f"  approvals: {len(gate.approved_by)} of {gate.quorum}{by}"
    if gate.decided_at is not None:
        note = f": {plain(gate.note)}" if gate.note else ""
        who = gate.voters[-1] if gate.voters else gate.decided_by
        yield f"  {gate.state} by {plain(who)} from {plain(gate.decided_from)}{note}"
    if gate.state == "open":
        yield f"  approval starts: {', '.join(map(plain, gate.next)) or 'nothing further'}"
        again = f"{plain(gate.on_deny)} runs again, with the reason" if gate.on_deny else "the run ends"
        count = f" ({said})" if (said := rework(gate)) else ""
        yield f"  denial: {again}{count}"
        if gate.version:
            yield f"  evidence: version {gate.version}"
