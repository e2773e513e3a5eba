"""The title and the description of a card's change request."""

import re
from collections.abc import Sequence

from orchestrator.core.text.clean import clean, one_line

_LONGEST_TITLE = 200
_LONGEST = 60_000
"""Characters of a description: some forges take little more."""
_MOST_COMMITS = 50
_SECTION = re.compile(
    r"^#{1,4}[ \t]*(?:\W*[ \t])?(?:description|summary|what|changes?|overview|proposed changes"
    r"|motivation)\b.*$",
    re.IGNORECASE | re.MULTILINE,
)
_PLACE_OF_ISSUE = re.compile(
    r"\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)([ \t:]+)#(?:\(?(?:issue|number|n|xxx+)\)?|_+)?(?![\w])",
    re.IGNORECASE,
)


def title(card: str, subjects: Sequence[str]) -> str:
    """The only commit's subject, else the card's title."""
    said = one_line(subjects[0]) if len(subjects) == 1 else one_line(card)
    return (said or one_line(card) or "Changes")[:_LONGEST_TITLE]


def body(summary: str, commits: Sequence[tuple[str, str]], template: str = "", issue: str = "") -> str:
    """The description: what the session said last, or the only commit's message, and the commits (subject and
    body, the oldest first); in the section of the template that is for it, else above the template. Merging
    closes the issue (`#12` or `owner/name#12`)."""
    own = _own(clean(summary), commits)
    text = _within(clean(template).strip(), own)[:_LONGEST]
    return _with_issue(text, issue) if issue else text.strip()


def _own(summary: str, commits: Sequence[tuple[str, str]]) -> str:
    parts = [summary.strip()] if summary.strip() else []
    if len(commits) == 1:
        return "\n\n".join(parts or [commits[0][1].strip()]).strip()
    listed = [f"- {one_line(subject)}" for subject, _ in commits[-_MOST_COMMITS:]]
    if len(commits) > _MOST_COMMITS:
        listed.insert(0, f"- and {len(commits) - _MOST_COMMITS} earlier commits")
    return "\n\n".join([*parts, "\n".join(listed)]).strip()


def _within(template: str, own: str) -> str:
    if not template:
        return own
    section = _SECTION.search(template)
    if section is None:
        return f"{own}\n\n{template}".strip()
    head, rest = template[: section.end()], template[section.end() :]
    return f"{head}\n\n{own}\n\n{rest.lstrip()}".strip() if own else template


def _with_issue(text: str, issue: str) -> str:
    if re.search(
        rf"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)[ \t:]+{re.escape(issue)}\b", text, re.IGNORECASE
    ):
        return text
    if place := _PLACE_OF_ISSUE.search(text):
        return f"{text[: place.start()]}{place[1]}{place[2]}{issue}{text[place.end() :]}"
    return f"{text}\n\nCloses {issue}".strip()
