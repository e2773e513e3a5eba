"""A card's issue as text."""

from orchestrator.core.forge.fresh import as_of
from orchestrator.core.forge.views import LinkedIssue
from orchestrator.core.text.clean import one_line


def mark(issue: LinkedIssue) -> str:
    """Its number, with `!` if it is gone, and whether it is closed."""
    closed = " closed" if issue.state == "closed" and not issue.gone else ""
    return f"#{issue.number}{'!' if issue.gone else ''}{closed}"


def sentences(issue: LinkedIssue, now: float) -> tuple[str, ...]:
    """Its name and address, and what of it is not as it should be."""
    gone = [f"gone: {issue.gone}"] if issue.gone else ["closed"] if issue.state == "closed" else []
    by = [f"imported by rule: {one_line(issue.rule)}"] if issue.rule else []
    old = [f"{as_of(issue.as_of, now)}: {issue.stale}"] if issue.stale else []
    return (
        f"{issue.repository}#{issue.number} {issue.title}",
        issue.url,
        *by,
        *gone,
        *old,
    )
