"""The conversation on disk, one JSON object per line, at `projects/<folder>/<session>.jsonl`."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from orchestrator.demo.ids import new_id, new_token


def path(config_dir: Path, session_id: str) -> Path:
    """The path of the session's transcript, also before it exists."""
    folder = "".join(c if c.isascii() and c.isalnum() else "-" for c in str(Path.cwd()))
    return config_dir / "projects" / folder / f"{session_id}.jsonl"


class Transcript:
    """Written at each message; the file is created with the first. `hear` also gets each entry."""

    def __init__(
        self,
        config_dir: Path,
        session_id: str,
        version: str,
        hear: Callable[[dict[str, Any]], None] = lambda _: None,
    ) -> None:
        self.path = path(config_dir, session_id)
        self._session_id, self._version, self._hear = session_id, version, hear
        self._parent: str | None = None

    def user(self, text: str) -> None:
        """A prompt of the user; prompts from a hook are `feedback`."""
        self._write("user", {"role": "user", "content": text})

    def feedback(self, text: str) -> None:
        """The reason of a Stop hook, with which the turn continues."""
        self._write("user", {"role": "user", "content": f"Stop hook feedback:\n{text}"}, isMeta=True)

    def assistant(
        self, content: list[dict[str, Any]], model: str, usage: dict[str, int], error: str = ""
    ) -> None:
        """With `error` it is not the model's text, but the API's failure."""
        self._write(
            "assistant",
            {
                "id": f"msg_demo_{new_token(16)}",
                "type": "message",
                "role": "assistant",
                "model": model,
                "content": content,
                "usage": usage,
            },
            **({"isApiErrorMessage": True, "error": error} if error else {}),
        )

    def result(self, tool_use_id: str, output: str, *, failed: bool = False) -> None:
        """The answer to the tool call with that id, as the model reads it."""
        said = {"type": "tool_result", "tool_use_id": tool_use_id, "content": output, "is_error": failed}
        self._write("user", {"role": "user", "content": [said]})

    def interrupted(self, *, in_tool: bool) -> None:
        """The entry that Claude Code writes for Esc; `in_tool` while a call was open."""
        words = "[Request interrupted by user for tool use]" if in_tool else "[Request interrupted by user]"
        self._write("user", {"role": "user", "content": [{"type": "text", "text": words}]})

    def _write(self, kind: str, message: dict[str, Any], **more: Any) -> None:
        now = time.time()
        this = new_id()
        entry = {
            "parentUuid": self._parent,
            "isSidechain": False,
            "userType": "external",
            "cwd": str(Path.cwd()),
            "sessionId": self._session_id,
            "version": self._version,
            "type": kind,
            "message": message,
            "uuid": this,
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
            + f".{int(now * 1000) % 1000:03d}Z",
            **more,
        }
        self._parent = this
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self._hear(entry)
