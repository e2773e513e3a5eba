"""What orch's own comment on an issue says, and how it is told from what a person wrote there."""

import re

from orchestrator.core.forge.fetched import Unfetched
from orchestrator.core.forge.outbox.fields import digest
from orchestrator.core.literals import IssueStage

CLAIMED = "A card of an orch board works on this issue."
TEXTS: dict[IssueStage, str] = {
    "backlog": "In the backlog of an orch board.",
    "progress": "In progress on an orch board.",
    "review": "Ready for review on an orch board.",
    "landed": "Done on an orch board. The commit is not pushed yet.",
    "kept": "Finished on an orch board without a merge.",
    "discarded": "Discarded on an orch board.",
}
"""In each stage; of `done` see `done_text`."""
REMOVED = "No longer on an orch board."
_DONE = re.compile(r"Done in [0-9a-f]+\.")


def done_text(commit: str) -> str:
    """Of an issue whose work everybody can see."""
    return f"Done in {commit}."


def claim_text(stage: IssueStage, *, shows: bool) -> str:
    """Of a claimed issue, which `shows` the stages of its card or not."""
    return TEXTS.get(stage, CLAIMED) if shows else CLAIMED


def written(seen: str | Unfetched | None, text: str) -> str:
    """The digest of orch's text in a comment that was to get `text`: it may have got another one before a
    crash."""
    own = map(digest, (CLAIMED, *TEXTS.values()))
    return next((each for each in own if each == seen), digest(text))


def is_own(text: str) -> bool:
    """Whether it is one of these: a text that a person has edited is none."""
    plain = text.strip()
    return plain in (CLAIMED, REMOVED, *TEXTS.values()) or bool(_DONE.fullmatch(plain))
