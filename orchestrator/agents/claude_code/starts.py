"""How Claude Code is started, with what its own settings say taken into account."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from orchestrator.agents.agent import LaunchRecord
from orchestrator.agents.claude_code import began, headless, launch, meters, permission_modes, proxies
from orchestrator.agents.claude_code.settings import MARKS, MCP_SERVER
from orchestrator.agents.claude_code.settings_files import holding
from orchestrator.agents.launch_file import LaunchSpec
from orchestrator.core.sessions.signals import MetersSaid, Signal


@dataclass(frozen=True, slots=True)
class Starts:
    config_dir: Path

    @property
    def takes_model(self) -> bool:
        return True

    @property
    def confirms_prompts(self) -> bool:
        return True

    @property
    def session_variables(self) -> tuple[str, ...]:
        return MARKS

    def in_window(self, folder: Path, spec: LaunchSpec) -> Path:
        line = launch.user_status_line(self.config_dir, spec.cwd, spec.repo)
        return launch.prepare(folder, replace(spec, user_status_line=line, no_proxy=self._no_proxy(spec)))

    def in_background(self, folder: Path, spec: LaunchSpec, *, seen_as: Path | None = None) -> Path:
        past = {} if seen_as else self._no_proxy(spec)
        tool = self.tool_name(spec.permission_tool) if spec.permission_tool else ""
        return headless.prepare(folder, replace(spec, no_proxy=past), tool, seen_as=seen_as)

    def read(self, argv: Sequence[str]) -> LaunchRecord:
        said = dict(pairwise(argv))
        return LaunchRecord(
            conversation=said.get("--resume", "") or said.get("--session-id", ""),
            slug=said.get("--name", ""),
            model=said.get("--model", ""),
            permission_mode=said.get("--permission-mode", ""),
        )

    def allows_more(self, mode: str, than: str) -> bool:
        return permission_modes.wider(mode, than)

    def tool_name(self, name: str) -> str:
        return f"mcp__{MCP_SERVER}__{name}"

    def reports(self) -> Mapping[str, Callable[[Path], Signal | None]]:
        return {began.FILE: lambda file: began.read(file.parent), "statusline.json": _meters}

    def install(self, program: str) -> str:
        if Path(program).name == "claude":
            return "Install Claude Code: npm install -g @anthropic-ai/claude-code"
        return "Install it"

    def _no_proxy(self, spec: LaunchSpec) -> dict[str, str]:
        said: dict[str, str] = {}
        for _, each in holding(self.config_dir, Path(spec.cwd), Path(spec.repo) if spec.repo else None):
            said |= proxies.said_in(each)
        return said


def _meters(file: Path) -> MetersSaid:
    return meters.parse(json.loads(file.read_bytes()), file.stat().st_mtime)
