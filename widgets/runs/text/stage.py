"""All details of the selected stage, and of its run, in lines. Pure."""

from collections.abc import Iterator

from orchestrator.core.board.views import CardView
from orchestrator.core.workflow.views import RunView, StageView, attempt
from widgets.board.columns.card_text import state_look, state_words
from widgets.board.refusals import KeyOf
from widgets.kit.format import Line, Span, age, fit_spans, flow, money, row, took
from widgets.kit.sheet_text import at_most, folded, left_out
from widgets.queue.text.gate import exit_words, gate_lines, tail_lines
from widgets.runs.selected import SelectedStage, progress, run_mark, run_time, stage_mark, stage_time

_TAIL = 400
_LABEL = 10


def run_head(run: RunView, now: float, width: int) -> tuple[Line, ...]:
    """Two lines: the run with its totals, and why it is in its state."""
    glyph, role = run_mark(run)
    facts = [
        progress(run),
        run_time(run, now) if run.ended_at is None else f"took {run_time(run, now)}",
        money(run.cost_usd),
        "headless" if run.headless else "",
        run.repo,
        f"base {run.base}" if run.base else "",
    ]
    given = " · ".join(f"{name}={value}" for name, value in run.inputs)
    return (
        row(
            [(f" {glyph} {run.state}  ", role), (f"{run.id} ", "faint"), (run.name, "title")],
            [(f"  {' · '.join(fact for fact in facts if fact)} ", "muted")],
            width,
        ),
        row([("   ", ""), (run.reason, "text")], [(f"  {given} ", "muted")] if given else [], width),
    )


def head_lines(selected: SelectedStage, now: float, width: int) -> tuple[Line, ...]:
    """Two lines: the stage with its state, and its facts."""
    stage = selected.stage
    glyph, role = stage_mark(stage)
    spent = stage_time(stage, now)
    facts = [
        stage.kind.replace("human-gate", "human gate") + (f" {stage.gate}" if stage.gate else ""),
        (f"for {spent}" if stage.ended_at is None else f"took {spent}") if spent else "",
        attempt(stage),
        f"continues in {age(stage.until - now)}" if stage.until else "",
        f"card {stage.card}" if stage.card else "",
        stage.where if stage.where not in ("", "local") else "",
        stage.branch,
        stage.path,
    ]
    name: list[Span] = [(f"{glyph} {stage.state}  ", role), (stage.name, "title")]
    return (
        fit_spans(name, width),
        fit_spans([(" · ".join(fact for fact in facts if fact), "muted")], width),
    )


def body_lines(selected: SelectedStage, width: int, key: KeyOf) -> tuple[Line, ...]:
    """What it waits for, its result, the gate with its evidence: lines of at most `width` cells."""
    lines = list(_body(selected, width, key))
    while lines and not lines[-1]:
        lines.pop()
    return at_most(lines)


def _body(selected: SelectedStage, width: int, key: KeyOf) -> Iterator[Line]:
    stage, run = selected.stage, selected.run
    if stage.gate:
        if selected.gate is None:
            yield from folded(stage.waits, "text", width)
            yield (("" if selected.error else "loading…", "muted"),)
        else:
            yield from gate_lines(selected.gate, width, key("gate.approve"), key("gate.deny"))
        yield ()
        yield from _neighbours(stage, run, width)
        return
    if stage.waits:
        _glyph, role = stage_mark(stage)
        yield from folded(stage.waits, "text" if role in ("off", "busy", "calm") else role, width)
        yield ()
    if selected.card is not None:
        yield from _session(selected.card, width)
    yield from _neighbours(stage, run, width)
    if stage.result is not None:
        result = stage.result
        good = result.exit_code == 0
        yield ()
        yield (
            (f"{'✓' if good else '✗'} {exit_words(result)}", "calm" if good else "bad"),
            (f"  after {took(result.seconds)}", "muted"),
        )
        yield from tail_lines(result, width, _TAIL)
    elif stage.summary.strip():
        yield ()
        yield (("Summary", "title"),)
        yield from left_out(stage.summary, width)
        yield from folded(stage.summary.strip(), "text", width)


def _session(card: CardView, width: int) -> Iterator[Line]:
    """The state of its card's session."""
    glyph, role = state_look(card)
    said = card.reason or card.last_words
    words: list[Span] = [(f"{glyph} {state_words(card)}", role), (f" · {said}" if said else "", "text")]
    yield fit_spans([("session".ljust(_LABEL), "muted"), *words], width)


def _neighbours(stage: StageView, run: RunView, width: int) -> Iterator[Line]:
    """What it needs and what needs it, each with its state."""
    needed = [each for each in run.stages if each.name in stage.needs]
    after = [each for each in run.stages if stage.name in each.needs]
    for label, stages in (("needs", needed), ("before", after)):
        marks = [(each.name, *stage_mark(each)) for each in stages]
        words = [[(f"{glyph} {name}", "muted" if role == "off" else role)] for name, glyph, role in marks]
        if words:
            words[0].insert(0, (label.ljust(_LABEL), "muted"))
        yield from flow(words, width, " " * _LABEL)
