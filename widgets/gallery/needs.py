"""The needs of the sample board of `widgets.gallery`, with the requests in full."""

from dataclasses import replace
from typing import Any

from orchestrator.core.board.views import CardView, Need, NeedDetail, Question
from orchestrator.core.literals import NeedKind

_OPTIONS = {
    "permission": ("allow", "always", "deny"),
    "plan": ("allow", "deny"),
    "stalled": ("continue", "interrupt", "restart"),
    "error": ("continue", "restart"),
    "rate_limited": ("continue", "restart"),
    "exited": ("resume",),
    "lost": ("resume",),
}
_URGENCY = {
    "error": 2,
    "exited": 2,
    "lost": 2,
    "prompt": 2,
    "stalled": 3,
    "rate_limited": 3,
    "asks": 4,
    "review": 5,
}

_DIFF = """--- src/shop/settings.py
+++ src/shop/settings.py
@@ -12,7 +12,9 @@
 class Settings:
-    currency: str = "EUR"
-    vat: float = 0.19
+    currency: Currency = Currency.EUR
+    vat: Decimal = Decimal("0.19")
+    rounding: Rounding = Rounding.HALF_UP

     def price(self, net: float) -> float:
         return net * (1 + self.vat)"""

_PLAN = """# Split the settings page

1. Move each section into a component of its own: profile, billing, notifications.
2. Give each of them a route, so that it can be linked to.
3. Keep /settings as a redirect to /settings/profile.
4. Delete the old page once its last test has moved.

Nothing in the database changes."""

_QUESTIONS = (
    Question(
        "Which date format shall the export use?",
        "Format",
        False,
        (
            ("ISO 8601", "2024-01-31, which sorts by itself and needs no locale"),
            ("The customer's own", "31.01.2024 or 01/31/2024, from the profile's locale"),
            ("Both", "ISO 8601 in the file, the customer's own in its preview"),
        ),
    ),
    Question(
        "Which of the exports shall change now?",
        "Exports",
        True,
        (("Orders", "what the warehouse reads"), ("Invoices", ""), ("Customers", "")),
    ),
)


def need(card: CardView, kind: NeedKind, summary: str, since: float, **more: Any) -> Need:
    """A consistent need: requests can be answered from here, with the options of their kind."""
    made = Need(
        id=f"{card.id}.{kind}",
        card=card.id,
        slug=card.slug,
        title=card.title,
        kind=kind,
        summary=summary,
        since=since,
        urgency=_URGENCY.get(kind, 1),
        evidence="hook",
        answerable=kind in ("permission", "question", "plan"),
        options=_OPTIONS.get(kind, ()),
        hint="",
    )
    return replace(made, **more)


def detail(of: Need, text: str = "", **more: Any) -> NeedDetail:
    """The need with all its details."""
    return replace(NeedDetail(of, text or of.summary, False, (), ()), **more)


def details(cards: dict[str, CardView], now: float) -> tuple[NeedDetail, ...]:
    """A working day's queue, most urgent first."""
    minute = 60.0
    asked = [
        detail(
            need(cards["c9"], "question", "Which date format shall the export use?", now - 17 * minute),
            questions=_QUESTIONS,
        ),
        detail(
            need(cards["c18"], "plan", "Split the settings page", now - 9 * minute),
            _PLAN,
        ),
        detail(
            need(cards["c8"], "permission", "Bash psql -f migrate.sql", now - 4 * minute, id="c8.k3f"),
            "psql --set ON_ERROR_STOP=1 --single-transaction -h staging-db -d billing -f migrate.sql "
            '&& psql -h staging-db -d billing -c "select count(*) from invoices where migrated is null"'
            "\n\nRun the migration on staging and count what it left behind",
            always=(
                "allow Bash(psql:*) in this worktree",
                "allow Bash(psql:*) everywhere",
                "switch to acceptEdits for this session",
            ),
        ),
        detail(
            need(cards["c8"], "permission", "Edit src/shop/settings.py", now - 3 * minute, id="c8.m71"),
            _DIFF,
            diff=True,
            always=("switch to acceptEdits for this session",),
        ),
        detail(
            need(
                cards["c19"],
                "dialog",
                "Do you trust the files in this folder?",
                now - 2 * minute,
                evidence="pane",
                hint="Answer it in the session.",
            )
        ),
        detail(
            need(cards["c11"], "error", "API error 529: overloaded", now - 50 * minute),
            'API Error: 529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
        ),
        detail(
            need(
                cards["c10"],
                "stalled",
                "no activity; last: Bash npm test",
                now - 8 * minute,
                evidence="orch",
            )
        ),
        detail(
            need(cards["c13"], "asks", "Also mention the deprecations?", now - 6 * minute),
            "The release notes for 4.2 are in docs/releases/4.2.md: 12 features, 31 fixes.\n\n"
            "Also mention the deprecations? Three of them take effect in 5.0 only.",
        ),
        detail(
            need(cards["c14"], "review", "All 214 tests pass", now - 43 * minute),
            "Done. All 214 tests pass, in 8.1 s.",
        ),
    ]
    return tuple(asked)
