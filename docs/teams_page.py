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

A team is a coordinator and some workers: ordinary sessions, each on a card with its own worktree.
The coordinator splits a task and [mails](mail.md) the parts, the workers do them in parallel, and the
coordinator waits for all of them, sums up and reports to you.

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

`orch team` creates the cards, starts them and prints them, the coordinator's first; on the board press
`{BY_ID["team"].key}`. `orch team --init` prints a commented example.
`orch demo` includes a team of scripted agents: press `{BY_ID["mail"].key}` to see their mail.

## What happens

1. `coordinator` reads `./docs/auth-spec.md` and sends a task to `worker-1`, `worker-2` and `worker-3`,
   a part to each. This opens a [gather](mail.md#gathers), in which it waits.
2. The workers are waiting in `mail_receive`. Each does its part in its own worktree, commits, and reports
   a result that names its branch and commit.
3. With the last result the coordinator continues, within milliseconds. It reads the results, inspects the
   commits, and returns incomplete work.
4. It writes `SUMMARY.md`, commits it, and notifies `review-queue`. Without `review` it notifies you: the
   message is in your [queue](needs-you.md).

You merge: every worker's branch is on its card (`orch finish worker-1 --merge`), as usual.

Problems are reported, and block nobody forever:

* A worker whose session ends, crashes or is killed leaves a tombstone in the gather. The coordinator
  reassigns the part, or mentions it in the summary.
* A worker that is waiting for a permission, a question or a gate is still expected. The coordinator and you
  are notified; answer in the queue.
* A worker with a question asks the coordinator by mail. One that ends its turn without a report is
  woken by the next message, and is expected until the gather times out.

To avoid permission requests set `permission_mode`, or write
[rules](needs-you.md#rules): a rule's `label` can be the team's name.

## The file

{_keys(TeamShape)}
The coordinator, and each worker that is more than a name:

{_keys(MemberShape)}
```yaml
{example().rstrip()}
```

Plain YAML, with at most {MOST_WORKERS} workers. All errors are reported with line and column
before anything starts. A name that is taken gets a number: `worker-1-2`. Every member has
the team's name as a label, so that `@label:auth` addresses all of them.

## Prompts

The coordinator's:

{_quoted(lead)}
A worker's:

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
