"""What the session has used, and the status line command that reports it."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from orchestrator.demo.children import run
from orchestrator.demo.loop import Loop
from orchestrator.demo.steps import Figures

_DEBOUNCE = 0.3
_WINDOW = 200_000
_FIVE_HOURS, _SEVEN_DAYS = 5 * 3600, 7 * 86_400

COST, CONTEXT = 0.012, 0.6
"""What one call of the model costs, in US dollars and in percent of the context."""


class StatusLine:
    """Keeps the figures; `touch` schedules the command, and `show` gets its first line of output."""

    def __init__(self, loop: Loop, command: str, show: Callable[[str], None]) -> None:
        self._loop, self._command, self._show = loop, command, show
        self._started = time.monotonic()
        self._due = False
        self._figures: dict[str, float] = {}
        self._common: dict[str, Any] = {}
        self.cost_usd = 0.0
        self.context = 8.0
        """Percent of the context window."""

    def identify(self, session_id: str, transcript: Path, model: str, version: str, name: str) -> None:
        """The reporting session, from now on."""
        here = str(Path.cwd())
        self._common = {
            "session_id": session_id,
            "transcript_path": str(transcript),
            "cwd": here,
            **({"session_name": name} if name else {}),
            "model": {"id": model, "display_name": model.removeprefix("claude-").split("-")[0].title()},
            "workspace": {"current_dir": here, "project_dir": here, "added_dirs": []},
            "version": version,
            "output_style": {"name": "default"},
        }

    def use(self, cost_usd: float, context: float) -> None:
        """Adds the cost of one call of the model."""
        self.cost_usd += cost_usd
        self.context = min(95.0, self.context + context)
        self.touch()

    def set(self, figures: Figures) -> None:
        """Replaces the figures that are not `None`; percentages, and US dollars."""
        self.cost_usd = self.cost_usd if figures.cost_usd is None else figures.cost_usd
        self.context = self.context if figures.context is None else figures.context
        for name, value in (("five_hour", figures.five_hour), ("seven_day", figures.seven_day)):
            if value is not None:
                self._figures[name] = value
        self.touch()

    def touch(self) -> None:
        """Runs the command 300 ms later, once for all calls until then; nothing if none is configured."""
        if self._command and not self._due:
            self._due = True
            self._loop.later(_DEBOUNCE, lambda: self._loop.spawn(self._report()))

    async def _report(self) -> None:
        self._due = False
        _, said = await run(
            self._loop, ["/bin/sh", "-c", self._command], json.dumps(self._payload()).encode()
        )
        self._show(said.partition("\n")[0])

    def _payload(self) -> dict[str, Any]:
        now = time.time()
        resets = {"five_hour": _FIVE_HOURS, "seven_day": _SEVEN_DAYS}
        tokens = int(self.context / 100 * _WINDOW)
        took = int((time.monotonic() - self._started) * 1000)
        limits = {
            name: {"used_percentage": used, "resets_at": int(now // resets[name] + 1) * resets[name]}
            for name, used in self._figures.items()
        }
        return {
            **self._common,
            "cost": {
                "total_cost_usd": round(self.cost_usd, 4),
                "total_duration_ms": took,
                "total_api_duration_ms": took // 2,
                "total_lines_added": 0,
                "total_lines_removed": 0,
            },
            "context_window": {
                "total_input_tokens": tokens,
                "total_output_tokens": 400,
                "context_window_size": _WINDOW,
                "used_percentage": round(self.context),
                "remaining_percentage": 100 - round(self.context),
            },
            "exceeds_200k_tokens": False,
            **({"rate_limits": limits} if limits else {}),
        }
