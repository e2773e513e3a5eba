"""Cards as text for a terminal."""

import time
from collections.abc import Sequence

import click

from orchestrator.cli.text import age, cells, fit, pad, plain, widths
from orchestrator.core.board.views import CardDetail, CardView, overlap_marks
from orchestrator.core.errors import OrchError
from orchestrator.core.forge.autofix.views import autofix_words
from orchestrator.core.forge.changes import view
from orchestrator.core.forge.changes.view import ChangeView
from orchestrator.core.forge.fresh import as_of
from orchestrator.core.forge.issues import issue_text
from orchestrator.core.forge.outbox import waiting
from orchestrator.core.landing.methods import PAST
from orchestrator.core.landing.text import landed
from orchestrator.core.model import DEFAULT_AGENT
from orchestrator.core.overlaps.text import CONFLICT, OVERLAP, mark, summary
from orchestrator.core.sessions.model import Evidence
from orchestrator.core.sessions.states import STATES

_HEADS = ("CARD", "COLUMN", "STATE", "SINCE", "CTX", "COST", "ISSUE", "PR", "MAIL", "NAME", "TITLE")
_ISSUE, _PR, _MAIL = (_HEADS.index(each) for each in ("ISSUE", "PR", "MAIL"))
_COLOUR_OF = {"needs": "yellow", "trouble": "magenta", "bad": "red", "busy": "green"}
_COLOURS: dict[str, str] = {status: _COLOUR_OF.get(row.role, "") for status, row in STATES.items()}


def table(cards: Sequence[CardView], now: float, width: int | None) -> list[str]:
    """A line for each card below a header line. The title is shortened if `width` is too small. The columns
    for issues, change requests and unread mail appear only if there are any."""
    rows = [_HEADS, *(_row(card, now) for card in cards)]
    for column, used in (
        (_MAIL, any(card.unread_mail for card in cards)),
        (_PR, any(card.change for card in cards)),
        (_ISSUE, any(_issue(card) for card in cards)),
    ):
        rows = rows if used else [(*row[:column], *row[column + 1 :]) for row in rows]
    fixed = widths([row[:-1] for row in rows])
    room = None if width is None else max(8, width - sum(fixed) - 2 * len(fixed))
    lines = [_joined(rows[0], fixed, room, "")]
    for card, row in zip(cards, rows[1:], strict=True):
        lines.append(_joined(row, fixed, room, _colour(card)))
    return lines


def legend(cards: Sequence[CardView]) -> str:
    """The legend of the marks that appear in the table."""
    drawn = "".join(mark(overlap_marks(card)) for card in cards)
    marks = {
        "↑ pinned": any(card.pinned for card in cards),
        "* unread": any(card.unread for card in cards),
        f"{CONFLICT} conflicts with other cards": CONFLICT in drawn,
        f"{OVERLAP} changes files of other cards": OVERLAP in drawn,
        "+ changes the same lock files": "+" in drawn,
        f"{view.PASSING} {view.FAILING} {view.RUNNING} checks pass, fail, run": any(
            card.change and card.change.state == "open" and card.change.checks not in (None, "none")
            for card in cards
        ),
        "! the issue is gone": any(card.issue and card.issue.gone for card in cards),
        "⇡ changes that wait to be sent to GitHub; ⇡! needs you": any(card.forge_outbox for card in cards),
        "? asks something": any(card.asks for card in cards),
        "? not confirmed recently": any(card.unknown_since is not None and not card.asks for card in cards),
        "! not notified of mail": any(
            card.unread_mail and card.bell.startswith("not responding") for card in cards
        ),
    }
    return " · ".join(words for words, used in marks.items() if used)


def _colour(card: CardView) -> str:
    return _COLOURS.get(card.state, "") if card.unknown_since is None else ""


def _row(card: CardView, now: float) -> tuple[str, ...]:
    state = card.landing or card.state.replace("_", " ")
    state += "?" if card.asks or card.unknown_since is not None else ""
    return (
        card.id,
        card.column.replace("_", " "),
        " ".join(
            filter(
                None,
                (state, "↑" if card.pinned else "", "*" if card.unread else "", mark(overlap_marks(card))),
            )
        ),
        age(now - card.since),
        "" if card.context_percent is None else f"{card.context_percent:.0f}%",
        f"${card.cost_usd:.2f}" if card.cost_usd else "",
        _issue(card),
        _mark(card.change, now, done=card.finished is not None) if card.change else "",
        f"{card.unread_mail}{'!' if card.bell.startswith('not responding') else ''}"
        if card.unread_mail
        else "",
        plain(card.slug),
        plain(card.title),
    )


def _issue(card: CardView) -> str:
    """The issue, and what of it the forge has not been told."""
    parts = (
        issue_text.mark(card.issue) if card.issue else "",
        waiting.mark(card.forge_outbox) if card.forge_outbox else "",
    )
    return " ".join(filter(None, parts))


def _mark(change: ChangeView, now: float, *, done: bool) -> str:
    said = view.mark(change, done=done)
    return f"{said} {as_of(change.as_of, now)}" if change.stale else said


def _change(change: ChangeView, now: float) -> str:
    """The change request, how it is, and how old that is."""
    old = ": ".join(filter(None, (as_of(change.as_of, now), change.stale)))
    return "; ".join([*view.sentences(change), old])


def _joined(row: Sequence[str], fixed: Sequence[int], room: int | None, colour: str) -> str:
    parts = [pad(text, size) for text, size in zip(row, fixed, strict=False)]
    if colour:
        parts[2] = click.style(parts[2], fg=colour)
    title = row[-1] if room is None else fit(row[-1], room)
    return "  ".join([*parts, title]).rstrip()


def detail(found: CardDetail, now: float) -> list[str]:
    """The details of one card: a name and a value on each line, without empty ones."""
    card = found.card
    unknown = f", not confirmed for {age(now - card.unknown_since)}" if card.unknown_since is not None else ""
    facts = {
        "state": f"{card.landing or card.state.replace('_', ' ')} for {age(now - card.since)}{unknown}",
        "why": card.reason,
        "fault": card.fault,
        "source": card.evidence,
        "column": card.column.replace("_", " "),
        "held": card.held or "",
        "pinned": "first in its column" if card.pinned else "",
        "finished": PAST.get(card.finished, card.finished) if card.finished else "",
        "queue": f"position {card.queue_position}" if card.queue_position is not None else "",
        "labels": ", ".join(card.labels),
        "issue": "; ".join(issue_text.sentences(card.issue, now)) if card.issue else "",
        "pull request": _change(card.change, now) if card.change else "",
        "autofix": autofix_words(card.autofix).removeprefix("autofix ") if card.autofix else "",
        "unsent": "; ".join(waiting.sentences(card.forge_outbox, now)) if card.forge_outbox else "",
        "lead": card.lead,
        "mail": _mail(card),
        "repo": card.repo,
        "branch": f"{card.branch} from {card.base}" if card.base else card.branch,
        "worktree": card.worktree or "",
        "window": " ".join(filter(None, (card.window, card.pane))),
        "process": str(card.pid or ""),
        "session": card.session_id or "",
        "agent": card.agent if card.agent != DEFAULT_AGENT else "",
        "model": card.model,
        "mode": card.permission_mode,
        "context": "" if card.context_percent is None else f"{card.context_percent:.0f} %",
        "cost": f"${card.cost_usd:.2f}" if card.cost_usd else "",
        "prompt": found.prompt,
        "waiting": f"{card.queued_prompts} pending" if card.queued_prompts else "",
        "cut off": f"while {card.cut_off}" if card.cut_off else "",
        "not confirmed": " · ".join(card.prompts),
        "last message": card.last_words,
        "failure": str(OrchError(found.failure.what, found.failure.why, found.failure.hint))
        if found.failure
        else "",
        "landed": landed(found.landed) if found.landed else "",
        "overlaps": summary(found.overlaps, card.id) if found.overlaps else "",
        "rescued": " ".join(card.rescues),
    }
    said = {name: text for name, value in facts.items() if (text := plain(value))}
    size = max(map(cells, said))
    if "failure" in said:
        lines = [plain(line) for line in facts["failure"].splitlines()]
        said["failure"] = f"\n{' ' * (size + 2)}".join(filter(None, lines))
    head = click.style(f"{card.id} {plain(card.title)}", bold=True)
    return [
        head,
        *(f"{pad(name, size)}  {value}" for name, value in said.items()),
        *_output(card.output or (found.landed.output if found.landed else "")),
    ]


def _mail(card: CardView) -> str:
    """The number of unread messages, and how its session is notified."""
    if not (card.unread_mail or card.bell):
        return ""
    deaf = card.bell.startswith("not responding")
    told = card.bell.removeprefix("not responding").lstrip(": ")
    whole = told.startswith(("not notified", "notified"))
    how = f"not notified: {told}" if deaf else f"notified: {told}" if told and not whole else told
    return ", ".join(filter(None, (f"{card.unread_mail} unread", how)))


def _output(text: str) -> list[str]:
    return ["", "output:", *(f"  {plain(line)}" for line in text.splitlines())] if text.strip() else []


def evidence(found: CardDetail) -> list[str]:
    """The last report of each source, then the card's history, a line each."""
    return ["last heard:", *map(_line, found.heard), "", "history:", *map(_line, found.history)]


def _line(each: Evidence) -> str:
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(each.at))
    return f"  {at}  {pad(each.source, 10)}  {plain(each.said)}"
