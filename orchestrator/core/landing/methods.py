"""The ways in which a branch is landed, and the message of the commit that each makes."""

from collections.abc import Sequence
from typing import Literal, get_args

Method = Literal["merge", "squash", "rebase"]
METHODS: tuple[Method, ...] = get_args(Method)

MEANS: dict[str, str] = {
    "merge": "a merge commit on {base}",
    "squash": "one commit on {base}",
    "rebase": "its commits on top of {base}",
}
"""What each makes, in words."""
PAST: dict[str, str] = {
    "merge": "merged",
    "squash": "squashed",
    "rebase": "rebased",
    "keep": "branch kept",
    "discard": "discarded",
    "pr": "pull request merged",
}
"""What a card is that was finished so."""

_SUBJECT = 72


def message(method: str, branch: str, title: str, commits: Sequence[str]) -> str:
    """The message of the commit that a merge or a squash makes; `commits` are subjects, the newest first."""
    title = " ".join(title.split()) or branch
    if method != "squash":
        return f"Merge {branch}: {title}"
    subject = title if len(title) <= _SUBJECT else f"{title[: _SUBJECT - 1]}…"
    listed = "\n".join(f"* {each}" for each in reversed(commits))
    return f"{subject}\n\n{listed}".strip() if len(commits) > 1 else subject
