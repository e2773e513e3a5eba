"""A HOME and an environment for the real `claude`: as on a fresh machine, with a test's own API."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

API_KEY = "sk-ant-fake-0123456789-abcdefghijklmnopqrstuvwxyz"
_REPO = Path(__file__).parents[2]


def find_claude() -> Path | None:
    """`ORCH_TEST_CLAUDE`, else the one that CI installed below the repo, else the one on PATH."""
    if given := os.environ.get("ORCH_TEST_CLAUDE"):
        return Path(given).absolute()
    installed = _REPO / ".cache/claude/node_modules/.bin/claude"
    if installed.exists():
        return installed
    found = shutil.which("claude")
    return Path(found) if found else None


def claude_of(age: str) -> Path:
    """The `oldest` version that is supported, or the `newest` that there is: CI names both in
    `ORCH_TEST_CLAUDE_OLDEST` and `ORCH_TEST_CLAUDE_NEWEST`. Skips the test where it is not there; without a
    newest one, the one of all tests serves."""
    if given := os.environ.get(f"ORCH_TEST_CLAUDE_{age.upper()}"):
        return Path(given).absolute()
    found = find_claude() if age == "newest" else None
    if found is None:
        pytest.skip(f"no {age} claude: name one in ORCH_TEST_CLAUDE_{age.upper()}")
    return found


@dataclass(frozen=True, slots=True)
class ClaudeHome:
    """A user's home of a test's own, below `root`, past the onboarding and with the API key approved."""

    root: Path

    @classmethod
    def make(
        cls, root: Path, *, trusted: tuple[Path, ...] = (), key_approved: bool = True, onboarded: bool = True
    ) -> "ClaudeHome":
        """`trusted` are main repo roots whose trust dialog counts as accepted."""
        home = cls(root)
        home.config_dir.mkdir(parents=True)
        config: dict[str, Any] = {
            "projects": {str(path.resolve()): {"hasTrustDialogAccepted": True} for path in trusted}
        }
        if onboarded:
            config |= {"hasCompletedOnboarding": True, "theme": "dark"}
        if key_approved:
            config["customApiKeyResponses"] = {"approved": [API_KEY[-20:]], "rejected": []}
        (root / ".claude.json").write_text(json.dumps(config))
        return home

    @property
    def config_dir(self) -> Path:
        return self.root / ".claude"

    def settings(self, said: Mapping[str, Any]) -> None:
        """Writes the user's own settings.json."""
        (self.config_dir / "settings.json").write_text(json.dumps(said))

    def environment(self, api_url: str, **extra: str) -> dict[str, str]:
        """All that claude gets to see; nothing of the machine's own but PATH."""
        return {
            "HOME": str(self.root),
            "PATH": os.environ["PATH"],
            "SHELL": "/bin/sh",
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "ANTHROPIC_BASE_URL": api_url,
            "ANTHROPIC_API_KEY": API_KEY,
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_AUTOUPDATER": "1",
            "DISABLE_TELEMETRY": "1",
            "DISABLE_ERROR_REPORTING": "1",
            **extra,
        }
