"""Sample cards and totals, for the gallery and for tests."""

from dataclasses import replace
from typing import Any

from orchestrator.core.board.views import CardView, HubView
from orchestrator.core.text.names import slug_of

_CARD = CardView(
    id="c1", slug="card", title="Card", column="backlog", state="new", reason="", since=0.0, evidence="orch",
    unknown_since=None, asks=False, unread=False, attention=0, repo="/src/shop", base="main", branch="",
    worktree=None, window=None, pane=None, pid=None, session_id=None, model="", permission_mode="",
    context_percent=None, cost_usd=0.0, queue_position=None, queued_prompts=0, held=None, finished=None,
    last_words="", output="", rescues=(), labels=(), created_at=0.0,
)  # fmt: skip

_HUB = HubView(
    pid=1, port=4100, version="0", started_at=0.0, sessions=0, max_sessions=30, queued=0, queue_reason="",
    waiting=0, cost_today_usd=0.0, five_hour_percent=None, five_hour_resets_at=None, seven_day_percent=None,
    seven_day_resets_at=None, trouble="",
)  # fmt: skip


def card(number: int, title: str, column: str, state: str, **more: Any) -> CardView:
    """A consistent card: one that was started has a window, a session and a branch."""
    slug = slug_of(title)
    made: dict[str, Any] = {
        "id": f"c{number}",
        "slug": slug,
        "title": title,
        "column": column,
        "state": state,
    }
    made |= {"branch": f"orch/{slug}"}
    if state not in ("new", "queued"):
        made |= {
            "session_id": f"session-{number}",
            "session_state": state,
            "worktree": f"/src/shop-orch/{slug}",
            "evidence": "hook",
        }
        if state not in ("exited", "lost"):
            made |= {"window": f"@{number}", "pane": f"%{number}", "pid": 1000 + number}
    return replace(_CARD, **{**made, **more})


def hub(**more: Any) -> HubView:
    """A healthy hub, with these fields replaced."""
    return replace(_HUB, **more)


def cards(now: float) -> tuple[CardView, ...]:
    """A working day's board."""
    minute, hour = 60.0, 3600.0
    return (
        card(1, "Rotate the signing keys", "backlog", "new", since=now - 26 * hour),
        card(2, "Cache the price list", "backlog", "queued", since=now - 2 * minute, queue_position=1,
             reason="waiting to start"),
        card(3, "Drop Python 3.10", "backlog", "exited", since=now - 5 * hour, reason="shelved by you",
             cost_usd=0.31),
        card(4, "Auth refactor: one session store", "in_progress", "working", since=now - 3 * minute,
             reason="Bash pytest tests/auth -x", context_percent=42.0, cost_usd=1.27),
        card(5, "Paginate /orders", "in_progress", "background", since=now - 11 * minute,
             reason="turn ended; npm run dev still runs", context_percent=61.0, cost_usd=0.88, unread=True),
        card(6, "日本語の見積書を直す", "in_progress", "retrying", since=now - 20.0,
             reason="API overloaded: attempt 3 of 10", context_percent=12.0, cost_usd=0.09),
        card(7, "Speed up CI", "in_progress", "compacting", since=now - 40.0, reason="compacting",
             context_percent=93.0, cost_usd=6.02, queued_prompts=1),
        card(8, "Migrate billing to Postgres 16", "blocked", "permission", since=now - 4 * minute,
             attention=1, reason="Bash psql -f migrate.sql", context_percent=37.0, cost_usd=2.4, unread=True),
        card(9, "Which date format?", "blocked", "question", since=now - 17 * minute, attention=2,
             reason="ISO 8601 or the customer's own?", context_percent=20.0, cost_usd=0.35),
        card(10, "Flaky websocket test", "blocked", "stalled", since=now - 8 * minute, attention=4,
             reason="no activity; last: Bash npm test", context_percent=55.0, cost_usd=1.9,
             unknown_since=now - 2 * minute),
        card(11, "Import the 2019 archive", "blocked", "error", since=now - 50 * minute, attention=5,
             reason="API error 529: overloaded", context_percent=78.0, cost_usd=3.31),
        card(12, "Dark mode", "blocked", "working", since=now - 31 * minute, held="wait for design",
             reason="held", context_percent=48.0, cost_usd=0.7),
        card(13, "Release notes for 4.2", "review", "idle", since=now - 6 * minute, attention=3, asks=True,
             unread=True, reason="Also mention the deprecations?", context_percent=31.0, cost_usd=0.44),
        card(14, "Fix [/x] \x1b[31mred 👨‍👩‍👧 שלום", "review", "idle", since=now - 43 * minute,
             attention=6, unread=True, reason="All 214 tests pass", context_percent=64.0, cost_usd=1.05),
        card(15, "Rename the internal module", "review", "interrupted", since=now - 2 * hour,
             reason="you pressed Esc", context_percent=9.0, cost_usd=0.12),
        card(16, "Upgrade to Django 5.2", "done", "exited", since=now - 3 * hour, finished="merge",
             reason="merged into main", cost_usd=4.75),
        card(17, "Spike: WebAssembly renderer", "done", "exited", since=now - 30 * hour, finished="discard",
             reason="discarded, rescued as refs/orch/rescue/c17/1", cost_usd=2.2),
        card(18, "Split the settings page", "blocked", "plan", since=now - 9 * minute, attention=2,
             reason="a plan waits for approval", context_percent=18.0, cost_usd=0.21),
        card(19, "Vendor the icons", "blocked", "setup", since=now - 2 * minute, attention=2,
             reason="Do you trust the files in this folder?", evidence="pane"),
    )  # fmt: skip
