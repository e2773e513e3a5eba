"""The page on mail; its tools, limits and times are those of the code."""

from types import SimpleNamespace
from typing import Any, cast

from docs.pages import table
from orchestrator.actions import BY_ID
from orchestrator.config import Config
from orchestrator.core.mail.claims import MOST_AT_ONCE
from orchestrator.core.mail.doorbell import RINGS_AFTER_S
from orchestrator.core.mail.gather import LASTS_S
from orchestrator.core.mail.leases import MOST_DELIVERIES
from orchestrator.core.mail.limits import (
    BLOB_BYTES,
    BODY_BYTES,
    BOX_BYTES,
    BOX_MESSAGES,
    MOST_HOPS,
    MOST_RECIPIENTS,
    MOST_REFS,
)
from orchestrator.core.mail.message import Kind
from orchestrator.core.mail.order import BYTES_A_CALL
from orchestrator.core.mail.traffic import FAN_OUT_A_MINUTE, PAIR_A_MINUTE, PING_PONG_S, PING_PONG_TURNS
from orchestrator.hub.mcp.tool import Tool
from orchestrator.hub.mcp.tools.cards import card_tools
from orchestrator.hub.mcp.tools.mail import mail_tools

_KINDS = {
    Kind.TASK: "work to be done; the answer is a `result`",
    Kind.QUESTION: "something to be answered; to `human` it is urgent in the queue",
    Kind.ANSWER: "what was asked for",
    Kind.RESULT: "a final report; a gather counts it",
    Kind.PARTIAL: "a report with more to come",
    Kind.STATUS: "how it gets on",
    Kind.HANDOFF: "from here on it is yours",
    Kind.NOTE: "anything else",
    Kind.CONTROL: "how to go about it: stop, go on, change of plan",
}


def page() -> str:
    kinds = table(("kind", "what it is for"), [(f"`{each}`", _KINDS[each]) for each in Kind])
    rings = ", ".join(f"{each:g}" for each in RINGS_AFTER_S[1:-1]) + f" and {RINGS_AFTER_S[-1]:g} seconds"
    mail = Config().mail
    return f"""# Mail

Every card has a mailbox, and so have you. Sessions write to each other with tools that the hub serves; nobody
has to carry anything from one terminal to another. [Teams](teams.md) are the ready-made way to use it.

## What a session can do

{_tools()}
Arguments with `?` can be left out. Each session speaks for its own card: the hub knows it by its token, and
nothing that a message says can change who sent it.

An address is a mailbox's name (a card's short name), a card's id, or a beginning that fits one mailbox alone;
a pattern such as `worker-*`; `@label:x` (every card with that label), `@run` (those of the same run), `@lead`
(who coordinates the sender), `@all` (also `all`, `everyone`, `*`), or `human` (also `user`, `me`). Capitals,
blanks and `@` make no difference. A group never holds the sender, nor cards that are done. One that fits
several mailboxes is refused with the candidates, and a near miss with the nearest name; nothing is sent.
A whole name is no beginning of its numbered neighbours: mail to `lead`, whose card is gone, never goes to
`lead-2`. As long as a shared store has not told which other mailboxes there are, only whole names count.

**Names that no session has.** It makes no difference who starts first. Mail to a name with a number or a role
(`worker-1`, `coordinator`), and a task to any name, waits for the session that will have it: its mailbox
shows `waits for worker-1`. After `mail.kept_for` ({mail.kept_for / 3600:g} h) it goes to the dead letters.
Other mail to a name that no session has, such as a note to `review-queue`, reaches you under that name,
unless `mail.receivers` names who reads it:

```toml
[mail.receivers]
review-queue = "reviewer"
```

What a message was taken for is said in the answer to `mail_send`: `counted for f3, 1 of 3`.

{kinds}
References (`refs`) are paths of files that are committed in the sender's worktree, `blob:<sha256>`,
`issue:12` or `gather:<id>`. A file is pinned to its commit and its sha256. A body of more than
{_size(BODY_BYTES)} travels as a blob, of at most {_size(BLOB_BYTES)}, and the message holds its beginning.

## What you can do

On the board `{BY_ID["mail"].key}` opens the mailboxes: unread counts, threads, messages with what they
refer to, dead letters, gathers, and the flow between sessions ([keys](keys.md)). Mail to `human` is in the
[queue](needs-you.md) until you have read it. In a shell:

```sh
orch mail read                                   # what waits for you; then it waits no more
orch mail read --box worker-1                    # what a session sent and got; only looked at
orch mail send worker-1 "Take the staging database."
orch mail send --reply-to m4kq7x2n9abc "Postgres."
orch mail send @label:auth --kind task --expect - < task.md
orch mail gather
orch mail peers
orch mail threads worker-1
orch mail search staging database
orch mail export > mail.jsonl
```

`orch mail send` prints what became of the message for each mailbox. A mailbox that is full, and a group
that nobody is in, are named on standard error; the exit code is 0 as long as one mailbox has it, and 4 where
none has. Where you name several and nobody has one of the names, nothing is sent, and the exit code is 5: a
text without quotes would be cut to its last word. What you send has the authority `human`, and is bound by
no limits of rate.

## What you can rely on

1. **Stored before it is told.** When `mail_send` returns `stored`, the message is on the disk.
2. **At least once.** What a session receives is leased to it. When its turn ends well, what it had got counts
   as done; after an API error, an interruption, a crash or `kill -9` it is delivered again, and says that
   it may have been worked on before. `mail_ack` settles a message earlier, or gives it back.
3. **Effect once.** Two sends of a session with the same `idem` are one message, and so are a tool call
   and its repetition. Each lease has a number that grows, and only the newest can settle the message.
4. **In order.** A mailbox hands out urgent messages first, then the oldest. A message that comes back keeps
   its place.
5. **Nothing is dropped in silence.** A full mailbox refuses, by name. After {MOST_DELIVERIES} deliveries in
   vain, or when its `ttl_s` is over, a message goes to the dead letters. Nothing is ever pruned.
6. **Who says so.** The sender and its authority (`human`, `orch` or `peer`) are stamped by the hub. A
   message reaches a session in an envelope with a random boundary, each line of its body behind `> `,
   without escape sequences, characters that turn text round, and characters that nobody sees. With it comes
   the rule that a peer's message is never consent: what you have to permit, no session can permit for you.

## Limits

{_limits()}
What is over a limit is refused in words that say what to do. They hold for sessions, not for you.

**Going in circles.** When two sessions have written to each other in {PING_PONG_TURNS} turns within
{PING_PONG_S / 60:g} minutes, without a commit, a stage done, a move on the board or a word of yours, their
mail is paused, and you are asked. Read what they wrote (`orch mail read --box worker-1`), then let them go on
with `orch mail unpause worker-1 worker-2`, or leave it. Both are told when they may go on. A result that a
gather waits for passes all the same.

## Arrival

A session is told that there is mail, never what it says: `2 unread, 1 task: call mail_receive`.

| the session | is told | its card says |
| --- | --- | --- |
| blocks in `mail_receive` or `mail_gather` | at once: the call returns | `waits in mail_receive` |
| works | with the result of its next tool; without one its turn goes on with the news, four times in \
a row at most | `at its next tool` |
| waits for your answer to a permission, a question or a plan | after the answer; nothing is typed into a \
dialog | `at its next tool, once its request is answered` |
| is idle | at once: a hook that listens in the session wakes it, and a draft in its input box stays as it \
is | `rung by its hook` |
| is idle, and that hook was killed | by a line typed into its empty input box; where a draft is there, as \
soon as it is gone | `rung by a typed line` |
| was interrupted by you, is held, or its API failed | with its next prompt; it is not woken behind your \
back | `with its next prompt` |
| has exited, or was never started | then | `when it is resumed`, `when it is started` |
| is not there yet | when it has started | `waits for worker-1` |

Each arrival is told once. An idle session that does not ask for its mail is rung at again after {rings}.
After that its card is marked until it asks: `orch ls` shows `!` behind the number of unread messages, and
`orch show` and `orch mail peers` say that it does not hear. A hub that was restarted notifies idle
sessions with unread mail.

The bell costs one sleeping shell of 2 MB for each session, and ends with it. Headless sessions have no bell:
they work until they end. Only Claude Code can be told; a plain command's mailbox keeps what it gets.

## <a id="gathers"></a>Gathers

`mail_send` with `expect` opens a gather over its recipients: each is to report with one `result` to the
sender. `mail_gather` waits for them. It returns when nobody is awaited any more, when a member asks
something, or after `wait_s` seconds with what there is and who is missing; then it is called again. It takes
a gather's id, a thread or a message of it, or names alone: where nobody has opened a gather, it opens one,
and counts what these have reported before. `expect=2` is two of them. Without arguments it lists those that
are open.

A report counts for the gather that waits for its sender, whatever it says in `reply_to`, `thread` or `kind`;
a `status` or a `note` counts unless it tells of work that goes on. Where several may be meant, the sender is
told which, and how to say so. A result to `human` alone reaches who waits for it, too.

Gathers are stored with the mail, so that they survive restarts of the hub, and of who waits. One that names
no time lasts {LASTS_S / 3600:g} hours.

* A member whose session exits, crashes or is lost, whose card is removed, or whose time is up, leaves a
  **tombstone** that says why. So no gather waits for ever. A result that comes all the same takes its place.
* A member that waits for a human (a permission, a question, a plan, a gate) leaves none, however late it
  is. The owner is told with `status`, and you are told, too.
* `partial` reports count only with `partial_ok`.
* Where members can't start, because `max_sessions` or the memory is used up, you are told by a letter.

`orch mail gather` lists those under way with who is missing and why, `orch mail gather ID` shows one, and
with `--wait` it waits; its exit code is 1 where somebody is gone without a result.

## Leases on files and topics

`mail_lease` reserves paths of the repository, or `topic:NAME`, so that two sessions don't do the same work.
A path covers all below it, and patterns like `src/*.py` are refused. `shared` leases stand beside shared
ones, an `exclusive` one stands alone, and a conflict is refused with who holds it and until when. They are
advice: no file is locked. They end with the session, by `release`, or when their time is over. A session
holds {MOST_AT_ONCE} at most.

## Cards that sessions open

With `card_new` a session opens cards for others to work on, and leads them. Each waits for your yes in the
queue (`orch answer c14.card allow`, or `deny` with a message that the lead reads), save the first
`mail.cards` of each session, which start by themselves; that is {mail.cards} unless you say otherwise. Mail
to a card that waits is kept for it.

## Dead letters

```sh
orch mail dead
orch mail redrive worker-2 m4kq7x2n9abc
orch mail redrive worker-2 --all
```

Each says why it died: delivered {MOST_DELIVERIES} times and never settled, expired, for a session that never
came, or settled as `failed` with the session's note. A redriven message stands at the end of its mailbox,
with {MOST_DELIVERIES} new deliveries and no end.

## Where it is kept

In SQLite, in `mail.db` of the state directory, unless `mail.store` says otherwise. Nothing is to be set up,
and every send is on the disk when it returns.

### Redis, for several hubs

Hubs on several machines can share one mail system in a Redis server. Then their sessions write to each other
by name as if they were on one machine, and each hub wakes its own.

```sh
.venv/bin/pip install -e '.[redis]'
```

```toml
[mail]
store = "rediss://orch:secret@mail.example.org:6379/0"   # redis://, rediss:// (TLS) or unix://
name = "orch"            # hubs of one name share their mail
durability = "strict"
when_away = "refuse"     # or "queue"
```

The address can come from the environment, as `ORCH_MAIL__STORE`, so that no password stands in a file; it is
never shown. Names are shared as well: where two hubs have a card of one name, its mailbox is that of the hub
that came first, and the other hub's log says so. Give such cards different names. Clocks should agree within
seconds.

* **The server.** Redis 6.2 or later. `durability = "strict"` promises that a message is on the server's
  disk before a send returns. That takes `appendonly yes`, and either Redis 7.2 or later (`WAITAOF` for each
  send; with `appendfsync everysec` a send then takes up to a second), or `appendfsync always`; where neither
  is so, the hub says it in words and opens no mail. `"normal"` is content with what the server has in memory.
* **The user.** All keys begin with `{{orch}}:mail:` (the name in braces, so that a cluster keeps them in one
  place). A user of an ACL needs no more than these:

  ```
  ACL SETUSER orch on >secret ~{{orch}}:mail:* +@all -@admin -@dangerous +info +config|get
  ```

* **Away.** While the server can't be reached, a send waits up to `mail.away_after` ({mail.away_after:g} s),
  then it is refused in words; with `when_away = "queue"` it is kept in an outbox beside the state, answered
  as `queued`, and delivered in order when the server is back. Nothing that was stored is lost, and the
  board's header says what is wrong.
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
        ("a message is forwarded", f"{MOST_HOPS} times; to `human` always"),
        ("one call hands out", f"{_size(BYTES_A_CALL)}, and says when there is more"),
        ("deliveries of a message", str(MOST_DELIVERIES)),
    ]
    return table(("what", "at most"), rows)


def _size(number: int) -> str:
    for size, unit in ((1 << 20, "MiB"), (1 << 10, "KiB")):
        if number >= size:
            return f"{number / size:g} {unit}"
    return f"{number} bytes"
