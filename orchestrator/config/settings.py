"""Every setting, with its default and description."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from orchestrator.actions import ACTIONS, BY_ID, RENAMED, may_share, pane
from orchestrator.config.agents import Agent, each_may_be_an_agent
from orchestrator.config.answering import Nudges, RuleSettings, each_has_its_own_name
from orchestrator.config.base import Table, UnfitValueError, nearest
from orchestrator.config.filters import each_can_be_used
from orchestrator.config.forges import ForgeSettings, each_is_a_forge
from orchestrator.config.gates import Gates
from orchestrator.config.github import GitHubSettings
from orchestrator.config.hosts import HostSettings, each_has_a_fit_name
from orchestrator.config.landing import Landing
from orchestrator.config.notify import Notify
from orchestrator.config.overlaps import Overlaps
from orchestrator.config.phone import Phone
from orchestrator.config.problems import ConfigError, Problem
from orchestrator.config.retention import Retention
from orchestrator.config.session_rights import Sessions
from orchestrator.config.trust import Trust
from orchestrator.config.values import (
    Duration,
    Patterns,
    ShellCommands,
    TmuxKey,
    Variables,
    seconds,
    variables,
)
from orchestrator.core.forge.choosing import Configured
from orchestrator.core.model import DEFAULT_AGENT
from orchestrator.core.text.placeholders import placeholders

_LONGEST_TEMPLATE = 500


def _placeholders(template: str, valid: list[str]) -> str:
    if len(template) > _LONGEST_TEMPLATE or not template.isprintable():
        raise UnfitValueError(f"one line of text, at most {_LONGEST_TEMPLATE} characters long")
    found = placeholders(template)
    if found is None:
        raise UnfitValueError("text with balanced braces")
    for name in found:
        if name not in valid:
            known = ", ".join(f"{{{each}}}" for each in valid)
            near = nearest(name, valid) or next((each for each in valid if name.startswith(each)), "")
            raise UnfitValueError(f"text with no placeholders but {known}", near and f"{{{near}}}")
    if "slug" not in found:
        raise UnfitValueError("text that contains {slug}, so that each card has its own")
    return template


def _folder(template: str) -> str:
    _placeholders(template, ["parent", "repo", "slug", "home"])
    if not template.startswith(("/", "~/", "{parent}/", "{home}/")):
        raise UnfitValueError("a path that starts with /, ~/, {parent}/ or {home}/")
    return template


def _branch(template: str) -> str:
    return _placeholders(template, ["slug"])


BINDABLE = [action.id for action in ACTIONS if action.on_screen]
"""The actions that can be bound to a key of the board."""


def _keys(given: object) -> Any:
    given = variables(given) if isinstance(given, str) else given
    if not isinstance(given, dict):
        raise UnfitValueError("a table of action ids and keys")
    given = {RENAMED.get(str(action), str(action)): keys for action, keys in given.items()}
    taken = {
        (pane(action.id), key): action.id
        for action in ACTIONS
        if action.id not in given
        for key in action.key.split(",")
        if key
    }
    for action, keys in given.items():
        if action not in BINDABLE:
            said = "a command, not an action of the board" if action in BY_ID else "unknown"
            raise UnfitValueError(f"the id of a board action ({said})", nearest(action, BINDABLE), action)
        if not isinstance(keys, str) or not all(key.strip() == key != "" for key in keys.split(",")):
            raise UnfitValueError(
                'one key, or several separated by commas, such as "ctrl+n" or "H,shift+left"', "", action
            )
        for key in keys.split(","):
            other = taken.get((pane(action), key))
            if other and not may_share(action, other):
                raise UnfitValueError(f"an unused key; {key} belongs to {other}", "", action)
            taken[pane(action), key] = action
    return given


class WorktreeSettings(Table):
    """The git worktree that each card gets."""

    folder: Annotated[str, AfterValidator(_folder)] = Field(
        default="{parent}/{repo}-orch/{slug}",
        description="The path of a card's worktree. {parent} is the directory that contains the "
        "repository,\n"
        "{repo} the repository's name, {slug} the card's, {home} your home directory.",
    )
    branch: Annotated[str, AfterValidator(_branch)] = Field(
        default="orch/{slug}", description="A card's branch name; {slug} is the card's short name."
    )
    base: str = Field(default="", description="The base of new branches; empty means the default branch.")
    copy_: Patterns = Field(
        default=(),
        alias="copy",
        description="Ignored files to copy from the main worktree into each new one,\n"
        'as patterns: [".env*"].',
    )
    setup: ShellCommands = Field(
        default=(),
        description="Shell commands that prepare a new worktree before its session starts,\n"
        'a string or a list: "npm ci".',
    )
    setup_timeout: Duration = Field(default=600.0, description="Time limit for the set-up.")
    rebuildable: Patterns = Field(
        default=(),
        description="Ignored files that can be rebuilt, in addition to node_modules, target, .venv and\n"
        'other well-known ones: neither reported as lost nor rescued. ["data/cache/", "*.tmp"].',
    )
    rescue_limit_mb: int = Field(
        default=1024,
        ge=0,
        description="Maximum MiB of ignored files in a rescue; a larger rescue is refused.",
    )


class Tmux(Table):
    """The windows in which sessions run."""

    back_key: TmuxKey = Field(
        default="F12",
        description="The tmux key that returns from an attached session to the board.",
    )
    next_key: TmuxKey = Field(
        default="F11",
        description="The tmux key that goes from an attached session to the next card that needs you.",
    )
    mouse: bool = Field(default=True, description="Whether attached sessions use the mouse.")
    width: int = Field(default=200, ge=80, le=1000, description="Columns of a window without a client.")
    height: int = Field(default=50, ge=24, le=500, description="Rows of a window without a client.")

    @model_validator(mode="after")
    def _two_keys(self) -> "Tmux":
        if self.back_key == self.next_key:
            given, other = sorted(
                ("back_key", "next_key"), key=lambda name: name not in self.model_fields_set
            )
            raise UnfitValueError(f"a key other than {other}", "", given)
        return self


class Hub(Table):
    """The process that watches the sessions."""

    sweep_every: Duration = Field(default=2.0, description="How often all windows are checked.")
    port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="The TCP port on 127.0.0.1 for the sessions' hooks and tools; 0 chooses a free one "
        "once\n"
        "and keeps it.",
    )


class Mail(Table):
    """The mail between sessions."""

    store: str = Field(
        default="",
        description="Where mail is stored: empty for SQLite in the state directory, or the address of a\n"
        "Redis server (redis://, rediss://, unix://) that several hubs share.",
    )
    name: str = Field(
        default="orch",
        description="The prefix of all keys in a shared store: hubs with the same name share mail.",
    )
    durability: Literal["strict", "normal"] = Field(
        default="strict",
        description="strict: Redis has written a message to disk before the send returns (WAITAOF).",
    )
    when_away: Literal["refuse", "queue"] = Field(
        default="refuse",
        description="While the shared store is unreachable: refuse sends, or queue them locally.",
    )
    away_after: Duration = Field(
        default=5.0, description="How long a send waits for a shared store that does not respond."
    )
    cards: int = Field(
        default=0,
        ge=0,
        le=100,
        description="How many cards a session may open without approval.",
    )
    kept_for: Duration = Field(
        default=86_400.0,
        description="How long mail to a name without a session is kept.",
    )
    receivers: Variables = Field(
        default_factory=dict,
        description='Who reads mail to a name without a session: {"review-queue" = "reviewer"}.',
    )


_PLACES: ContextVar[Sequence[PydanticBaseSettingsSource]] = ContextVar("places", default=())


@contextmanager
def taken_from(places: Sequence[PydanticBaseSettingsSource]) -> Iterator[None]:
    """Within this, `Config()` reads these places, each before those behind it; otherwise only the
    defaults."""
    before = _PLACES.set(places)
    try:
        yield
    finally:
        _PLACES.reset(before)


class Config(BaseSettings):
    """The whole configuration. `Config()` has the defaults alone; `load` reads every place."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="ORCH_", env_nested_delimiter="__", enable_decoding=False
    )

    max_sessions: int = Field(
        default=30,
        ge=1,
        le=1000,
        description="Maximum number of running sessions; further cards wait to start.",
    )
    session_memory_mb: int = Field(
        default=300,
        ge=0,
        description="Free memory in MB required to start another session; 0 disables the check.",
    )
    stall_after: Duration = Field(
        default=300.0,
        description="How long a working session may show no activity before it counts as stalled.",
    )
    stall_after_tool: Duration = Field(
        default=900.0, description="The same while one of its tools is running."
    )
    default_agent: str = Field(
        default=DEFAULT_AGENT,
        description="The agent of new cards that name none: claude, which is [agent], or a name of [agents].",
    )
    agent: Agent = Agent()
    agents: Annotated[dict[str, Agent], AfterValidator(each_may_be_an_agent)] = Field(
        default_factory=dict,
        description="More agent programs, each a table with the keys of [agent] by the name with which a\n"
        "card or a stage asks for it; [agents.claude] is another way to write [agent].",
    )
    worktree: WorktreeSettings = WorktreeSettings()
    landing: Landing = Landing()
    overlaps: Overlaps = Overlaps()
    github: GitHubSettings = GitHubSettings()
    forges: Annotated[dict[str, ForgeSettings], AfterValidator(each_is_a_forge)] = Field(
        default_factory=dict,
        description="More forges and accounts, each a table with the keys of [github], used for\n"
        "repositories whose remote leads to its host.",
    )
    tmux: Tmux = Tmux()
    keys: Annotated[dict[str, str], BeforeValidator(_keys)] = Field(
        default_factory=dict,
        description="Key bindings of the board: action ids with their keys.\n"
        'Quote ids that contain a dot: "move.left" = "ctrl+h".',
    )
    filters: Annotated[dict[str, str], BeforeValidator(each_can_be_used)] = Field(
        default_factory=dict,
        description="Saved filters of the board: names with what they select. The keys 1 to 9 of the board\n"
        "choose the first nine, in this order.",
    )
    hub: Hub = Hub()
    mail: Mail = Mail()
    sessions: Sessions = Sessions()
    gates: Gates = Gates()
    trust: Trust = Trust()
    retention: Retention = Retention()
    notify: Notify = Notify()
    phone: Phone = Phone()
    nudges: Nudges = Nudges()
    hosts: Annotated[dict[str, HostSettings], AfterValidator(each_has_a_fit_name)] = Field(
        default_factory=dict,
        description="Machines on which workflow stages can run, one table per name used in where.",
    )
    rules: Annotated[tuple[RuleSettings, ...], AfterValidator(each_has_its_own_name)] = Field(
        default=(),
        description="Rules that answer requests automatically; none by default.\n"
        "The first matching rule answers; a matching deny overrides every allow.",
    )

    @model_validator(mode="after")
    def _agent_is_known(self) -> "Config":
        if self.default_agent not in self.agent_names:
            known = list(self.agent_names)
            near = nearest(self.default_agent, known)
            raise UnfitValueError(f"one of {', '.join(known)}", near, "default_agent")
        return self

    @property
    def all_forges(self) -> dict[str, GitHubSettings]:
        """The tables of all forges by their names, `github` last: the others are more special."""
        return {**{f"forges.{name}": each for name, each in self.forges.items()}, "github": self.github}

    @property
    def configured_forges(self) -> tuple[Configured, ...]:
        """What of them says where they are, in the same order."""
        return tuple(
            Configured(
                name,
                each.kind if isinstance(each, ForgeSettings) else "github",
                each.base_url,
                each.token_command,
                each.token_file,
                each.remote,
                each.repository,
                each.owners if isinstance(each, ForgeSettings) else (),
            )
            for name, each in self.all_forges.items()
        )

    @property
    def agent_names(self) -> tuple[str, ...]:
        """The names of all agents that there are, that of `[agent]` first."""
        return (DEFAULT_AGENT, *self.agents)

    def sets_agent(self, name: str) -> bool:
        """Whether anybody has configured that agent; `[agent]` is there in any case."""
        return name in self.agents or (name == DEFAULT_AGENT and "agent" in self.model_fields_set)

    def agent_named(self, name: str) -> Agent:
        """The settings of that agent. Raises `ConfigError` where there is none of that name."""
        if name == DEFAULT_AGENT:
            return self.agent
        if name not in self.agents:
            known = ", ".join(self.agent_names)
            raise ConfigError([Problem("agents", said=f"has no {name!r}; there is {known}")])
        return self.agents[name]

    @classmethod
    def settings_customise_sources(  # type: ignore[override]  # the others come by name and are not asked
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 (as above)
        init_settings: PydanticBaseSettingsSource,
        **_others: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The arguments, then the places of `taken_from`, strongest first."""
        return (init_settings, *_PLACES.get())


def _fields() -> Iterator[tuple[str, FieldInfo]]:
    for name, field in Config.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, Table):
            yield from ((f"{name}.{inner.alias or key}", inner) for key, inner in kind.model_fields.items())
        else:
            yield name, field


FIELDS = dict(_fields())
"""Every setting by its dotted key, in the order of the file; the table `keys` is one of them."""

KEYS = list(FIELDS)

DURATION_KEYS = {
    key
    for key, field in FIELDS.items()
    if any(isinstance(each, BeforeValidator) and each.func is seconds for each in field.metadata)
}

REPO_KEYS = [
    *(key for key in KEYS if key.startswith("worktree.")),
    "landing.check",
    "landing.check_timeout",
    "agent.model",
    "agent.permission_mode",
]
"""The settings that a repository's `.orch.toml` may contain."""
