"""Runs of workflows for the sample board of `widgets.gallery`: one in every state; gates with evidence."""

from dataclasses import replace
from typing import Any

from orchestrator.core.board.views import CardView, Need, NeedDetail
from orchestrator.core.literals import RunStateName
from orchestrator.core.workflow.run import BranchDiff, Evidence, ScriptResult
from orchestrator.core.workflow.views import GateView, RunView, StageView, WorkflowFile

_STAGE = StageView(
    name="stage", kind="agent", state="waiting", waits="", since=0.0, began_at=None, ended_at=None, attempt=0,
    needs=(), card="", branch="", path="", gate="", summary="", result=None, where="local", options=(),
)  # fmt: skip
_RUN = RunView(
    id="r1", name="workflow", file="/src/shop/.orch/workflows/workflow.yml", repo="/src/shop", base="main",
    state="running", reason="", started_at=0.0, ended_at=None, inputs=(), stages=(), cost_usd=0.0,
    headless=False,
)  # fmt: skip
_OPTIONS = {
    ("human-gate", "gate-blocked"): ("approve", "deny"),
    ("agent", "running"): ("done", "fail", "prompt"),
    ("agent", "blocked"): ("done", "fail", "prompt", "retry", "skip"),
    ("script", "running"): ("fail",),
    ("script", "blocked"): ("done", "fail", "retry", "skip"),
}
_MINUTE, _HOUR = 60.0, 3600.0
_SERVICES = (
    "api", "billing", "cart", "docs", "edge", "files", "graph", "hooks", "images", "jobs", "keys", "ledger",
)  # fmt: skip


def stage(name: str, state: str, *needs: str, kind: str = "agent", **more: Any) -> StageView:
    """A consistent stage: its actions match its kind and state."""
    options = _OPTIONS.get(
        (kind, state), ("retry",) if state in ("done", "failed", "denied", "skipped") else ()
    )
    if state == "waiting" and kind != "human-gate":
        options = ("skip",)
    made: dict[str, Any] = {"kind": kind, "state": state, "needs": needs, "options": options}
    if state not in ("waiting", "skipped"):
        made["attempt"] = 1
    if kind != "agent":
        made["where"] = ""
    return replace(_STAGE, name=name, **{**made, **more})


def run(number: int, name: str, state: RunStateName, *stages: StageView, **more: Any) -> RunView:
    """A run of `/src/shop/.orch/workflows/<name>.yml`, with the id `r<number>`."""
    file = f"/src/shop/.orch/workflows/{name}.yml"
    return replace(_RUN, id=f"r{number}", name=name, file=file, state=state, stages=stages, **more)


def gate(number: int, run_id: str, stage_name: str, message: str, since: float, **more: Any) -> GateView:
    """An open gate that anyone may decide."""
    made = GateView(
        id=f"g{number}", run=run_id, workflow="workflow", stage=stage_name, message=message, state="open",
        since=since, opened_at=since, version=1, evidence=Evidence(), approvers=(), quorum=1, approved_by=(),
        decided_by="", decided_from="", decided_at=None, note="", on_deny="", next=(),
    )  # fmt: skip
    return replace(made, **more)


def gate_need(of: GateView, urgency: int = 1) -> Need:
    """The queue entry for that gate."""
    return Need(
        id=of.id, card="", slug=of.run, title=f"{of.workflow} · {of.stage}", kind="gate", summary=of.message,
        since=of.opened_at, urgency=urgency, evidence="orch", answerable=True, options=("approve", "deny"),
        hint="", run=of.run, stage=of.stage,
    )  # fmt: skip


def stage_need(run_id: str, of: StageView, card: CardView | None = None) -> Need:
    """The queue entry for a stage that needs a person."""
    return Need(
        id=f"{run_id}.{of.name}", card=of.card, slug=card.slug if card else run_id,
        title=card.title if card else of.name, kind="stage", summary=of.waits, since=of.since, urgency=2,
        evidence="orch", answerable=True, options=of.options, hint="", run=run_id, stage=of.name,
    )  # fmt: skip


EVIDENCE = Evidence(
    diffs=(
        BranchDiff(
            "implement-feature", "feature/auth-refactor", "/src/shop-orch/auth-refactor", "9f31c02",
            (
                ("src/auth/session_store.py", 214, 12),
                ("src/auth/middleware.py", 48, 131),
                ("src/auth/legacy/cookie_signing_and_verification.py", 0, 96),
                ("src/settings.py", 3, 1),
                ("docs/auth.png", -1, -1),
            ),
            ("9f31c02 One session store behind an interface", "41be77a Drop the signed cookie"),
        ),
        BranchDiff(
            "implement-tests", "feature/auth-tests", "/src/shop-orch/auth-tests", "77aa0b1",
            (("tests/auth/test_sessions.py", 187, 0), ("tests/auth/conftest.py", 31, 4)),
            ("77aa0b1 Integration tests for sessions",), uncommitted=2,
        ),
    ),
    tests=(
        ("run-tests", ScriptResult(0, "........\n214 passed in 8.12s", 12.3)),
        ("lint", ScriptResult(1, "src/auth/session_store.py:41:9: F841 local variable 'old' is never used\n"
                                 "Found 1 error.", 1.9)),
    ),
    summaries=(
        ("implement-feature", "Sessions live in one store behind SessionStore; the signed cookie is gone. "
                              "Logins that are open now are kept by a migration that runs at start."),
        ("implement-tests", "31 integration tests: login, logout, expiry, two devices, no store."),
    ),
    cost_usd=3.12,
)  # fmt: skip

GATE = gate(
    7, "r4", "review-gate", "Both agents complete. Review diffs before merge?", 0.0, workflow="auth-refactor",
    evidence=EVIDENCE, version=3, next=("merge",), on_deny="implement-feature",
)  # fmt: skip


def gates(now: float) -> dict[str, GateView]:
    """The gates of the gallery's runs by id: two open ones and a denied one."""
    return {
        "g7": replace(GATE, since=now - 18 * _MINUTE, opened_at=now - 18 * _MINUTE),
        "g8": gate(
            8, "r2", "release-gate", "Ship 4.2 to everybody?", now - 26 * _HOUR, workflow="release",
            quorum=2, approvers=("ann", "bob", "cleo"), approved_by=("ann",), next=("publish", "announce"),
            evidence=Evidence(
                tests=(("smoke", ScriptResult(0, "all 12 checks passed", 71.0)),),
                summaries=(("notes", "12 features, 31 fixes, 3 deprecations."),), cost_usd=0.44,
            ),
        ),
        "g3": replace(
            GATE, id="g3", run="r3", state="denied", decided_by="ann", decided_from="tui", on_deny="",
            decided_at=now - 5 * _HOUR, note="The migration drops open sessions.", opened_at=now - 6 * _HOUR,
        ),
    }  # fmt: skip


def runs(now: float) -> tuple[RunView, ...]:
    """A run in every state, newest first."""
    m, h = _MINUTE, _HOUR
    every = (
        run(7, "nightly-audit", "running",
            stage("list-services", "done", kind="script", began_at=now - 9 * m, ended_at=now - 9 * m + 4.2,
                  summary="18 services", result=ScriptResult(0, "18 services", 4.2)),
            *(stage(f"audit-{name}", "running" if number < 5 else "waiting", "list-services",
                    began_at=now - (8 - number) * m if number < 5 else None,
                    card=f"c{40 + number}" if number < 5 else "", where="headless",
                    waits="" if number < 5 else "waiting to start: max_sessions = 5 reached")
              for number, name in enumerate(_SERVICES)),
            stage("report", "waiting", "audit-api", waits="waiting for audit-api and 11 more"),
            reason="5 stages run", started_at=now - 9 * m, cost_usd=1.9, headless=True),
        run(5, "bump-deps", "blocked",
            stage("bump", "done", began_at=now - 44 * m, ended_at=now - 31 * m, card="c31",
                  branch="orch/bump", summary="41 packages, 2 of them by a major version."),
            stage("fix", "blocked", "bump", began_at=now - 31 * m, since=now - 6 * m, attempt=2, card="c18",
                  branch="orch/bump-fix", path="/src/shop-orch/bump-fix",
                  waits="its turn ended without stage_done"),
            stage("test", "waiting", "fix", kind="script", waits="waiting for fix"),
            reason="fix: needs a decision", started_at=now - 44 * m, cost_usd=0.83),
        run(2, "release", "gate-blocked",
            stage("notes", "done", began_at=now - 27 * h, ended_at=now - 26.6 * h, card="c13",
                  branch="orch/notes", summary="12 features, 31 fixes, 3 deprecations."),
            stage("smoke", "done", kind="script", began_at=now - 27 * h, ended_at=now - 27 * h + 71,
                  result=ScriptResult(0, "all 12 checks passed", 71.0)),
            stage("release-gate", "gate-blocked", "notes", "smoke", kind="human-gate", gate="g8",
                  began_at=now - 26 * h, waits="1 of 2 required approvals"),
            stage("publish", "waiting", "release-gate", waits="waiting for release-gate", kind="script"),
            stage("announce", "waiting", "release-gate", waits="waiting for release-gate"),
            reason="release-gate needs a decision", started_at=now - 27 * h, cost_usd=0.44,
            inputs=(("version", "4.2"), ("dry_run", "false"))),
        run(4, "auth-refactor", "gate-blocked",
            stage("implement-feature", "done", began_at=now - 1.6 * h, ended_at=now - 26 * m, card="c4",
                  branch="feature/auth-refactor", path="/src/shop-orch/auth-refactor",
                  summary=EVIDENCE.summaries[0][1]),
            stage("implement-tests", "done", began_at=now - 1.6 * h, ended_at=now - 18 * m, card="c5",
                  branch="feature/auth-tests", attempt=2, summary=EVIDENCE.summaries[1][1]),
            stage("review-gate", "gate-blocked", "implement-feature", "implement-tests", kind="human-gate",
                  gate="g7", began_at=now - 18 * m, waits="waiting for a person to approve or deny it"),
            stage("merge", "waiting", "review-gate", branch="main", waits="waiting for review-gate"),
            reason="review-gate needs a decision", started_at=now - 1.6 * h, cost_usd=3.12),
        run(6, "docs", "paused",
            stage("write", "running", began_at=now - 12 * m, card="c9", branch="orch/docs"),
            stage("check", "waiting", "write", kind="script", waits="waiting for write"),
            reason="paused: no stage starts until it is resumed", started_at=now - 12 * m, cost_usd=0.2),
        run(3, "auth-refactor", "denied",
            stage("implement", "done", began_at=now - 8 * h, ended_at=now - 6 * h, card="c16",
                  branch="feature/auth"),
            stage("review-gate", "denied", "implement", kind="human-gate", gate="g3", began_at=now - 6 * h,
                  ended_at=now - 5 * h, waits="denied by ann: The migration drops open sessions."),
            stage("merge", "waiting", "review-gate", branch="main", waits="review-gate was denied"),
            reason="review-gate was denied by ann", started_at=now - 8 * h, ended_at=now - 5 * h,
            cost_usd=2.4),
        run(1, "ci", "failed",
            stage("build", "done", kind="script", began_at=now - 30 * h, ended_at=now - 30 * h + 94,
                  result=ScriptResult(0, "built in 94 s", 94.0)),
            stage("unit", "failed", "build", kind="script", began_at=now - 29.9 * h, attempt=3,
                  ended_at=now - 29.9 * h + 31, waits="exit code 1, after 2 retries",
                  result=ScriptResult(1, _OUTPUT, 31.0)),
            stage("docs", "skipped", "build", waits="skipped: only when build was changed"),
            stage("deploy", "waiting", "unit", "docs", waits="the run stops: unit has failed"),
            reason="unit has failed", started_at=now - 30 * h, ended_at=now - 29.8 * h, cost_usd=0.0),
        run(0, "spike", "cancelled",
            stage("try", "failed", began_at=now - 50 * h, ended_at=now - 49 * h, card="c17",
                  waits="cancelled by you"),
            reason="cancelled by you", started_at=now - 50 * h, ended_at=now - 49 * h, cost_usd=2.2),
    )  # fmt: skip
    return tuple(sorted(every, key=lambda each: each.started_at, reverse=True))


_OUTPUT = """tests/test_cart.py ..F.........                                     [ 12%]
tests/test_orders.py ....................                           [ 74%]

=================================== FAILURES ===================================
______________________________ test_rounds_half_up ______________________________
    def test_rounds_half_up() -> None:
>       assert price(Decimal("0.125")) == Decimal("0.13")
E       AssertionError: assert Decimal('0.12') == Decimal('0.13')

tests/test_cart.py:41: AssertionError
=========================== short test summary info ============================
FAILED tests/test_cart.py::test_rounds_half_up
1 failed, 96 passed in 30.4s"""

WORKFLOWS = (
    WorkflowFile("auth-refactor", "/src/shop/.orch/workflows/auth-refactor.yml",
                 ("implement-feature", "implement-tests", "review-gate", "merge"), (), ""),
    WorkflowFile("release", "/src/shop/.orch/workflows/release.yml",
                 ("notes", "smoke", "release-gate", "publish", "announce"),
                 (("version", "string", ""), ("dry_run", "boolean", "false")), ""),
    WorkflowFile("nightly-audit", "/src/shop/.orch/workflows/nightly-audit.yml",
                 ("list-services", "audit", "report"), (("services", "list", "all"),), ""),
    WorkflowFile("old", "/src/shop/.orch/workflows/old.yml", (), (),
                 "4:5: unknown key \"agnet\" (did you mean \"agent\"?)"),
)  # fmt: skip


def wholes(now: float, cards: dict[str, CardView]) -> tuple[NeedDetail, ...]:
    """The needs of the runs, most urgent first."""
    every = {each.id: each for each in runs(now)}
    open_gates = [each for each in gates(now).values() if each.state == "open"]
    asked = [
        NeedDetail(gate_need(each), each.message, False, (), (), each)
        for each in sorted(open_gates, key=lambda each: each.opened_at)
    ]
    stuck = every["r5"].stages[1]
    told = stage_need("r5", stuck, cards.get(stuck.card))
    said = "I bumped both, but the types of `httpx` 1.0 differ in four places. Shall I pin it instead?"
    return (*asked, NeedDetail(told, said, False, (), ()))
