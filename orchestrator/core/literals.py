"""The closed sets of strings in state, events and views, which mypy checks.

At run time they are plain strings: a value that another version has written or sent is decoded, kept and
shown, and never an error. Literals of requests are checked when a request is decoded: see `core.requests`.
"""

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    AskKind = Literal["permission", "question", "plan"]
    """What an agent asks its user for."""
    NeedKind = Literal[
        "permission",
        "question",
        "plan",
        "gate",
        "dialog",
        "card",
        "pause",
        "run",
        "stage",
        "error",
        "exited",
        "lost",
        "cut_off",
        "prompt",
        "fix",
        "forge",
        "stalled",
        "rate_limited",
        "mail",
        "asks",
        "review",
        "run_done",
    ]
    """What needs a person; `core.needs.ranking.RANKS` says what each means."""
    PromptState = Literal["queued", "pasting", "pasted", "unconfirmed", "received", "launched"]
    """How far a prompt is on its way into a conversation."""
    Sequel = Literal["stop", "restart", "backlog", "remove", "finish", "undo"]
    """What follows once a session has ended, or that one of these is undone."""
    Finishing = Literal["", "merge", "squash", "rebase", "keep", "discard", "pr"]
    """What happens to a card's branch and worktree; empty unless it is finished. `pr` is by its change
    request, which was merged."""
    CardState = Literal[
        "new",
        "queued",
        "starting",
        "setup",
        "working",
        "background",
        "permission",
        "question",
        "plan",
        "compacting",
        "retrying",
        "rate_limited",
        "error",
        "stalled",
        "interrupted",
        "idle",
        "exited",
        "lost",
    ]
    """A card's state in its view: `new` and `queued` without a session, else the values of
    `core.sessions.model.Status`."""
    ColumnName = Literal["backlog", "in_progress", "blocked", "review", "done"]
    """The values of `core.model.Column`."""
    RunStateName = Literal[
        "running", "paused", "gate-blocked", "blocked", "done", "failed", "denied", "cancelled"
    ]
    """A run's state in its view."""
    StageStateName = Literal[
        "waiting", "running", "blocked", "gate-blocked", "done", "failed", "denied", "skipped"
    ]
    """The values of `core.workflow.run.StageState`."""
    GateState = Literal["open", "approved", "denied", "withdrawn"]
    GateProof = Literal["none", "key"]
    """How a gate's approvers are identified."""
    GateDistinct = Literal["person", "name"]
    """What makes two approvals different."""
    StageKind = Literal["agent", "script", "human-gate"]
    StageOutcome = Literal["done", "failed", "blocked"]
    """What a session reports about its stage."""
    Marked = Literal["done", "failed"]
    """What a person marks a stage as."""
    AnswerVerdict = Literal["allow", "always", "deny"]
    RuleAnswer = Literal["allow", "deny", "ask"]
    MailKind = Literal[
        "task", "question", "answer", "result", "partial", "status", "handoff", "note", "control"
    ]
    """The values of `core.mail.message.Kind`."""
    RefKind = Literal["file", "blob", "issue", "gather"]
    """What a message refers to."""
    MemberPart = Literal["awaited", "partial", "reported", "gone"]
    """A gather's member, by what it has reported."""
    AuthorityName = Literal["human", "orch", "peer", "unproven"]
    """The values of `core.mail.message.Authority`."""
    RunEnding = Literal["done", "failed", "denied", "cancelled"]
    """The states that a run does not leave automatically."""
    StateRole = Literal["needs", "bad", "trouble", "busy", "calm", "off"]
    """The style of a state's glyph."""
    WindowState = Literal["running", "exited"]
    GrantState = Literal["holds", "gone", "unknown"]
    ItemKind = Literal["issue", "change"]
    """An item of a forge: an issue, or a change request (a pull or merge request)."""
    ChangeState = Literal["open", "closed", "merged"]
    ChecksState = Literal["none", "running", "passing", "failing"]
    ReviewDecision = Literal["none", "required", "approved", "changes_requested"]
    MergeState = Literal["clean", "conflicts", "behind", "blocked", "computing"]
    """`blocked` is by a rule of the repository; `computing` is a forge that does not know yet."""
    FieldActKind = Literal[
        "add_label", "remove_label", "assign", "unassign", "title", "body", "comment", "close", "reopen"
    ]
    """What orch changes of an item of a forge."""
    ConflictField = Literal["title", "body", "comment", "state"]
    """What a person and orch may both have changed of an item."""
    Side = Literal["ours", "theirs"]
    """Whose change of an item holds."""
    OutgoingState = Literal["queued", "sent", "unclear", "refused"]
    """How far an act is on its way to a forge."""
    ClaimState = Literal["", "wanted", "held", "releasing"]
    """Whether a card's claim to its issue is to be made, is made, is to be released, or none is wanted."""
    IssueStage = Literal["backlog", "progress", "review", "landed", "done", "kept", "discarded"]
    """How far the work of a card is, as its issue shows it."""
    NotificationState = Literal["sending", "sent", "failed", "skipped", "unknown"]
else:
    ItemKind = ChangeState = ChecksState = ReviewDecision = MergeState = FieldActKind = str
    ConflictField = Side = OutgoingState = ClaimState = IssueStage = str
    AskKind = NeedKind = PromptState = Sequel = Finishing = ColumnName = str
    CardState = RunStateName = StageStateName = MailKind = str
    GateState = GateProof = GateDistinct = StageKind = StageOutcome = Marked = str
    AnswerVerdict = RuleAnswer = RefKind = MemberPart = WindowState = GrantState = str
    AuthorityName = RunEnding = StateRole = NotificationState = str
