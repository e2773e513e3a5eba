"""The page on mail; its tools, limits and times are those of the code."""

from types import SimpleNamespace
from typing import Any, cast

from docs.pages import table
from orchestrator.actions import BY_ID
from orchestrator.config import Config
from orchestrator.core.mail.claims import MOST_AT_ONCE
from orchestrator.core.mail.gather import LASTS_S
from orchestrator.core.mail.leases import MOST_DELIVERIES
from orchestrator.core.mail.message import Kind
from orchestrator.core.mail.message_limits import (
    BLOB_BYTES,
    BODY_BYTES,
    BOX_BYTES,
    BOX_MESSAGES,
    MOST_HOPS,
    MOST_RECIPIENTS,
    MOST_REFS,
)
from orchestrator.core.mail.notification import NOTIFY_AFTER_S
from orchestrator.core.mail.order import BYTES_A_CALL
from orchestrator.core.mail.rate_limits import FAN_OUT_A_MINUTE, PAIR_A_MINUTE, PING_PONG_S, PING_PONG_TURNS
from orchestrator.hub.mcp.tool import Tool
from orchestrator.hub.mcp.tools.cards import card_tools
from orchestrator.hub.mcp.tools.mail import mail_tools

_KINDS = {
    Kind.TASK: "work to do; the answer is a `result`",
    Kind.QUESTION: "a question; to `human` it is urgent in the queue",
    Kind.ANSWER: "an answer to a question",
    Kind.RESULT: "a final report; counted by a gather",
    Kind.PARTIAL: "an intermediate report",
    Kind.STATUS: "progress",
    Kind.HANDOFF: "a transfer of responsibility",
    Kind.NOTE: "anything else",
    Kind.CONTROL: "an instruction: stop, continue, change of plan",
}


def page() -> str:
    kinds = table(("kind", "what it is for"), [(f"`{each}`", _KINDS[each]) for each in Kind])
    after = ", ".join(f"{each:g}" for each in NOTIFY_AFTER_S[1:-1]) + f" and {NOTIFY_AFTER_S[-1]:g} seconds"
    mail = Config().mail
    return f"""# Mail

Every card has a mailbox, and so do you. Sessions write to each other with tools that the hub serves; you
don't have to copy anything between terminals. [Teams](teams.md) use it out of the box.

## What sessions can do

{_tools()}
Arguments with `?` are optional. Each session acts for its own card: the hub identifies it by its token, and
nothing in a message can change its sender.

An address is a mailbox's name (a card's short name), a card's id, or an unambiguous prefix;
a pattern such as `worker-*`; `@label:x` (every card with that label), `@run` (cards of the same run), `@lead`
(the sender's coordinator), `@all` (also `all`, `everyone`, `*`), or `human` (also `user`, `me`). Case,
spaces and `@` are ignored. Groups never include the sender or cards that are done. An ambiguous
address is refused with the candidates, and a misspelt one with the nearest name; nothing is sent.
A full name is never a prefix of a numbered one: mail to `lead`, whose card is gone, does not go to
`lead-2`. Until a shared store has listed its other mailboxes, only full names match.

**Names without a session.** Start order does not matter. Mail to a name with a number or a role
(`worker-1`, `coordinator`), and a task to any name, waits for the session that gets the name: its mailbox
shows `waiting for worker-1`. After `mail.kept_for` ({mail.kept_for / 3600:g} h) it becomes a dead letter.
Other mail to a name without a session, such as a note to `review-queue`, is delivered to you under that name,
unless `mail.receivers` names another reader:

```toml
[mail.receivers]
review-queue = "reviewer"
```

`mail_send` answers how a message was interpreted: `counted for f3, 1 of 3`.

{kinds}
References (`refs`) are paths of files committed in the sender's worktree, `blob:<sha256>`,
`issue:12` or `gather:<id>`. A file is pinned to its commit and its sha256. A body of more than
{_size(BODY_BYTES)} is sent as a blob, of at most {_size(BLOB_BYTES)}, and the message holds its first part.

## What you can do

On the board `{BY_ID["mail"].key}` opens the mailboxes: unread counts, threads, messages and their
references, dead letters, gathers, and the flow between sessions ([keys](keys.md)). Mail to `human` is in the
[queue](needs-you.md) until you have read it. In a shell:

```sh
orch mail read                                   # read your unread mail
orch mail read --box worker-1                    # show a session's mail; marks nothing as read
orch mail send worker-1 "Take the staging database."
orch mail send --reply-to m4kq7x2n9abc "Postgres."
orch mail send @label:auth --kind task --expect - < task.md
orch mail gather
orch mail peers
orch mail threads worker-1
orch mail search staging database
orch mail export > mail.jsonl
```

`orch mail send` prints the outcome for each mailbox. Full mailboxes and empty groups are reported on standard
error; the exit code is 0 if at least one mailbox accepted the message, and 4 otherwise. If you
name several recipients and one does not exist, nothing is sent and the exit code is 5: usually the
text was not quoted. Your messages have the authority `human` and no rate limits.

## Guarantees

1. **Stored before acknowledged.** When `mail_send` returns `stored`, the message is on disk.
2. **At least once.** Received messages are leased. When the turn ends normally, they are
   settled; after an API error, an interruption, a crash or `kill -9` they are delivered again, marked as
   possibly processed. `mail_ack` settles a message earlier, or returns it.
3. **Effect once.** Two sends of a session with the same `idem` are one message, and so are a tool call
   and its retry. Each lease has an increasing number, and only the newest can settle the message.
4. **In order.** A mailbox delivers urgent messages first, then the oldest. A returned message keeps
   its place.
5. **Nothing is dropped silently.** A full mailbox refuses, and says so. After {MOST_DELIVERIES} failed
   deliveries, or after its `ttl_s`, a message becomes a dead letter. Nothing is pruned before its
   [retention](retention.md) is over.
6. **Verified senders.** The hub sets the sender and its authority (`human`, `orch` or `peer`). A
   message is delivered in an envelope with a random boundary, each line of its body prefixed with `> `,
   without escape sequences, bidirectional or invisible characters. It includes
   the rule that a peer's message is never consent: no session can grant what needs your permission.

## Limits

{_limits()}
Anything over a limit is refused, with what to do. Limits apply to sessions, not to you.

**Loops.** When two sessions have written to each other in {PING_PONG_TURNS} turns within
{PING_PONG_S / 60:g} minutes, without a commit, a finished stage, a move on the board or a message from you,
their mail is paused, and you are asked. Read it (`orch mail read --box worker-1`), then resume
with `orch mail unpause worker-1 worker-2`, or leave it paused. Both are notified when it resumes. A result
that a gather is waiting for is delivered anyway.

## Notification

A session is notified that there is mail, without its content: `2 unread, 1 task: call mail_receive`.

| the session | is notified | its card shows |
| --- | --- | --- |
| is blocked in `mail_receive` or `mail_gather` | at once: the call returns | `waiting in mail_receive` |
| is working | with the result of its next tool call; without one its turn is continued, at most four times \
in a row | `at its next tool call` |
| is waiting for your answer to a permission, a question or a plan | after the answer; nothing is typed \
into a dialog | `at its next tool call, after its request is answered` |
| is idle | at once: a listening hook wakes it; a draft in its input box is \
kept | `notified by hook` |
| is idle, and that hook was killed | by a line typed into its empty input box; if there is a draft, once \
it is gone | `notified by typed line` |
| was interrupted by you, is on hold, or had an API error | with its next prompt; it is not woken | `with \
its next prompt` |
| has exited, or was never started | when it runs | `when resumed`, `when started` |
| does not exist yet | when it has started | `waiting for worker-1` |

Each message is announced once. An idle session that does not fetch its mail is notified again after {after}.
After that its card is marked until it does: `orch ls` shows `!` after the number of unread messages, and
`orch show` and `orch mail peers` show that it does not respond. A restarted hub notifies idle
sessions with unread mail.

The listening hook costs one sleeping 2 MB shell per session, and ends with it. Headless sessions have none:
they work until they end. Only Claude Code sessions can be notified; a plain command's mailbox keeps its mail.

## <a id="gathers"></a>Gathers

`mail_send` with `expect` opens a gather over its recipients: each is to report one `result` to the
sender. `mail_gather` waits for them. It returns when all have reported, when a member asks
something, or after `wait_s` seconds with the results so far and who is missing; then call it again. It takes
a gather's id, one of its threads or messages, or names: without an open gather for these it opens one,
and counts what they have reported before. `expect=2` waits for two of them. Without arguments it lists open
gathers.

A report counts for the gather that is waiting for its sender, whatever its `reply_to`, `thread` or `kind`;
a `status` or a `note` counts unless it describes work in progress. If several gathers are possible, the
sender is told which one was used, and how to choose. A result addressed only to `human` reaches the waiting
session too.

Gathers are stored with the mail, so they survive restarts of the hub and of the waiting session. The default
time limit is {LASTS_S / 3600:g} hours.

* A member whose session exits, crashes or is lost, whose card is removed, or whose time is up, leaves a
  **tombstone** with the reason, so no gather waits forever. A late result replaces it.
* A member that is waiting for a person (a permission, a question, a plan, a gate) leaves none, however late
  it is. The owner is notified with a `status`, and so are you.
* `partial` reports count only with `partial_ok`.
* If members can't start because of `max_sessions` or memory, you get a message.

`orch mail gather` lists open gathers with who is missing and why, `orch mail gather ID` shows one, and
with `--wait` it waits; its exit code is 1 if a member is gone without a result.

## Leases on files and topics

`mail_lease` reserves paths of the repository, or `topic:NAME`, so that two sessions don't do the same work.
A path covers everything below it; patterns like `src/*.py` are refused. `shared` leases can coexist, an
`exclusive` lease cannot, and a conflict is refused with the holder and the expiry. Leases are
advisory: no file is locked. They end with the session, by `release`, or when they expire. A session
holds {MOST_AT_ONCE} at most.

## Cards opened by sessions

With `card_new` a session opens cards for other sessions, and becomes their lead. Each needs your
approval in the queue (`orch answer c14.card allow`, or `deny` with a message that the lead reads), except
the first `mail.cards` of each session, which start automatically; the default is {mail.cards}. Mail
to a waiting card is kept for it.

## Dead letters

```sh
orch mail dead
orch mail redrive worker-2 m4kq7x2n9abc
orch mail redrive worker-2 --all
```

Each shows why: delivered {MOST_DELIVERIES} times and never settled, expired, addressed to a session that
never started, or settled as `failed` with the session's note. A redriven message goes to the end of its
mailbox, with {MOST_DELIVERIES} new deliveries and no expiry.

## Storage

SQLite, in `mail.db` of the state directory, unless `mail.store` is set. It needs no setup,
and every send is on disk when it returns.

### Redis, for several hubs

Hubs on several machines can share one mail system in a Redis server. Their sessions then write to each other
by name as if they were on one machine, and each hub notifies its own.

```sh
.venv/bin/pip install -e '.[redis]'
```

```toml
[mail]
store = "rediss://orch:secret@mail.example.org:6379/0"   # redis://, rediss:// (TLS) or unix://
name = "orch"            # hubs with the same name share mail
durability = "strict"
when_away = "refuse"     # or "queue"
```

The address can be set in the environment, as `ORCH_MAIL__STORE`, to keep the password out of files; it is
never shown. Names are shared too: if two hubs have a card of the same name, the mailbox belongs to the hub
that was first, and the other hub logs it. Use different names. Clocks should agree within
seconds.

* **Server.** Redis 6.2 or later. `durability = "strict"` guarantees that a message is on the server's
  disk before a send returns. This needs `appendonly yes`, and either Redis 7.2 or later (`WAITAOF` for each
  send; with `appendfsync everysec` a send then takes up to a second), or `appendfsync always`; otherwise
  the hub reports an error and opens no mail. `"normal"` accepts what the server has in memory.
* **User.** All keys begin with `{{orch}}:mail:` (the name in braces, so that a cluster keeps them in one
  slot). An ACL user needs only:

  ```
  ACL SETUSER orch on >secret ~{{orch}}:mail:* +@all -@admin -@dangerous +info +config|get
  ```

* **Unreachable.** While the server is unreachable, a send waits up to `mail.away_after` ({mail.away_after:g}
  s), then fails with an error; with `when_away = "queue"` it is kept in a local outbox, answered
  as `queued`, and delivered in order when the server is back. Nothing that was stored is lost, and the
  board's header shows the problem.
"""


def _tools() -> str:
    hub = cast("Any", SimpleNamespace(engine=SimpleNamespace(state=SimpleNamespace(cards={"c1"}))))
    caller = cast("Any", SimpleNamespace(card="c1", run=1))
    tools: list[Tool[Any]] = [*mail_tools(hub)(caller), *card_tools(hub)(caller)]
    rows = [(f"`{each.name}`", _arguments(each), each.description) for each in tools]
    return table(("tool", "arguments", "what it does"), rows)


def _arguments(tool: Tool[Any]) -> str:
    must = tool.schema.get("required", [])
    names = tool.schema.get("properties", {})
    return ", ".join(f"`{name}`" if name in must else f"`{name}?`" for name in names)


def _limits() -> str:
    rows = [
        ("a mailbox holds", f"{BOX_MESSAGES:,} messages, or {_size(BOX_BYTES)}"),
        ("a body", f"{_size(BODY_BYTES)}; as a blob {_size(BLOB_BYTES)}"),
        ("references in a message", str(MOST_REFS)),
        ("recipients of a message", str(MOST_RECIPIENTS)),
        ("from one session to another", f"{PAIR_A_MINUTE} messages a minute"),
        ("from one session to all", f"{FAN_OUT_A_MINUTE} messages a minute"),
        ("a message is forwarded", f"{MOST_HOPS} times; to `human` without limit"),
        ("one call delivers", f"{_size(BYTES_A_CALL)}, and says when there is more"),
        ("deliveries of a message", str(MOST_DELIVERIES)),
    ]
    return table(("what", "at most"), rows)


def _size(number: int) -> str:
    for size, unit in ((1 << 20, "MiB"), (1 << 10, "KiB")):
        if number >= size:
            return f"{number / size:g} {unit}"
    return f"{number} bytes"
