"""An issue in full, in lines. Everything that others wrote is behind a bar. Pure."""

from collections.abc import Iterator

from orchestrator.core.forge.views import IssueDetail, IssueView
from widgets.kit.format import Line, Span, count, fit_spans, flow
from widgets.kit.markdown import markdown_lines
from widgets.kit.sheet_text import at_most, folded, left_out

_BAR: Span = ("│ ", "faint")


def issue_head(issue: IssueView, card: str, width: int) -> tuple[Line, ...]:
    """Two lines: number and title; author, and the card."""
    on_board: Span = (f"  on the board: {card}", "calm") if card else ("", "")
    author = issue.author or "an unknown account"
    return (
        fit_spans([(f"#{issue.number}  ", "muted"), (issue.title, "title")], width),
        fit_spans([(f"by {author}, changed {_day(issue.updated_at)}", "muted"), on_board], width),
    )


def issue_lines(issue: IssueView, whole: IssueDetail | None, error: str, width: int) -> tuple[Line, ...]:
    """Its facts, its text and its comments, as far as they have been read."""
    return at_most(_lines(issue, whole, error, width), "open it in the browser")


def _lines(issue: IssueView, whole: IssueDetail | None, error: str, width: int) -> Iterator[Line]:
    facts = [
        f"labels {', '.join(issue.labels)}" if issue.labels else "",
        f"milestone {issue.milestone}" if issue.milestone else "",
        f"assigned to {', '.join(issue.assignees)}" if issue.assignees else "assigned to nobody",
        "locked" if issue.locked else "",
        count(issue.comments, "comment") if issue.comments else "",
    ]
    yield from flow([[(fact, "text")] for fact in facts if fact], width)
    yield from folded(issue.url, "faint", width)
    yield ()
    if whole is None:
        yield from folded(f"× {error}" if error else "loading…", "bad" if error else "muted", width)
        return
    if whole.body.strip():
        yield from _text(whole.body, width)
    else:
        yield (("No description.", "muted"),)
    if whole.omitted:
        yield ()
        yield ((f"{count(whole.omitted, 'earlier comment')} omitted.", "trouble"),)
    for each in whole.comments:
        yield ()
        stranger: Span = ("" if each.member else "  not a member", "trouble")
        said: list[Span] = [
            (each.author or "an unknown account", "title"),
            (f"  {_day(each.created_at)}", "muted"),
        ]
        yield fit_spans([*said, stranger], width)
        yield from _text(each.body, width)


def _text(text: str, width: int) -> Iterator[Line]:
    room = max(width - 2, 8)
    for line in left_out(text, room):
        yield (("  ", ""), *line)
    for line in markdown_lines(text, room):
        yield (_BAR, *line)


def _day(at: str) -> str:
    """Of a time as forges write it, `2026-01-31T12:00:00Z`, the day and the minute."""
    return at[:16].replace("T", " ") or "at an unknown time"
