"""An issue of the list in one line. Pure."""

from dataclasses import dataclass

from orchestrator.core.forge.views import IssueView
from widgets.kit.format import Line, Span, cells, fit, row

_LABELS_FROM, _ASSIGNEES_FROM = 60, 76
"""Cells of width from which these are shown."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What the board knows of an issue."""

    card: str = ""
    marked: bool = False
    busy: bool = False
    refused: bool = False


def issue_line(issue: IssueView, mark: Mark, width: int, digits: int) -> Line:
    """The issue in exactly `width` cells; `digits` are those of the list's largest number."""
    head: list[Span] = [
        ("▣ " if mark.marked else "  ", "cursor"),
        (f"#{issue.number}".rjust(digits + 1), "muted" if not mark.card else "faint"),
        ("  ", ""),
        (issue.title, "off" if mark.card else "title" if mark.marked else "text"),
    ]
    right: list[Span] = []
    if width >= _LABELS_FROM and issue.labels:
        right.append((f" {fit(', '.join(issue.labels), width // 4)}", "faint"))
    if width >= _ASSIGNEES_FROM and issue.assignees:
        right.append((f"  @{fit(', @'.join(issue.assignees), 20)}", "muted"))
    right.append(_end(mark))
    return row(head, right, width)


def _end(mark: Mark) -> Span:
    if mark.busy:
        return ("  ◌ importing", "busy")
    if mark.card:
        return (f"  {mark.card}", "calm")
    return ("  × refused", "bad") if mark.refused else ("", "")


def digits_of(numbers: int) -> int:
    """Digits of that number."""
    return cells(str(numbers))
