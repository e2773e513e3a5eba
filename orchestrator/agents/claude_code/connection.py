"""Settings that keep a session's reports from reaching the hub, or the hub's tools from reaching the session.

They are read, never edited. Probed on 2.1.197 and 2.1.332: each of these silently drops http hooks or the MCP
server.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from orchestrator.agents.agent import ConnectionProblems
from orchestrator.agents.claude_code import proxies
from orchestrator.agents.claude_code.settings import MCP_SERVER
from orchestrator.agents.claude_code.settings_files import holding, read

_DARWIN = os.uname().sysname == "Darwin"
MANAGED = Path("/Library/Application Support/ClaudeCode" if _DARWIN else "/etc/claude-code")
_OURS = (f"mcp__{MCP_SERVER}", f"mcp__{MCP_SERVER}__*", "mcp__*")


def examine(
    config_dir: Path,
    project: Path,
    main: Path | None = None,
    own: Mapping[str, Any] | None = None,
    env: Mapping[str, str] | None = None,
    *,
    managed: Path = MANAGED,
) -> ConnectionProblems:
    """Checks the settings that apply in `project` (whose main worktree is `main`), and those that the user's
    `own` command names. `env` is the environment of the session as its start has set it."""
    said = [(str(file), each) for file, each in holding(config_dir, project, main)]
    said.append(("agent.command's --settings", dict(own or {})))
    above = [(str(file), read(file)) for file in _managed(managed)]
    hooks = [*_hooks([*said, *above]), *_managed_hooks(above), *_proxy(said, above, env)]
    tools = [*_tools([*said, *above]), *_managed_tools(above, managed)]
    return ConnectionProblems(tuple(dict.fromkeys(hooks)), tuple(dict.fromkeys(tools)))


_Said = Sequence[tuple[str, Mapping[str, Any]]]


def _managed(folder: Path) -> list[Path]:
    return [folder / "managed-settings.json", *sorted((folder / "managed-settings.d").glob("*.json"))]


def _hooks(said: _Said) -> Iterator[str]:
    for file, each in said:
        if each.get("disableAllHooks") is True:
            yield f"disableAllHooks in {file}"
    for key, fits, what in (
        ("allowedHttpHookUrls", _allows_url, "does not allow http://127.0.0.1"),
        ("httpHookAllowedEnvVars", lambda each: each == "ORCH_TOKEN", "does not allow ORCH_TOKEN"),
    ):
        lists = [(file, each[key]) for file, each in said if isinstance(each.get(key), list)]
        if lists and not any(fits(entry) for _, entries in lists for entry in entries):
            yield f"{key} in {lists[-1][0]} {what}"


def _managed_hooks(above: _Said) -> Iterator[str]:
    for file, each in above:
        if each.get("allowManagedHooksOnly") is True:
            yield f"allowManagedHooksOnly in {file}"


def _proxy(said: _Said, above: _Said, env: Mapping[str, str] | None) -> Iterator[str]:
    """A session is told to bypass proxies to reach the hub; a wrapper or an administrator may override it."""
    seen, where = dict(proxies.PAST_ALL if env is None else env), "its environment"
    past: dict[str, str] = {}
    for file, each in said:
        where = file if proxies.said_in(each, proxies.PROXIES) else where
        seen |= proxies.said_in(each, proxies.PROXIES)
        past |= proxies.said_in(each)
    seen |= proxies.direct(past)
    for file, each in above:
        found = proxies.said_in(each, (*proxies.PROXIES, *proxies.NAMES))
        where = file if found else where
        seen |= found
    if name := proxies.in_the_way(seen):
        yield f"{name} in {where}, without 127.0.0.1 in NO_PROXY"


def _tools(said: _Said) -> Iterator[str]:
    for file, each in said:
        rules = each.get("permissions")
        denied = rules.get("deny") if isinstance(rules, Mapping) else None
        for rule in denied if isinstance(denied, list) else ():
            if isinstance(rule, str) and rule.partition("(")[0] in _OURS:
                yield f"permissions.deny {rule!r} in {file}"
        if any(_names(entry) for entry in _list(each, "deniedMcpServers")):
            yield f"deniedMcpServers in {file}"


def _managed_tools(above: _Said, folder: Path) -> Iterator[str]:
    for file, each in above:
        allowed = each.get("allowedMcpServers")
        if isinstance(allowed, list) and not any(_names(entry) for entry in allowed):
            yield f"allowedMcpServers in {file}"
    if (folder / "managed-mcp.json").exists():
        yield f"{folder / 'managed-mcp.json'} allows only its own MCP servers"


def _list(said: Mapping[str, Any], key: str) -> list[Any]:
    found = said.get(key)
    return found if isinstance(found, list) else []


def _names(entry: object) -> bool:
    """Whether an entry of a list of MCP servers matches the hub's."""
    if not isinstance(entry, Mapping):
        return False
    url = entry.get("serverUrl")
    return entry.get("serverName") == MCP_SERVER or (isinstance(url, str) and _allows_url(url))


def _allows_url(pattern: object) -> bool:
    return isinstance(pattern, str) and any(
        fnmatchcase(f"http://127.0.0.1:1{path}", pattern.replace(":*", ":1"))
        for path in ("", "/hooks", "/mcp")
    )
