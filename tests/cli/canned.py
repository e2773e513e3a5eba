"""What the stand-in for the hub tells, unless a test puts something else in its place."""

from dataclasses import replace
from typing import Any

from orchestrator.core.board.views import CardView, HubView, Need
from orchestrator.core.landing.refusals import judged
from orchestrator.core.landing.survey import BranchSurvey, LandedFile, Survey
from orchestrator.core.literals import StageStateName
from orchestrator.core.mail.message import Delivery, MessageState
from orchestrator.core.mail.views import (
    BoxView,
    GatherView,
    MailView,
    MemberView,
    MessageView,
    SentView,
)
from orchestrator.core.undo.views import Undone
from orchestrator.core.workflow.run import BranchDiff, ScriptResult
from orchestrator.core.workflow.run import Evidence as GateEvidence
from orchestrator.core.workflow.views import GateView, RunView, StageView

CARD = CardView(
    id="c1",
    slug="auth-refactor",
    title="Auth refactor",
    column="in_progress",
    state="working",
    reason="Bash npm test",
    since=1000.0,
    evidence="hook",
    unknown_since=None,
    asks=False,
    unread=False,
    attention=0,
    repo="/src/app",
    base="main",
    branch="orch/auth-refactor",
    worktree="/src/app-orch/auth-refactor",
    window="@1",
    pane="%1",
    pid=77,
    session_id="5b1c",
    model="opus",
    permission_mode="",
    context_percent=12.4,
    cost_usd=0.5,
    queue_position=None,
    queued_prompts=0,
    held=None,
    finished=None,
    last_words="",
    output="",
    rescues=(),
    labels=(),
    created_at=900.0,
)
HUB = HubView(
    pid=4194303,
    port=7801,
    version="0.1.0",
    started_at=1000.0,
    sessions=1,
    max_sessions=30,
    queued=0,
    queue_reason="",
    waiting=0,
    cost_today_usd=0.5,
    five_hour_percent=None,
    five_hour_resets_at=None,
    seven_day_percent=None,
    seven_day_resets_at=None,
    trouble="",
)
NEED = Need(
    id="c1.k1",
    card="c1",
    slug="auth-refactor",
    title="Auth refactor",
    kind="permission",
    summary="Bash npm test",
    since=1000.0,
    urgency=1,
    evidence="hook",
    answerable=True,
    options=("allow", "always", "deny"),
    hint="",
)


def stage(name: str, state: StageStateName = "waiting", **changes: Any) -> StageView:
    """A stage of a run; an agent's unless told otherwise."""
    return replace(
        StageView(
            name=name,
            kind="agent",
            state=state,
            waits="",
            since=1000.0,
            began_at=None if state == "waiting" else 1000.0,
            ended_at=None,
            attempt=0 if state == "waiting" else 1,
            needs=(),
            card="",
            branch="",
            path="",
            gate="",
            summary="",
            result=None,
            where="local",
            options=(),
        ),
        **changes,
    )


RUN = RunView(
    id="r3",
    name="auth",
    file="/src/app/.orch/workflows/auth.yml",
    repo="/src/app",
    base="main",
    state="running",
    reason="implement is running",
    started_at=1000.0,
    ended_at=None,
    inputs=(("ticket", "A-1"),),
    stages=(
        stage("implement", "running", card="c1", branch="feature/auth"),
        stage("review-gate", kind="human-gate", waits="waits for implement"),
        stage("merge", waits="waiting for review-gate"),
    ),
    cost_usd=0.5,
    headless=False,
)
AT_GATE = replace(
    RUN,
    state="gate-blocked",
    reason="review-gate needs a decision",
    stages=(
        stage("implement", "done", ended_at=1060.0, summary="Moved it.", options=("retry",)),
        stage("review-gate", "gate-blocked", kind="human-gate", gate="g7", options=("approve", "deny")),
        stage("merge", waits="waiting for review-gate"),
    ),
)
GATE = GateView(
    id="g7",
    run="r3",
    workflow="auth",
    stage="review-gate",
    message="Review before merge?",
    state="open",
    since=1000.0,
    opened_at=1000.0,
    version=2,
    evidence=GateEvidence(
        diffs=(
            BranchDiff(
                "implement", "feature/auth", "/src/app-orch/auth", "abc1234def",
                files=(("src/auth.py", 120, 4), ("logo.png", -1, -1)), commits=("abc1234 Move it",),
                uncommitted=1,
            ),
        ),
        tests=(("tests", ScriptResult(1, "2 passed\n1 failed", 12.0)),),
        summaries=(("implement", "Moved it.\nAll of it."),),
        cost_usd=1.25,
    ),
    approvers=(),
    quorum=1,
    approved_by=(),
    decided_by="",
    decided_from="",
    decided_at=None,
    note="",
    on_deny="implement",
    next=("merge",),
)  # fmt: skip


def box(name: str, **changes: Any) -> BoxView:
    """A mailbox with nothing in it."""
    return replace(
        BoxView(
            name=name,
            card="",
            title="",
            labels=(),
            run="",
            lead="",
            state="",
            branch="",
            over=False,
            unread=0,
            tasks=0,
            urgent=0,
            leased=0,
            dead=0,
            oldest=None,
            bell="",
            deaf=False,
        ),
        **changes,
    )


MESSAGE = MessageView(
    id="m1",
    sender="worker-1",
    to=("human",),
    kind="question",
    subject="Which database?",
    body="Postgres or\n  SQLite?",
    at=1000.0,
    thread="m1",
    reply_to="",
    urgent=False,
    authority="peer",
    refs=(),
    gather="",
    hops=0,
    expires_at=None,
    deliveries=(Delivery("human", MessageState.WAITING),),
)
MAIL = MailView(
    "sqlite",
    "",
    boxes=(
        box("human", unread=1),
        box(
            "worker-1",
            card="c1",
            state="working",
            labels=("auth",),
            branch="orch/worker-1",
            bell="at its next tool call",
        ),
        box(
            "worker-2",
            card="c2",
            state="idle",
            unread=3,
            tasks=1,
            bell="rung by a line",
            deaf=True,
            dead=1,
        ),
    ),
)
GATHER = GatherView(
    id="f1",
    owner="coordinator",
    thread="m7",
    subject="Parts of the spec",
    at=1000.0,
    deadline=87400.0,
    complete=False,
    members=(
        MemberView("worker-1", "reported", "has reported", False, ("m8",)),
        MemberView("worker-2", "awaited", "waiting for a person: permission", True, ()),
    ),
)
SENT = SentView("m9", (("worker-1", "stored"),), "", False)

SURVEY = judged(
    Survey(
        CARD.id,
        BranchSurvey(
            CARD.branch, "main", "t" * 40, "o" * 40, ("abc1234 Add it",), files=(LandedFile("a.py", 3, 1),),
            conflicts=("a.py", "b.py"),
        ),
    )
)  # fmt: skip

UNDONE = Undone("c1", "Auth", "merge of c1", ("main is back at abc.", "c1 leaves Done."), "c1@1.0", done=True)
