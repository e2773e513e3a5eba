"""The page on teams, its tables made from the shape that files are checked against."""

from docs.pages import table
from orchestrator.actions import BY_ID
from orchestrator.teams import example, load, prompts
from orchestrator.teams.shape import MOST_WORKERS, MemberShape, TeamShape
from orchestrator.workflows.shape import Shape

_EXAMPLE = """\
team: auth
task: "Implement ./docs/auth-spec.md"
workers: 3
review: review-queue
"""


def page() -> str:
    team = load(_EXAMPLE)
    lead, worker, *_ = prompts(team, [each.name for each in team.members])
    return f"""# Teams

A team is a coordinator and some workers: sessions like any other, each on a card with a worktree of its own.
The coordinator splits a task into parts and [mails](mail.md) them, the workers do them side by side, and the
coordinator waits for all of them, sums up and tells you. Nobody has to stand in between.

```yaml
{_EXAMPLE.rstrip()}
```

```sh
orch team auth.yml
orch mail gather
orch mail gather f7k2m9q4 --wait
orch watch
orch mail read
```

`orch team` makes the cards, starts them, and prints them, the coordinator's first; on the board the key
`{BY_ID["team"].key}` does the same. `orch team --init` prints a commented example.
`orch demo` has a team at work, of scripted agents: `{BY_ID["mail"].key}` shows what they write.

## What happens

1. `coordinator` reads `./docs/auth-spec.md` and sends one task to `worker-1`, `worker-2` and `worker-3`,
   with a part for each. That opens a [gather](mail.md#gathers) over them, in which it waits.
2. The workers have waited in `mail_receive`. Each does its part in its own worktree, commits, and reports
   with a result that names its branch and commit.
3. With the last result the coordinator goes on, within milliseconds. It reads the results, looks at the
   commits, and sends back what lacks something.
4. It writes `SUMMARY.md`, commits it, and tells `review-queue`. Without `review` it tells you: the message is
   in your [queue](needs-you.md).

Merging is yours: every worker's branch is on its card (`orch finish worker-1 merge`), as always.

What goes wrong on the way is told, and holds nobody up for ever:

* A worker whose session ends, crashes or is killed leaves a tombstone in the gather. The coordinator is told,
  and gives the part to another one or says so in the summary.
* A worker that waits for a permission, a question or a gate is still awaited. The coordinator is told, and so
  are you; answer it in the queue, and all goes on.
* A worker that has a question asks the coordinator by mail. One that ends its turn without a report is
  woken by the next message, and is still awaited until the gather's time is up.

For sessions that shall not stop for permissions set `permission_mode`, or write
[rules](needs-you.md#rules): a rule's `label` may be the team's name.

## The file

{_keys(TeamShape)}
The coordinator, and each worker that is more than a name:

{_keys(MemberShape)}
```yaml
{example().rstrip()}
```

It is plain YAML, with at most {MOST_WORKERS} workers. All that is wrong with it is told with line and column
before anything is started. A name that another card has already gets a number: `worker-1-2`. Every member has
the team's name as a label, so that `@label:auth` is all of them.

## What they are told

The coordinator:

{_quoted(lead)}
A worker:

{_quoted(worker)}
"""


def _keys(shape: type[Shape]) -> str:
    rows = []
    for key, field in shape.model_fields.items():
        default = field.get_default(call_default_factory=True)
        plain = "" if default in ("", ()) or isinstance(default, Shape) else f"`{default}`"
        rows.append((f"`{key}`", "required" if field.is_required() else plain, field.description or ""))
    return table(("key", "default", "what it does"), rows)


def _quoted(prompt: str) -> str:
    return "".join(f"> {line}".rstrip() + "\n" for line in prompt.rstrip().splitlines())
