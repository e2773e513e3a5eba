"""A gate with its evidence, in lines, to be read before deciding. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from orchestrator.core.workflow.run import BranchDiff, Evidence, ScriptResult
from orchestrator.core.workflow.views import GateView, rework
from widgets.kit.format import Line, Span, cells, count, fit, fit_end, flow, fold, money, pad, row, took
from widgets.kit.sheet_text import folded, left_out, warning

_File = tuple[str, int, int]

_TAIL = 12
"""Lines of a failed script's last output; of a successful one, a single line."""
_MOST_COMMITS = 12
_BAR = 20
_NAME = 20


def gate_lines(gate: GateView, width: int, approve: str, deny: str) -> Iterator[Line]:
    """The message, everything in one line, the effect of the decision, and the evidence item by item.
    `approve` and `deny` are the keys for them."""
    yield from warning(gate.unusual, width)
    yield from left_out(gate.message, width)
    yield from folded(gate.message, "title", width)
    yield ()
    yield from flow(_at_a_glance(gate.evidence), width)
    yield ()
    yield from _decision(gate, width, approve, deny)
    evidence = gate.evidence
    if evidence.tests:
        yield from _head("Tests", width)
        yield from tests_lines(evidence.tests, width)
    if evidence.summaries:
        yield from _head("Summaries", width)
        for stage, words in evidence.summaries:
            yield from _hanging(stage, words, width)
    scale = tuple(each for diff in evidence.diffs for each in diff.files)
    for diff in evidence.diffs:
        yield from _diff(diff, scale, width)


def tests_lines(tests: Iterable[tuple[str, ScriptResult]], width: int) -> Iterator[Line]:
    """Scripts by their stages: result, exit code, duration, and the end of the output."""
    for stage, result in tests:
        glyph, role = ("✓", "calm") if result.exit_code == 0 else ("✗", "bad")
        yield row(
            [(f"  {glyph} ", role), (pad(stage, _NAME), "text"), (f" {exit_words(result)}", role)],
            [(took(result.seconds), "muted")],
            width,
        )
        yield from tail_lines(result, width, _TAIL if result.exit_code else 1)


def tail_lines(result: ScriptResult, width: int, most: int) -> Iterator[Line]:
    """The last lines of a script's output."""
    lines = result.tail.rstrip().split("\n")
    if len(lines) > most > 1:
        yield (("    │ ", "faint"), (f"… {count(len(lines) - most, 'line')} above", "muted"))
    for line in lines[-most:]:
        for piece in fold(line, max(width - 6, 8)):
            yield (("    │ ", "faint"), (piece, "text" if result.exit_code else "muted"))


def exit_words(result: ScriptResult) -> str:
    """A negative exit code is the number of the signal that ended the script."""
    if result.exit_code < 0:
        return f"ended by signal {-result.exit_code}"
    return f"exit {result.exit_code}"


def _at_a_glance(evidence: Evidence) -> Iterator[list[Span]]:
    if evidence == Evidence():
        yield [("No evidence yet.", "trouble")]
        return
    if evidence.diffs:
        files = [each for diff in evidence.diffs for each in diff.files]
        added, deleted = _lines(files)
        yield [(count(len(files), "file"), "title"), (f"  +{added}", "added"), (f" −{deleted}", "removed")]
        yield [(count(sum(len(diff.commits) for diff in evidence.diffs), "commit"), "text")]
    if left := sum(diff.uncommitted for diff in evidence.diffs):
        yield [(f"◆ {left} not committed", "trouble")]
    if passed := sum(result.exit_code == 0 for _, result in evidence.tests):
        yield [(f"✓ {count(passed, 'test')}", "calm")]
    if failed := len(evidence.tests) - passed:
        yield [(f"✗ {failed} failed", "bad")]
    if cost := money(evidence.cost_usd):
        yield [(cost, "text")]


def _decision(gate: GateView, width: int, approve: str, deny: str) -> Iterator[Line]:
    if gate.state == "open":
        begins = f"starts {', '.join(gate.next)}" if gate.next else "continues the run"
        if gate.quorum > 1:
            begins += f", once {gate.quorum} people have"
        denied = f"sends {gate.on_deny} back with your reason" if gate.on_deny else "ends the run"
        denied += f" ({said})" if (said := rework(gate)) else ""
        yield from _labelled(f"{approve} approve", "calm", begins, width)
        yield from _labelled(f"{deny} deny", "bad", denied, width)
    elif gate.decided_at is not None and gate.decided_by:
        glyph, role = ("✓", "calm") if gate.state == "approved" else ("×", "bad")
        at = datetime.fromtimestamp(gate.decided_at).strftime("%d %b %H:%M")
        who = gate.voters[-1] if gate.voters else gate.decided_by
        said = f"{gate.state} by {who} from the {gate.decided_from} on {at}"
        yield from folded(f"{glyph} {said}", role, width)
    else:
        yield from folded(f"It was {gate.state}.", "muted", width)
    if gate.note:
        yield from _labelled("reason", "muted", f"“{gate.note}”", width)
    if gate.quorum > 1 or gate.approved_by:
        voters = gate.voters[: len(gate.approved_by)] or gate.approved_by
        said = ", ".join(voters) or "none yet"
        yield from _labelled("approved", "muted", f"{len(gate.approved_by)} of {gate.quorum}: {said}", width)
    if gate.approvers:
        yield from _labelled("may decide", "muted", ", ".join(gate.approvers), width)


def _diff(diff: BranchDiff, scale: Sequence[_File], width: int) -> Iterator[Line]:
    added, deleted = _lines(diff.files)
    facts: list[Span] = [(f"+{added}", "added"), (f" −{deleted}", "removed")] if diff.files else []
    yield ()
    yield row([(diff.branch, "title"), (f"  {diff.stage}", "muted")], facts, width)
    if diff.trouble:
        yield from folded(f"  ◆ {diff.trouble}", "trouble", width)
    if diff.uncommitted:
        yield from folded(f"  ◆ {count(diff.uncommitted, 'file')} uncommitted", "trouble", width)
    if not diff.files and not diff.trouble:
        yield (("  no file differs from the base", "muted"),)
    yield from _files(diff.files, scale, width)
    for commit in diff.commits[:_MOST_COMMITS]:
        name, _, subject = commit.partition(" ")
        yield (("  ", ""), (f"{fit(name, 10)} ", "faint"), (fit(subject, max(width - 13, 4)), "muted"))
    if len(diff.commits) > _MOST_COMMITS:
        yield ((f"  and {count(len(diff.commits) - _MOST_COMMITS, 'earlier commit')}", "muted"),)


def _lines(files: Iterable[_File]) -> tuple[int, int]:
    """Lines added and deleted in total."""
    pairs = [(max(added, 0), max(deleted, 0)) for _, added, deleted in files]
    return sum(added for added, _ in pairs), sum(deleted for _, deleted in pairs)


def _files(files: Sequence[_File], scale: Sequence[_File], width: int) -> Iterator[Line]:
    """Bars and columns are those of all files in `scale`, so that branches can be compared."""
    most = max((max(added, 0) + max(deleted, 0) for _, added, deleted in scale), default=0)
    blocks = min(_BAR, max(width // 5, 4))
    digits = [max((len(str(each[side])) for each in scale), default=1) + 1 for side in (1, 2)]
    room = max(width - blocks - sum(digits) - 6, 8)
    longest = min(max((cells(path) for path, _, _ in scale), default=0), room)
    for path, added, deleted in files:
        name = fit_end(path, longest)
        left: list[Span] = [("  ", ""), (pad(name, longest), "text"), ("  ", "")]
        if added < 0:
            yield row([*left, ("binary".rjust(sum(digits) + 1), "muted")], [], width)
            continue
        plus, minus = bar(added, deleted, most, blocks)
        numbers: list[Span] = [
            (f"+{added}".rjust(digits[0]), "added" if added else "faint"),
            (f" −{deleted}".rjust(digits[1] + 1), "removed" if deleted else "faint"),
        ]
        yield row([*left, *numbers, ("  ", ""), ("█" * plus, "added"), ("░" * minus, "removed")], [], width)


def bar(added: int, deleted: int, most: int, room: int) -> tuple[int, int]:
    """How many of `room` cells represent lines added and deleted, where `most` lines fill them all; at least
    one cell for any."""
    if most <= 0 or room < 2:
        return (0, 0)
    both = min(room, max(round((added + deleted) / most * room), (added > 0) + (deleted > 0)))
    plus = round(both * added / (added + deleted)) if both else 0
    plus = min(max(plus, added > 0), both - (deleted > 0))
    return (plus, both - plus)


def _head(name: str, width: int) -> Iterator[Line]:
    yield ()
    yield ((fit(name, width), "title"),)


def _labelled(label: str, role: str, text: str, width: int) -> Iterator[Line]:
    wide = 12
    for number, piece in enumerate(fold(text, max(width - wide, 8))):
        yield ((("" if number else label).ljust(wide), role), (piece, "text"))


def _hanging(name: str, text: str, width: int) -> Iterator[Line]:
    indent = min(_NAME + 3, width // 3)
    for number, piece in enumerate(fold(text.strip(), max(width - indent, 8))):
        yield (
            ("  ", ""),
            (pad("" if number else fit(name, indent - 3), indent - 2), "muted"),
            (piece, "text"),
        )
