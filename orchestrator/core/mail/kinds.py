"""The kind that a sender's word means, and whether a message is a report.

Models write `done`, `update` or `reply` for the kinds `result`, `status` and `answer`; and they report in a
`status` or a `note`. So a report is also recognised by its text: a status about work in progress is not a
report.
"""

import re
from enum import StrEnum

from orchestrator.core.mail.message import Kind

_WORDS = {
    Kind.TASK: "request assignment assign job todo work instruction instructions order",
    Kind.QUESTION: "ask query clarification help",
    Kind.ANSWER: "reply response respond",
    Kind.RESULT: "done completed complete completion finished finish final report summary success succeeded "
    "failure failed error deliverable signal completion-signal task-result task-complete task-done results",
    Kind.PARTIAL: "intermediate incomplete draft",
    Kind.STATUS: "progress update status-update heartbeat ping state",
    Kind.HANDOFF: "handover hand-off hand-over delegate transfer",
    Kind.NOTE: "message msg info information fyi notification notify notice mail text chat comment",
    Kind.CONTROL: "command cancel stop pause resume abort shutdown",
}
_MEANT = {word: kind for kind, words in _WORDS.items() for word in words.split()} | {
    each.value: each for each in Kind
}

_UNDER_WAY = re.compile(
    r"\b(in progress|under ?way|half ?way|so far|still|not (yet )?(done|finished|complete)|no result yet"
    r"|(will|shall|going to|about to) (report|send|let you know|start|begin|do|work|continue|follow)"
    r"|continuing|more to come|remaining|eta|step \d+ (of|/))\b|\b\d{1,2} ?%",
    re.IGNORECASE,
)
"""Says that more will follow, whatever else it says."""
_BEGINS = re.compile(
    r"\b(start(ed|ing)?|begin(ning)?|began|begun|working on|on it|got it|received|acknowledged|understood|ack"
    r"|waiting|blocked|stuck|looking (at|into)|reading|investigating|hello|hi)\b",
    re.IGNORECASE,
)
"""Says the same, if nothing is reported as done."""
_DONE = re.compile(
    r"\b(done|completed?|completion|finished|implemented|fixed|merged|committed|delivered|pass(es|ed)?|green"
    r"|result|summary|failed|can ?not|can't|impossible|gave up|giving up)\b",
    re.IGNORECASE,
)
_READ = 600
"""Maximum characters of a body in which these are looked for."""


class ReportWeight(StrEnum):
    """How much a message counts for a gather that expects its sender."""

    FINAL = "final"
    PARTIAL = "partial"
    NONE = "none"


def kind_of(word: str) -> Kind | None:
    """The kind, in any spelling; `None` for an unknown word."""
    plain = re.sub(r"[\s_]+", "-", word.strip().strip("\"'`").casefold())
    return _MEANT.get(plain) or _MEANT.get(plain.removesuffix("s"))


def weight(kind: Kind, text: str) -> ReportWeight:
    """Whether a message of this kind with this text (subject and body) is a report.

    A result always is. An answer, a handoff, a status or a note is one unless it says that the work
    continues.
    """
    if kind is Kind.RESULT:
        return ReportWeight.FINAL
    if kind is Kind.PARTIAL:
        return ReportWeight.PARTIAL
    if kind not in (Kind.ANSWER, Kind.HANDOFF, Kind.STATUS, Kind.NOTE):
        return ReportWeight.NONE
    return ReportWeight.NONE if kind in (Kind.STATUS, Kind.NOTE) and goes_on(text) else ReportWeight.FINAL


def goes_on(text: str) -> bool:
    """Whether the text describes unfinished work."""
    head = text[:_READ]
    if _UNDER_WAY.search(head) or head.rstrip().endswith("?"):
        return True
    return bool(_BEGINS.search(head)) and not _DONE.search(head)
