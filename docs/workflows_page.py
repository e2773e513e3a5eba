"""The page on workflow files, its tables made from the shape that files are checked against."""

from collections.abc import Container
from pathlib import Path
from typing import Any

from docs.pages import table
from orchestrator.workflows import graph as drawn
from orchestrator.workflows import load, schema
from orchestrator.workflows.shape import (
    AgentStage,
    Common,
    Defaults,
    GateStage,
    Head,
    InputShape,
    ScriptStage,
    Shape,
    Work,
)
from orchestrator.workflows.values import OUTCOMES

_EXAMPLE = Path(__file__).resolve().parent / "two-features.yml"


def page() -> str:
    text = _EXAMPLE.read_text(encoding="utf-8")
    plan = load(text, file=_EXAMPLE.name).workflow
    return f"""# Workflows

A workflow is a YAML file: stages that run in sequence or in parallel, with gates that wait for a person's
decision. The file can be anywhere; files in `.orch/workflows` of a repository, and `kandev.yml` in its root,
are found by name, and `orch run` without a name asks which.

```yaml
{text.rstrip()}
```

`orch workflow graph` draws it:

```
{drawn(plan)}
```

```sh
orch workflow init                # write a commented example to .orch/workflows
orch workflow check two-features  # report errors, with line and column
orch run two-features             # start it; the run keeps a copy of the file
```

## The file

{_keys(Head)}| `inputs` |  | {_said("inputs")} |
| `defaults` |  | {_said("defaults")} |
| `workflow` | required | {_said("workflow")} |

Plain YAML 1.2: no anchors, aliases or tags, no duplicate keys, at most 1 MB and 500 stages. Only `true` and
`false` are booleans: `yes` is a string. An unknown key is an error that names the nearest valid one.
With the JSON Schema from `orch workflow schema`, editors complete and check the file.

Durations are `90s`, `30m`, `2h`, `7d`, or a number of seconds.

## Stages

Every stage:

{_keys(Common)}
An agent, `type: agent`, the default. {_doc(AgentStage)}

{_own(AgentStage)}
A script, `type: script`. {_doc(ScriptStage)}

{_own(ScriptStage)}
Agents and scripts:

{_keys(Work, without=Common.model_fields)}
A gate, `type: human-gate`. {_doc(GateStage)}

{_own(GateStage)}
`defaults` can contain {_list(Defaults)}: they apply to every stage that supports the key and does not set
it.

## When a stage starts

* Without `needs`, a stage needs the previous entry of the list: a stage, or the whole group
  of adjacent stages with `parallel: true`. Stages of a group need the same, and so run in parallel.
* `needs: [a, b]` names any stages, earlier or later in the list; `needs: []` starts at once. The name of a
  fan-out means all of its stages.
* A stage starts when everything it needs is done or skipped. `join: any` requires only one of them,
  `join: 2` two. A failed stage counts only with `on_failure: continue`, and never for
  `any` or a number.
* `when` requires outcomes: {", ".join(f"`{each}`" for each in OUTCOMES)}, or a list of these. The stage waits
  until they are known. If one does not match, the stage is skipped, and stages that need it continue. For a
  fan-out all stages must match. An approved gate is `done`. Conditions that can never match are errors:
  `failed` of a stage that stops the run; `denied`, because the run then ends or goes back to the stage in
  `on_deny`.

```yaml
- name: tests
  type: script
  run: make test
  on_failure: continue
- name: fix
  prompt: "The tests fail: {{{{ stages.tests.summary }}}}"
  when: {{tests: failed}}
```

## When a stage is done or fails

An agent stage is done when its session reports it and its turn has ended. A session that ends its turn
without reporting is asked once; then the stage is blocked until you decide. It fails when the session or you
report a failure, or after its `timeout`. A script is done with exit code 0.

* `on_failure: stop`: no further stage starts, running ones finish, then the run has failed.
* `on_failure: continue`: stages that need it continue.
* `on_failure: retry`: it is retried `retries` times (2), first after `backoff` (10s), then
  after twice as long each time. Then as `stop`.

A stage whose turn was ended by an API limit is blocked with that reason, uses no retry, and resumes
automatically after the reset, stages 20 s apart; if the reset time is unknown, once after five
minutes. If a host is unreachable at the start, the stage is retried automatically, first after 10 s, then at
intervals of at most ten minutes.

## Gates

No stage that needs a gate starts before the gate is approved, however long that takes. You see its
`message` and its `evidence`: the changes on each branch, script output, and session
reports. `approvers` are user names; with a `quorum`, that many different people must approve
(`distinct`, `proof`: see [who has decided](runs.md#who-has-decided)). If it is
denied, the run ends, or `on_deny: STAGE` runs that stage again with your reason, followed by the stages
that need it, at most `max_rework` times (3) per run; the next denial ends the run. The gate must need that
stage, directly or indirectly. A gate reminds you every `remind_after`.

## Branches

`worktree` names the branch a stage works on. If the branch is checked out, that checkout is used. While
another stage is using it, the stage waits. The stage is blocked, with the reason, if a tracked file is
changed, an untracked file would be overwritten by the branch of an earlier stage, or a session outside the
run is working there; it resumes when the obstacle is gone. Obstacles that are visible when the run starts
are reported then. Git does not allow both `pre` and `pre/x`. Two stages on one branch wait for
each other, and `orch workflow check` warns if they could run in parallel; it also warns about
an agent on the base branch without a gate that must be passed first.

An agent's branch that is checked out nowhere gets a worktree; a branch that does not exist starts at
the run's base. A script creates neither: it runs in the worktree where its branch is checked out, including
uncommitted changes. Usually an earlier agent stage works on that branch; otherwise the script is blocked
until the branch is checked out (`git worktree add`), and `orch workflow check` warns. Without `worktree`
a script runs where the one agent that it needs worked, otherwise in the repository. Scripts in one directory
run one after another, including those of a fan-out; the check warns about that too.

## Placeholders

In `prompt`, `worktree`, `message` and `run`:

{_holes()}
Double braces can contain nothing else: no code. A stage can refer only to stages that it
needs, directly or indirectly; gates have neither summary nor branch, and scripts a branch only with a
`worktree`. Inserted values are not expanded again; a value that contains `{{{{` is refused.

A backslash before the braces makes them literal: `\\{{{{ secrets.TOKEN }}}}` becomes
`{{{{ secrets.TOKEN }}}}`, and `docker inspect -f '\\{{{{.Id}}}}'` keeps its braces. In a double-quoted YAML
string, double the backslash.

In `run` each value is quoted for the shell, so that it stays one word; a list becomes one
word per item, and must stand alone.
Placeholders are refused where the shell ignores quotes: inside quotes, `$( )`, `${{ }}` or
backticks, after `<<`, in a comment. Set a variable first: `title={{{{ inputs.title }}}}`, then use
`"$title"`. Text written by sessions is never part of a command.

## Inputs

{_keys(InputShape)}
`name: integer` is short for `name: {{type: integer}}`. Set inputs with `--input name=value`. A list is
written with commas, or as `[a, "b, c"]`; when inserted, its items are separated by commas.

```yaml
inputs:
  feature: string
  count: {{type: integer, default: 3, choices: [1, 2, 3], description: Number of proposals}}
  parts: {{type: list, default: [api, web]}}
```

## Fan-out

`foreach` creates one stage per item, which run in parallel, and inserts `{{{{ item }}}}`. They
are named `NAME-ITEM`, with a number if that is taken. Other stages need the fan-out by its name, `join`
counts its stages, and `{{{{ stages.NAME.summary }}}}` contains all reports. Each stage works on its
own branch: a `worktree` must contain `{{{{ item }}}}`.

```yaml
- name: port
  prompt: "Port {{{{ item }}}} to the new API."
  foreach: "{{{{ inputs.parts }}}}"
  worktree: "port/{{{{ item }}}}"
- name: choose
  type: human-gate
  message: Continue with these?
  join: 2
```
"""


def _keys(model: type[Shape], without: Container[str] = ()) -> str:
    rows = [
        (f"`{name}`", _default(model, name), field.description or "")
        for name, field in model.model_fields.items()
        if name not in without
    ]
    return table(("key", "default", "what it does"), rows)


def _own(model: type[Shape]) -> str:
    """The keys that only stages of this type have."""
    return _keys(model, {*Work.model_fields, "type"})


def _default(model: type[Shape], name: str) -> str:
    field = model.model_fields[name]
    if field.is_required():
        return "required"
    extra: Any = field.json_schema_extra or {}
    value = extra.get("default", field.default)
    if value in ("", None) or value == [] or field.default_factory is not None:
        return ""
    if name == "remind_after":
        return "`24h`"
    shown = str(value).lower() if isinstance(value, bool) else str(value).replace("'", "")
    return f"`{shown}`"


def _doc(model: type[Shape]) -> str:
    return " ".join((model.__doc__ or "").split())


def _said(key: str) -> str:
    return str(schema()["properties"][key]["description"])


def _list(model: type[Shape]) -> str:
    return ", ".join(f"`{name}`" for name in model.model_fields)


def _holes() -> str:
    rows = [
        ("`{{ inputs.x }}`", "an input of the run", "all four"),
        ("`{{ item }}`", "the item of a fan-out stage", "`prompt`, `worktree`, `run`"),
        (
            "`{{ stages.y.summary }}`",
            "the stage's report, or the last output of a script",
            "`prompt`, `message`",
        ),
        ("`{{ stages.y.branch }}`", "the branch it worked on", "`prompt`, `message`, `worktree`"),
    ]
    return table(("", "what it is", "where"), rows)
