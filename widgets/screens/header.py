"""The board's first line: the hub's health and the totals."""

from orchestrator.core.board.views import HubView
from orchestrator.core.forge.away import away_words
from widgets.kit.format import Line, Span, age, clean, fit_spans, meter, money, percent, row, strain, width_of
from widgets.kit.lines import Lines
from widgets.mirror import Mirror


def header_line(mirror: Mirror, now: float, width: int, start_key: str = "") -> Line:
    """Exactly `width` cells: health on the left, totals on the right, each as far as there is room. Why a hub
    cannot come back takes precedence over the totals, which are outdated then. `start_key` starts a hub that
    was stopped, if this screen has one."""
    hub = mirror.hub
    for long_health, long_sums in ((True, True), (True, False), (False, False)):
        health = [(" orch ", "title"), *_health(mirror, now, start_key, long=long_health)]
        sums = [] if hub is None else _sums(hub, _under_way(mirror), long=long_sums)
        gap = width - width_of(health) - width_of(sums) - 1
        if gap >= 2:
            return (*health, (" " * gap, ""), *sums, (" ", ""))
        if long_health and not long_sums and (mirror.failure or mirror.stopped):
            return row(health, [], width)
    head = fit_spans(health, max(width - width_of(sums) - 3, width // 2))
    return row((*head, ("  ", ""), *sums), [], width)


def _health(mirror: Mirror, now: float, start_key: str, *, long: bool) -> list[Span]:
    if mirror.away_since is not None and mirror.stopped:
        starts: list[Span] = [(" · ", "muted"), (start_key, "cursor"), (" starts it", "muted")]
        starts = starts if start_key else []
        return [("× ", "bad"), (f"hub stopped {age(now - mirror.away_since)} ago", "bad"), *starts]
    if mirror.away_since is not None:
        words: list[Span] = [("× ", "bad"), (f"hub unreachable for {age(now - mirror.away_since)}", "bad")]
        if failure := mirror.failure:
            why: list[Span] = [(" · ", "muted"), (clean(failure.why or failure.what), "text")]
        else:
            why = [(" · may be outdated", "muted")]
        return [*words, *why] if long else words
    if mirror.hub is None:
        return [("◌ ", "busy"), ("connecting…", "muted")]
    if mirror.hub.trouble:
        return [("◆ ", "trouble"), (clean(mirror.hub.trouble), "trouble")]
    if mirror.mail is not None and mirror.mail.trouble:
        return [("◆ ", "trouble"), (clean(f"mail: {mirror.mail.trouble}"), "trouble")]
    if mirror.hub.forges_away:
        said = "; ".join(away_words(each, now, short=not long) for each in mirror.hub.forges_away)
        return [("◆ ", "trouble"), (clean(said), "trouble")]
    return [("● ", "calm"), ("hub ok", "muted")]


def _under_way(mirror: Mirror) -> int:
    """How many runs of workflows have not ended."""
    return sum(run.ended_at is None for run in mirror.runs)


def _sums(hub: HubView, runs: int, *, long: bool) -> list[Span]:
    parts: list[list[Span]] = [
        [(f"{hub.sessions}/{hub.max_sessions}", "text"), (" sessions" if long else "", "muted")],
    ]
    if hub.queued:
        parts.append([(f"{hub.queued}", "busy"), (" queued" if long else "q", "muted")])
    if runs and long:
        parts.append([(f"{runs}", "text"), (" run" if runs == 1 else " runs", "muted")])
    if hub.waiting:
        words = (" needs you" if hub.waiting == 1 else " need you") if long else ""
        parts.append([(f"▲ {hub.waiting}{words}" if long else f"▲{hub.waiting}", "needs")])
    cost = money(hub.cost_today_usd) or "$0"
    parts.append([(cost, "text"), (" today" if long else "", "muted")])
    for name, used in (("5h", hub.five_hour_percent), ("7d", hub.seven_day_percent)):
        if used is not None:
            bar = f"{meter(used, 8)} " if long else ""
            parts.append([(f"{name} ", "muted"), (bar, strain(used)), (percent(used), strain(used))])
    gap = ("   " if long else "  ", "")
    return [span for number, part in enumerate(parts) for span in ([gap] if number else []) + part]


class HubBar(Lines):
    """Draws the header; asked to check again after each update and when a minute may have passed."""

    def show(self, mirror: Mirror, now: float, start_key: str = "") -> None:
        line = header_line(mirror, now, self.app.size.width, start_key)
        if (line,) == self.lines:
            return
        self.put(line)
        # Textual lets the topmost dialog alone repaint what is below it; one that this covers would keep
        # showing the old line.
        for covered in self.app.screen_stack[1:-1]:
            covered.refresh(self.region)
