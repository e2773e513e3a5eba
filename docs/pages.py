"""The pages on states, keys and configuration, made from the tables that the program itself uses."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic.fields import FieldInfo

from orchestrator.actions import ACTIONS, Action, pane
from orchestrator.config import Config, HostSettings, RuleSettings, variable, written
from orchestrator.config.model import FIELDS, REPO_KEYS
from orchestrator.core.model import Column
from orchestrator.core.session_state import TABLE
from orchestrator.core.states import STATES

_KEY_NAMES = {"slash": "/", "question_mark": "?", "left": "←", "right": "→", "up": "↑", "down": "↓"}


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

What every source says (tmux, the agent's registry, its hooks, its status line, the pane's text) is taken
into a small set of facts. Then the first row of this table that holds gives the state: the order of the rows
is the order of trust. The table is `TABLE` in `orchestrator/core/session_state.py`.

{table(("", "state", "when"), rows)}
A card whose session could not be looked at keeps its last state, marked as unconfirmed with its age.
`orch show CARD --evidence` prints what each source said and when.

## The column that follows

A card's column is derived from its session's state, in `orchestrator/core/board.py`.

{table(("state", "column"), columns)}
Beside these: a card that was never started, or was sent back, stands in {_title(Column.BACKLOG)};
one that waits for a free place, or is being started, in {_title(Column.IN_PROGRESS)}; one that is held,
or that failed, in {_title(Column.BLOCKED)} with the reason; one that the user has finished in
{_title(Column.DONE)}. A session that ended though nobody had asked it to stands in {_title(Column.BLOCKED)}.
"""


def _default(setting: FieldInfo) -> Any:
    return setting.get_default(call_default_factory=True)


def _title(column: Column) -> str:
    return column.replace("_", " ").title()


# --- keys -----------------------------------------------------------------------------------------


def keys() -> str:
    bound = [action for action in ACTIONS if action.key or action.on_card]
    board, queue, runs, mail = (
        [_row(action) for action in bound if pane(action.id) == name]
        for name in ("board", "queue", "runs", "mail")
    )
    tmux = Config().tmux
    attached = [
        (f"`{tmux.back_key}`", "Back to the board, on the card that was seen last."),
        (f"`{tmux.next_key}`", "On to the next card that waits."),
    ]
    return f"""# Keys

On the board. `?` shows the same list, with your own keys in it; `ctrl+p` finds an action by its name.

{table(("action", "keys", "what it does"), board)}
Keys act one after the other, however the line delivers them: a key waits until what the one before it opened
is there, and until the hub has answered, for a second at most. Text goes into fields; pasted elsewhere it is
ignored, and so are more than ten commands at once from a terminal that pastes without saying so.

In the [queue](needs-you.md), where these go before those of the board:

{table(("action", "keys", "what it does"), queue)}
In the [view of the runs](runs.md), where `answer.next`, `answer.up`, `answer.down` and `answer.close`
work too, and these go before those of the board:

{table(("action", "keys", "what it does"), runs)}
Among the [mailboxes](mail.md), where `answer.next`, `answer.up`, `answer.down` and `answer.close` work too,
and these go before those of the board:

{table(("action", "keys", "what it does"), mail)}
An action without a key can be given one, and any key can be changed, by the action's name:

```toml
[keys]
start = "S"
"move.left" = "ctrl+h"
```

In an attached session:

{table(("key", "what it does"), attached)}
These two are tmux's own, set by `tmux.back_key` and `tmux.next_key` (see [configuration](configuration.md)).
The session's bottom line names them, and can be clicked.
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
            if key.rpartition(".")[0] == name and key not in ("keys", "rules", "hosts"):
                word = key.rpartition(".")[2]
                value = defaults[name][word] if name else defaults[word]
                rows.append(
                    (f"`{key}`", f"`{written(key, value)}`", f"`{variable(key)}`", setting.description or "")
                )
        parts += (
            f"\n## {f'[{name}]' if name else 'At the top'}\n\n{model.__doc__ if model else ''}\n\n".replace(
                "\n\n\n\n", "\n\n"
            )
        )
        parts += table(("key", "default", "variable", "what it does"), rows)
    rules, hosts = (
        [
            (
                f"`{key}`",
                "" if setting.is_required() else f"`{written(key, _default(setting))}`",
                setting.description or "",
            )
            for key, setting in model.model_fields.items()
        ]
        for model in (RuleSettings, HostSettings)
    )
    return f"""# Configuration

A setting comes from the first of these that has it:

1. a flag of the command line, such as `--model`;
2. an environment variable;
3. the repository's own file, `.orch.toml` in its root. It may hold only
   {", ".join(f"`{key}`" for key in REPO_KEYS)}: the rest is yours to decide, not a
   repository's, and so is the mode `bypassPermissions`. Its `worktree.setup` commands run when you start a
   card there, so read the file of a repository that isn't yours first;
4. your file, whose place `orch config path` prints, and which `orch config init` writes;
5. the default.

`orch config show` prints every setting with its value and where it comes from. `orch config schema` prints a
JSON Schema for editors. [config.example.toml](../config.example.toml) is the whole file with its comments.

Times are written as `"90s"`, `"5m"` or `"2h"`, or as a number of seconds. In the environment a list is a JSON
list, or words with spaces between them; a table is a JSON object. An unknown key is an error that names the
file, the line and the nearest valid key; so is a variable that is nearly the name of a setting.

The hub reads the settings when it starts, with the environment that it is started from (`orch hub restart`),
and a repository's file at each new card.

`ORCH_HOME` (the state directory), `ORCH_TMUX_SOCKET` (the name of the tmux socket) and `ORCH_CONFIG` (your
file's path) are no settings: they say which hub is meant, and with which file. `ORCH_THEME` (`dark` or
`light`) chooses the board's colours where the terminal does not tell its own.
{parts}
## [keys]

{FIELDS["keys"].description} The variable is `{variable("keys")}`. See [keys](keys.md).

## [[rules]]

<a id="rules"></a>{FIELDS["rules"].description} They stand in your own file alone: there is no variable.
An error counts them from 0: `rules[0]` is the first. Worked examples are in [needs you](needs-you.md#rules).

{table(("key", "default", "what it does"), rules)}
## [hosts.NAME]

<a id="hosts"></a>{FIELDS["hosts"].description} They stand in your own file alone, like rules.
How to set one up is in [hosts](hosts.md).

{table(("key", "default", "what it does"), hosts)}"""
