"""The pages on states, keys and configuration, made from the tables that the program itself uses."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic.fields import FieldInfo

from orchestrator.actions import ACTIONS, Action, pane
from orchestrator.config import (
    IN_THE_FILE_ALONE,
    Config,
    ForgeSettings,
    GitHubSettings,
    HostSettings,
    RuleSettings,
    variable,
    written,
)
from orchestrator.config.settings import FIELDS, REPO_KEYS
from orchestrator.core.model import Column
from orchestrator.core.sessions.states import STATES
from orchestrator.core.sessions.transitions import TABLE

_KEY_NAMES = {
    "slash": "/", "question_mark": "?", "left": "←", "right": "→", "up": "↑", "down": "↓",
    "left_square_bracket": "[", "right_square_bracket": "]", "less_than_sign": "<", "greater_than_sign": ">",
    "number_sign": "#", "asterisk": "*", "plus": "+", "minus": "-",
}  # fmt: skip


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(_cell(each) for each in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("\n", " ").replace("|", "\\|")


# --- states ---------------------------------------------------------------------------------------


def states() -> str:
    rows = [(str(number), f"`{row.status}`", row.when) for number, row in enumerate(TABLE, 1)]
    columns = [(f"`{status}`", _title(row.column)) for status, row in STATES.items()]
    return f"""# The states of a session

All sources (tmux, the agent's registry, its hooks, its status line, the pane's text) are reduced to a
small set of facts. The first matching row of this table gives the state; rows are in
order of reliability. The table is `TABLE` in `orchestrator/core/sessions/transitions.py`.

{table(("", "state", "when"), rows)}
A card whose session could not be checked keeps its last state, marked as unconfirmed with its age.
`orch show CARD --evidence` prints what each source reported and when.

## Columns

A card's column is derived from its session's state, in `orchestrator/core/board/columns.py`.

{table(("state", "column"), columns)}
In addition: cards that were never started, or were shelved, are in {_title(Column.BACKLOG)};
cards that are waiting to start, or starting, in {_title(Column.IN_PROGRESS)}; cards on hold
or failed in {_title(Column.BLOCKED)}, with the reason; cards that you have finished in
{_title(Column.DONE)}. A card whose session ended unexpectedly is in {_title(Column.BLOCKED)}.
"""


def _default(setting: FieldInfo) -> Any:
    return setting.get_default(call_default_factory=True)


def _title(column: Column) -> str:
    return column.replace("_", " ").title()


# --- keys -----------------------------------------------------------------------------------------


def keys() -> str:
    bound = [action for action in ACTIONS if action.on_screen]
    board, queue, runs, mail, review, issues = (
        [_row(action) for action in bound if pane(action.id) == name]
        for name in ("board", "queue", "runs", "mail", "review", "issues")
    )
    tmux = Config().tmux
    attached = [
        (f"`{tmux.back_key}`", "Return to the board, to the card viewed last."),
        (f"`{tmux.next_key}`", "Go to the next card that needs you."),
    ]
    return f"""# Keys

On the board. `?` shows the same list with your own key bindings; `ctrl+p` finds an action by name.

{table(("action", "keys", "what it does"), board)}
Keys are handled in order, also on a slow connection: each key until the previous one has taken effect
and the hub has answered, for a second at most. Text pasted outside a field is
ignored, and so are more than ten commands at once from a terminal without bracketed paste.

In the [queue](needs-you.md), where these take precedence over the board's keys:

{table(("action", "keys", "what it does"), queue)}
In the [Runs view](runs.md), where `pane.next`, `pane.up`, `pane.down` and `pane.close`
work too, and these take precedence over the board's keys:

{table(("action", "keys", "what it does"), runs)}
In the [mailboxes](mail.md), where `pane.next`, `pane.up`, `pane.down` and `pane.close` work too,
and these take precedence over the board's keys:

{table(("action", "keys", "what it does"), mail)}
In a [review](review.md), where `pane.up`, `pane.down` and `pane.close` work too, and these take
precedence over the board's keys:

{table(("action", "keys", "what it does"), review)}
In the list of [issues](issues.md), where `issues.open`, `pane.up`, `pane.down` and `pane.close` work too:

{table(("action", "keys", "what it does"), issues)}
Assign or change the key of any action by the action's name:

```toml
[keys]
start = "S"
"move.left" = "ctrl+h"
```

In an attached session:

{table(("key", "what it does"), attached)}
These are tmux keys, set by `tmux.back_key` and `tmux.next_key` (see [configuration](configuration.md)).
The session's status line shows them, and is clickable.
"""


def _row(action: Action) -> tuple[str, str, str]:
    return f'<a id="{action.id}"></a>`{action.id}`', _keys(action.key), action.help


def _keys(keys: str) -> str:
    return ", ".join(
        f"`{'+'.join(_KEY_NAMES.get(part, part) for part in key.split('+'))}`"
        for key in keys.split(",")
        if key
    )


# --- configuration --------------------------------------------------------------------------------


def configuration() -> str:
    defaults = Config().model_dump(by_alias=True)
    parts = ""
    for name in dict.fromkeys(key.rpartition(".")[0] for key in FIELDS):
        model = Config.model_fields[name].annotation if name else None
        rows = []
        for key, setting in FIELDS.items():
            if key.rpartition(".")[0] == name and key not in ("keys", "filters", "rules", "hosts", "forges"):
                word = key.rpartition(".")[2]
                value = defaults[name][word] if name else defaults[word]
                named = "" if key in IN_THE_FILE_ALONE else f"`{variable(key)}`"
                rows.append((f"`{key}`", f"`{written(key, value)}`", named, setting.description or ""))
        parts += (
            f"\n## {f'[{name}]' if name else 'Top level'}\n\n{model.__doc__ if model else ''}\n\n".replace(
                "\n\n\n\n", "\n\n"
            )
        )
        parts += table(("key", "default", "variable", "what it does"), rows)
    rules, hosts, forges = (
        [
            (
                f"`{key}`",
                "" if setting.is_required() else f"`{written(key, _default(setting))}`",
                setting.description or "",
            )
            for key, setting in model.model_fields.items()
            if key not in but
        ]
        for model, but in (
            (RuleSettings, ()),
            (HostSettings, ()),
            (ForgeSettings, [each for each in GitHubSettings.model_fields if each != "base_url"]),
        )
    )
    return f"""# Configuration

A setting is taken from the first of these that sets it:

1. a command-line flag, such as `--model`;
2. an environment variable;
3. the repository's file, `.orch.toml` in its root. It can set only
   {", ".join(f"`{key}`" for key in REPO_KEYS)}; other settings, and
   the mode `bypassPermissions`, are yours to choose. Its `worktree.setup` commands run when you start a
   card there, after you have [trusted](trust.md) them;
4. your file; `orch config path` prints its location, `orch config init` creates it;
5. the default.

`orch config show` prints every setting with its value and source. `orch config schema` prints a
JSON Schema for editors. [config.example.toml](../config.example.toml) is a complete, commented file.

Durations are `"90s"`, `"5m"`, `"2h"`, or a number of seconds. In environment variables a list is a JSON
list or words separated by spaces; a table is a JSON object. An unknown key is an error that names the
file, the line and the nearest valid key; so is a variable that resembles the name of a setting.

The hub reads settings and its environment when it starts (apply changes with `orch hub restart`),
and a repository's file for each new card.

`ORCH_HOME` (the state directory), `ORCH_TMUX_SOCKET` (the name of the tmux socket) and `ORCH_CONFIG` (your
file's path) are not settings: they choose the hub and the file. `ORCH_THEME` (`dark` or
`light`) sets the board's theme if the terminal does not report its colours.
{parts}
## [keys]

{FIELDS["keys"].description} The variable is `{variable("keys")}`. See [keys](keys.md).

## [filters]

{FIELDS["filters"].description} Filters can only be set in your own file. See [filters](filters.md).

## [[rules]]

<a id="rules"></a>{FIELDS["rules"].description} Rules can only be set in your own file; no variable.
Errors number them from 0: `rules[0]` is the first. See the examples in [needs you](needs-you.md#rules).

{table(("key", "default", "what it does"), rules)}
## [hosts.NAME]

<a id="hosts"></a>{FIELDS["hosts"].description} Hosts can only be set in your own file.
See [hosts](hosts.md) for setup.

{table(("key", "default", "what it does"), hosts)}
## [forges.NAME]

<a id="forges"></a>{FIELDS["forges"].description} `forges` can only be set in your own file.
`label_in_progress` to `close` of [github] hold for all. See [issues](issues.md#several-forges-and-accounts).

{table(("key", "default", "what it does"), forges)}"""
