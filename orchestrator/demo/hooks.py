"""Hooks: posted to a URL, or run as a command; a command may run beside the session, and wake it."""

import json
import os
from collections.abc import Callable
from typing import Any

from orchestrator.demo.children import run
from orchestrator.demo.http import post
from orchestrator.demo.loop import Loop

_COMMAND_ONLY = ("SessionStart", "Setup")
_BLOCKS = 2
"""The exit code by which a command hook objects; its reason is its output."""

NOTIFICATION = "<task-notification>"
"""How a prompt begins that the session gives itself."""


class Hooks:
    """Fires events at the hooks of the settings. `complain` gets the error of each that fails; `wake` gets
    the summary and the output of one that ran beside the session and exited with 2."""

    def __init__(
        self,
        loop: Loop,
        groups: dict[str, list[dict[str, Any]]],
        complain: Callable[[str], None],
        wake: Callable[[str, str], None],
    ) -> None:
        self._loop, self._groups, self._complain, self._wake = loop, groups, complain, wake

    async def fire(self, payload: dict[str, Any], subject: str = "") -> list[dict[str, Any]]:
        """The answers of all hooks whose matcher fits `subject`, such as a tool's name.

        A hook without an opinion, or one that fails, returns nothing.
        """
        event = payload["hook_event_name"]
        body = json.dumps(payload, ensure_ascii=False).encode()
        tasks = [
            self._loop.spawn(self._one(event, hook, body))
            for group in self._groups.get(event, ())
            if _fits(group.get("matcher", ""), subject)
            for hook in group.get("hooks", ())
        ]
        try:
            return [answer for task in tasks if (answer := await task.result)]
        finally:
            for task in tasks:
                task.cancel()

    async def _one(self, event: str, hook: dict[str, Any], body: bytes) -> dict[str, Any]:
        if hook.get("type") == "http" and event not in _COMMAND_ONLY:
            return await self._post(event, hook, body)
        if hook.get("type") == "command" and hook.get("asyncRewake"):
            self._loop.spawn(self._beside(hook, body))
            return {}
        if hook.get("type") == "command":
            return await self._run(event, hook, body)
        return {}

    async def _beside(self, hook: dict[str, Any], body: bytes) -> None:
        code, said = await run(self._loop, ["/bin/sh", "-c", hook["command"]], body)
        if code == _BLOCKS:
            words = f"{hook.get('rewakeMessage', 'Stop hook blocking error:')} {said.strip()}"
            self._wake(hook.get("rewakeSummary", "Stop hook feedback"), words)

    async def _post(self, event: str, hook: dict[str, Any], body: bytes) -> dict[str, Any]:
        allowed = hook.get("allowedEnvVars", ())
        headers = {name: _with_variables(value, allowed) for name, value in hook.get("headers", {}).items()}
        try:
            status, said = await post(self._loop, hook["url"], headers, body, float(hook.get("timeout", 600)))
        except OSError as error:
            self._complain(f"{event} hook error: {error}")
            return {}
        if not 200 <= status < 300:
            self._complain(f"{event} hook error: HTTP {status}")
            return {}
        return self._answer(event, said.decode(errors="replace"))

    async def _run(self, event: str, hook: dict[str, Any], body: bytes) -> dict[str, Any]:
        code, said = await run(self._loop, ["/bin/sh", "-c", hook["command"]], body)
        if code == _BLOCKS:
            return {"decision": "block", "reason": said.strip()}
        if code:
            self._complain(f"{event} hook error: exit code {code}")
            return {}
        return self._answer(event, said) if said.lstrip().startswith("{") else {}

    def _answer(self, event: str, said: str) -> dict[str, Any]:
        if not said.strip():
            return {}
        try:
            answer = json.loads(said)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            self._complain(f"{event} hook error: the answer is not a JSON object")
            return {}
        return answer


def _with_variables(text: str, allowed: list[str]) -> str:
    for name in allowed:
        value = os.environ.get(name, "")
        text = text.replace(f"${{{name}}}", value).replace(f"${name}", value)
    return text


def _fits(matcher: str, subject: str) -> bool:
    if matcher in ("", "*"):
        return True
    import re  # few sessions have matchers

    return re.fullmatch(matcher, subject) is not None
