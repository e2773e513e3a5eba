"""What needs a person, as text for a terminal."""

import shlex
from collections.abc import Sequence

import click

from orchestrator.cli.gates.text import indented, to_read, warning, ways
from orchestrator.cli.text import age, fit, pad, plain, widths
from orchestrator.core.board.views import Need, NeedDetail
from orchestrator.core.needs.nudges import commands

_HEADS = ("ID", "KIND", "FOR", "NAME", "SUMMARY")
_COLOURS = {1: "yellow", 2: "red", 3: "magenta"}


def table(needs: Sequence[Need], now: float, width: int | None) -> list[str]:
    """A line for each below a header line. The summary is shortened if `width` is too small."""
    rows = [_HEADS, *(_row(need, now) for need in needs)]
    fixed = widths([row[:-1] for row in rows])
    room = None if width is None else max(8, width - sum(fixed) - 2 * len(fixed))
    lines = []
    for row, colour in zip(rows, ["", *(_COLOURS.get(need.urgency, "") for need in needs)], strict=True):
        parts = [pad(text, size) for text, size in zip(row, fixed, strict=False)]
        if colour:
            parts[1] = click.style(parts[1], fg=colour)
        lines.append("  ".join([*parts, row[-1] if room is None else fit(row[-1], room)]).rstrip())
    return lines


def _row(need: Need, now: float) -> tuple[str, ...]:
    return (
        need.id,
        need.kind.replace("_", " "),
        age(now - need.since),
        plain(need.slug),
        f"{'! unusual  ' if need.unusual else ''}{plain(need.summary)}",
    )


def whole(found: NeedDetail, now: float) -> list[str]:
    """Everything to read before answering: the request in full, its questions, the possible answers."""
    need = found.need
    head = f"{need.id} {need.kind.replace('_', ' ')} for {age(now - need.since)}: {plain(need.summary)}"
    about = " ".join(filter(None, (need.card, plain(need.slug))))
    lines = [click.style(head, bold=True), f"  {about}: {plain(need.title)}"]
    lines += warning(need.unusual)
    if need.lifts_at is not None:
        lines.append(f"  resets in {age(need.lifts_at - now)}" if need.lifts_at > now else "  lifted")
    lines += [f"  | {indented(line)}".rstrip() for line in found.detail.splitlines()]
    if found.version:
        return lines + _about_a_dialog(found)
    for question in found.questions:
        lines.append(f"  {plain(question.text)}{' (several allowed)' if question.multi else ''}")
        lines += [
            f"    --option {_quoted(label)}{f'  {plain(said)}' if said else ''}"
            for label, said in question.options
        ]
    lines += [f"  --always {number}  {plain(said)}" for number, said in enumerate(found.always)]
    if found.allowed_by:
        lines.append(f"  {plain(found.allowed_by)}")
    if need.hint:
        lines.append(f"  {plain(need.hint)}")
    if found.gate is not None:
        return lines + to_read(found.gate) + ways(found.gate)
    if need.kind in ("stage", "run"):
        return lines + _about_a_stage(need)
    if need.kind in ("mail", "pause"):
        return lines + _about_mail(need)
    if need.answerable and not found.questions:
        lines.append(f"  orch answer {need.id} {'|'.join(map(plain, need.options))}")
    elif need.options and not need.answerable:
        lines += [f"  {each}" for each in commands(need.card, need.options)]
    return lines


def _about_a_dialog(found: NeedDetail) -> list[str]:
    """The options of a dialog whose text is printed above, each with the keys that choosing it presses."""
    lines = [
        f"    --option {_quoted(label)}  {plain(keys)}"
        for question in found.questions
        for label, keys in question.options
    ]
    return [*lines, f"  orch answer {found.need.id} allow --option LABEL --seen {found.version}"]


def _about_a_stage(need: Need) -> list[str]:
    where = f"{need.run} {shlex.quote(plain(need.stage))}"
    said = [
        f"  orch run {each} {where}" for each in need.options if each in ("done", "fail", "retry", "skip")
    ]
    return ([f'  orch send {need.card} "..."'] if "prompt" in need.options and need.card else []) + said


def _about_mail(need: Need) -> list[str]:
    if need.kind == "mail":
        return [f'  orch mail send --reply-to {need.id} "..."', f"  orch mail read {need.id}"]
    _, a, b = need.id.split(".")
    return [f"  orch mail read --box {a}", f"  orch mail unpause {a} {b}"]


def _quoted(label: str) -> str:
    return f'"{plain(label)}"'
