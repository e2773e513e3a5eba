"""The checks of `orch doctor`: every finding with its fix. They change nothing and start no hub."""

from collections.abc import Iterator
from pathlib import Path

from orchestrator.agents.finding import Finding
from orchestrator.config import Config, ConfigError, load
from orchestrator.doctor import (
    forge,
    kept,
    left_over,
    machine,
    notifications,
    phone,
    programs,
    state,
    tmux_conf,
)
from orchestrator.paths import Home, user_config
from orchestrator.repository import root_above

__all__ = ["Finding", "examine"]


def examine() -> list[Finding]:
    """All findings, in the order in which to fix them."""
    return list(_examine(Home.from_environment()))


def _examine(home: Home) -> Iterator[Finding]:
    here = _repository()
    config, wrong = _config(here)
    cards = state.cards(home)
    running = sum(1 for card in cards or () if card.pid)
    yield from programs.python()
    yield from programs.tmux()
    yield from programs.git()
    for name in config.agent_names:
        said = config.agent_named(name)
        if name in (config.default_agent, *(card.agent for card in cards or ())) or config.sets_agent(name):
            yield from programs.agent(name, said.kind, said.command, said.env)
    yield from wrong
    yield from state.directory(home)
    yield from state.hub(home)
    yield from state.tmux_server(home)
    yield from tmux_conf.keys({"tmux.back_key": config.tmux.back_key, "tmux.next_key": config.tmux.next_key})
    yield from left_over.worktrees(cards, here)
    yield from forge.forges(config, here)
    yield from phone.phone(config.phone, home)
    yield from notifications.notifications(config.notify, home)
    yield from state.disk(home)
    yield from kept.kept(home)
    yield from machine.memory(config.max_sessions, config.session_memory_mb, running)
    yield from machine.log_out()
    yield from machine.terminal()


def _repository() -> Path | None:
    return root_above(Path.cwd())


def _config(repo: Path | None) -> tuple[Config, list[Finding]]:
    """The configuration here, or the defaults and its errors."""
    file = user_config()
    try:
        config = load(repo)
    except ConfigError as error:
        fix = "Fix it there. All settings are explained in: orch config schema"
        return Config(), [Finding("configuration", "fail", str(each), fix) for each in error.problems]
    what = f"{file} is valid" if file.exists() else f"valid; there is no {file}"
    return config, [Finding("configuration", "ok", what)]
