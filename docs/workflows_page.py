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

A workflow is a YAML file: stages that run one after another or side by side, with gates that hold until a
human decides. It can lie anywhere; one in `.orch/workflows` of a repository, or `kandev.yml` in its root, is
found by its name, and `orch run` alone asks which where there are several.

```yaml
{text.rstrip()}
```

`orch workflow graph` draws it:

```
{drawn(plan)}
```

```sh
orch workflow init                # writes a commented example into .orch/workflows
orch workflow check two-features  # all that is wrong with it, with line and column
orch run two-features             # starts it; what is under way keeps the file as it was
```

## The file

{_keys(Head)}| `inputs` |  | {_said("inputs")} |
| `defaults` |  | {_said("defaults")} |
| `workflow` | required | {_said("workflow")} |

It is plain YAML 1.2: no anchors, aliases or tags, each key once, at most 1 MB and 500 stages. `true` and
`false` alone are boolean: `yes` is a text. An unknown key is an error that names the nearest valid one.
The JSON Schema that `orch workflow schema` prints lets editors complete and check a file.

Times are `90s`, `30m`, `2h`, `7d`, or a number of seconds.

## Stages

Every stage:

{_keys(Common)}
An agent, `type: agent`, which need not be said. {_doc(AgentStage)}

{_own(AgentStage)}
A script, `type: script`. {_doc(ScriptStage)}

{_own(ScriptStage)}
Agents and scripts:

{_keys(Work, without=Common.model_fields)}
A gate, `type: human-gate`. {_doc(GateStage)}

{_own(GateStage)}
`defaults` may have {_list(Defaults)}: they hold for each stage that has such a key and does not give it
itself.

## When a stage begins

* Without `needs`, a stage needs what stands before it in the list: the stage before, or the whole group
  where neighbours have `parallel: true`. Those of one group need the same, and so run side by side.
* `needs: [a, b]` names any stages, before or after it in the list; `needs: []` begins at once. A
  fan-out's name means all of its stages.
* It begins when all that it needs is there: done, or skipped. `join: any` is content with one of them,
  `join: 2` with two. A stage that failed is there only with `on_failure: continue`, and never counts for
  `any` or a number.
* `when` asks for outcomes: {", ".join(f"`{each}`" for each in OUTCOMES)}, or a list of these. The stage
  waits until those are known. Where one does not hold, it is skipped, and those that need it go on. Of a
  fan-out all stages must have had such an outcome. An approved gate is `done`. What can never hold is an
  error: `failed` of a stage that stops the run; `denied`, since the run then ends, or goes back to the
  stage in `on_deny`.

```yaml
- name: tests
  type: script
  run: make test
  on_failure: continue
- name: mend
  prompt: "The tests fail: {{{{ stages.tests.summary }}}}"
  when: {{tests: failed}}
```

## When a stage is done, and when it fails

An agent stage is done when its session says so, and its turn has ended. A session that ends its turn
without that is asked once; then the stage is blocked until you decide. It fails when the session says so,
when you do, or when its `timeout` is over. A script is done with exit code 0.

* `on_failure: stop`: nothing further begins, what runs goes on to its end, then the run has failed.
* `on_failure: continue`: those that need it go on.
* `on_failure: retry`: it is tried again, `retries` times (2), the first time after `backoff` (10s), then
  after twice as long each time. Then as `stop`.

A stage whose turn was ended by an API limit is blocked with that reason, uses up no retry, and goes on by
itself after the reset, one stage 20 s after the other; where nobody has told the reset, once after five
minutes. A host that does not answer at the start is tried again by itself, after 10 s, and at most ten
minutes later each time.

## Gates

Nothing that needs a gate begins before the gate is approved, however long that takes. Beside its
`message` you see its `evidence`: what changed on each branch, what the scripts printed, what the sessions
reported. `approvers` are user names; with a `quorum`, so many different people must approve
(`distinct`, `proof`: see [who has decided](runs.md#who-has-decided)). When it is
denied, the run ends, or `on_deny: STAGE` has that stage done again with your reason, and after it all
that needs it, at most `max_rework` times (3) in one run; the next denial ends the run. That must be a
stage which the gate needs, directly or not. A gate reminds you after
`remind_after`, each time.

## Branches

`worktree` names the branch that a stage works on. A branch that is checked out is used where it is. While
another stage works there, the stage waits; where a tracked file is changed, an untracked one lies that a
branch of a stage before it would overwrite, or a session is at work that is no stage's, it is blocked with
the reason, and goes on when that is gone. What can be seen of that when the run starts is said then. Git has
no branch below another: `pre` and `pre/x` can't both be. So two stages on one branch wait for
one another, which `orch workflow check` warns about if they could run at the same time; it also warns about
an agent on the base branch with no gate that was passed for sure before it.

An agent's branch that is checked out nowhere gets a worktree, and where there is no such branch, it begins at
the run's base. A script makes neither: it runs in the worktree in which its branch is checked out, whatever
lies there uncommitted. Mostly an agent stage before it works on that branch; otherwise it is blocked until
somebody checks it out (`git worktree add`), and `orch workflow check` warns about it. Without `worktree`
a script runs where the one agent that it needs worked, else in the repository itself. Scripts in one folder
run one after another, those of a fan-out too; the check warns about that as well.

## What is filled in

In `prompt`, `worktree`, `message` and `run`:

{_holes()}
Nothing else can stand in double braces: there is no code. A stage must be needed, directly or not, by the
one that is told of it; gates have neither summary nor branch, and scripts a branch only with a
`worktree`. What is filled in is not looked at for braces again; a value that holds `{{{{` is refused.

A backslash before the braces makes them text: `\\{{{{ secrets.TOKEN }}}}` becomes
`{{{{ secrets.TOKEN }}}}`, and `docker inspect -f '\\{{{{.Id}}}}'` gets its own braces. In a YAML text in
double quotes the backslash is doubled.

In `run` each value is quoted for the shell, so that it stays one word whatever it holds; a list becomes a
word for each item, and must stand by itself.
Where the shell reads no quotes it is refused: within quotes, `$( )`, `${{ }}` or
backticks, behind `<<`, in a comment. Set a variable first: `title={{{{ inputs.title }}}}`, and then
`"$title"`. What sessions wrote is never part of a command.

## Inputs

{_keys(InputShape)}
`name: integer` is short for `name: {{type: integer}}`. A run gets them by `--input name=value`. A list is
given with commas, or as `[a, "b, c"]`; filled in, its items have commas between them.

```yaml
inputs:
  feature: string
  count: {{type: integer, default: 3, choices: [1, 2, 3], description: How many proposals}}
  parts: {{type: list, default: [api, web]}}
```

## Fan-out

`foreach` makes one stage for each item, which run side by side, and `{{{{ item }}}}` is filled in. They
are called `NAME-ITEM`, with a number where that is taken. Others need the fan-out by its name, `join`
counts its stages, and `{{{{ stages.NAME.summary }}}}` has what all of them reported. Each works on a
branch of its own: a `worktree` must hold `{{{{ item }}}}`.

```yaml
- name: port
  prompt: "Port {{{{ item }}}} to the new API."
  foreach: "{{{{ inputs.parts }}}}"
  worktree: "port/{{{{ item }}}}"
- name: choose
  type: human-gate
  message: Enough of them?
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
        ("`{{ item }}`", "the item of a fan-out's stage", "`prompt`, `worktree`, `run`"),
        (
            "`{{ stages.y.summary }}`",
            "what the stage reported, or the end of what a script printed",
            "`prompt`, `message`",
        ),
        ("`{{ stages.y.branch }}`", "the branch it worked on", "`prompt`, `message`, `worktree`"),
    ]
    return table(("", "what it is", "where"), rows)
