"""The page on what waits for a human; its ranking and its rules' answers are worked out by the code."""

import tomllib
from collections.abc import Iterator

from docs.pages import table
from orchestrator.actions import BY_ID
from orchestrator.config import Config
from orchestrator.core.needs import LETTER_THAT_ASKS, RANKS
from orchestrator.core.rules import RequestFacts, Rule, judge
from orchestrator.shell import read

RULES = """\
[[rules]]
name = "no pushing"
answer = "deny"
command = "git push*"
message = "Leave the pushing to me."

[[rules]]
name = "tests may run"
answer = "allow"
command = "npm test*"

[[rules]]
name = "migrations are mine to read"
answer = "ask"
path = "src/migrations/**"

[[rules]]
name = "edits below src"
answer = "allow"
tool = "Edit"
path = "src/**"

[[rules]]
name = "docs cards write docs"
answer = "allow"
tool = "Write"
path = "**/*.md"
label = "docs"

[[rules]]
name = "look around in the web app"
answer = "allow"
command = "git log *"
repo = "web"
"""

_REPO = "/home/ada/src/app"


def _command(text: str) -> tuple[str, RequestFacts]:
    return f"`{text}`", RequestFacts("Bash", command=text)


def _file(tool: str, path: str, shown: str = "") -> tuple[str, RequestFacts]:
    return f"{tool} {shown or f'`{path}`'}", RequestFacts(tool, paths=(path,))


_REQUESTS = [
    (*_command("npm test"), ()),
    (*_command("npm test -- auth"), ()),
    (*_command("npm test; rm -rf ~"), ()),
    (*_command("npm test && git push"), ()),
    (*_command("npm test --script-shell=./x"), ()),
    (*_command("sudo git -C .. push"), ()),
    (*_command("sh -c 'git push'"), ()),
    (*_command("git $ACTION"), ()),
    (*_command("echo push | xargs git"), ()),
    (*_command("git log -5"), ()),
    (*_file("Edit", "src/auth/session.py"), ()),
    (*_file("Edit", "src/migrations/0007.sql"), ()),
    (*_file("Edit", "README.md"), ()),
    (*_file("Edit", "/etc/passwd", "`src/../../../etc/passwd`"), ()),
    (*_file("Edit", "/home/ada/.ssh/config", "`src/link`, a symlink to `~/.ssh/config`"), ()),
    (*_file("Write", "docs/keys.md"), ("docs",)),
    (*_file("Write", "docs/keys.md"), ()),
    (*_file("Write", ".claude/commands/keys.md"), ("docs",)),
    (*_file("Write", "CLAUDE.md"), ("docs",)),
]


def _rulings() -> Iterator[tuple[str, str, str]]:
    rules = tuple(Rule(**each) for each in tomllib.loads(RULES)["rules"])
    for shown, facts, labels in _REQUESTS:
        ruling = judge(rules, facts, repo=_REPO, labels=labels, script=read(facts.command))
        with_labels = f", on a card with the label {' and '.join(labels)}" if labels else ""
        yield shown + with_labels, ruling.answer, ruling.rule


def page() -> str:
    ranks = [
        (str(rank.urgency), f"`{kind}`", rank.what, ", ".join(f"`{each}`" for each in rank.options))
        for kind, rank in RANKS.items()
    ]
    nudges = Config().nudges
    return f"""# Needs you

One queue holds everything that waits for a human: on the board behind the key `{BY_ID["queue"].key}`,
in a shell as `orch queue`. You answer from there, without a visit to the session's terminal.

## What comes into it, and in which order

The most urgent first; among equals, who has waited longest. The order is that of `RANKS` in
`orchestrator/core/needs.py`, and the same for the queue, the board and the key that jumps to the next one.

{table(("urgency", "kind", "what it is", "what can be done from here"), ranks)}
A question's options are the labels that the agent offers. A [message](mail.md) that asks something, or is
urgent, has urgency {LETTER_THAT_ASKS}; it is answered with `orch mail send --reply-to` and read with
`orch mail read`. Two sessions that were stopped go on with `orch mail unpause`, and a card that a session
asks for is allowed or denied like any request. A card that you hold, have sent back or have
finished needs nobody. `asks` is a guess from a turn's last words, and is shown as `asks?`; everything else is
what a source said, and the queue names the source.

```sh
orch queue
orch queue --full
orch answer c12.k3f allow
orch answer c12.k3f always --always 0
orch answer c12.k3f deny --message "Use the staging database."
orch answer c14.m2p allow --option Postgres --option Cache --option Metrics
orch watch
```

`orch queue --full` prints each request whole: the command, the diff of an edit, the plan, the questions
with their options, and what `always` may mean. A request's id is its card's with a few letters behind it. A
question is answered by `--option`, once for each question in their order, and several times where several may
be chosen; no label that fits makes it your own words, as long as only one question can be meant. A plan is
approved with `allow`, and sent back with `deny` and a message.

## What is unusual is shown

What you decide about is shown whole. Characters that would hide, overwrite or turn round the text beside them
(control characters and escape sequences, bidirectional and zero-width ones, tags, odd spaces, halves of
characters) stand there in ASCII, `^[` or `<U+202E>`, and nothing is left out. Such a request is marked as
`! unusual` in the queue, in its details and in `orch gate show`; `unusual` says in JSON what was found.
Before it
is allowed or approved at a terminal it has to be confirmed. A line that was cut says so, with the number
of lines
that are left; `orch queue --full` prints all. Letters of any script, emoji and line ends of Windows are
usual.

## How an answer travels

Claude Code asks by a hook before it shows its dialog, and waits for both. The hub holds that hook open
until you answer in the queue; the dialog in the session's terminal stays usable all the while. **Whoever
answers first wins**, and the request leaves the other side at once. So does one that ends otherwise: by
Esc, with its session, or when the agent hangs up. To answer what is gone is refused in words, and changes
nothing.

* `always` takes one of Claude Code's own suggestions, which you choose, and Claude Code keeps it.
* A subagent's request is held for 20 seconds: a held hook hides its dialog. After that it is to be
  answered in the session.
* When the hub goes away its held requests go with it; the dialogs stay. Once it is back the queue shows
  them again, to be answered in the session (`orch attach CARD`).
* A dialog that no hook tells of (trust, an MCP server of the project, a settings error, a menu, one that
  nobody knows yet) is recognised by its form and shown with its own words. Each of its options is chosen by
  keys, which are shown beside it: the pointer is moved row by row, and the last key is pressed only where the
  pointer has arrived. If the dialog has changed since you looked, nothing is pressed. Nothing else that orch
  types ever reaches a dialog.

Each answer is in the journal: which, by whom (`tui`, `cli`, `rule`, `phone`), and after how long.

## Rules

Rules answer requests by themselves. There are none unless you write some, below `[[rules]]` in your own file
(`orch config path`): a repository can bring none, and neither can the environment. The keys are in
[configuration](configuration.md#rules). For instance:

```toml
{RULES}```

With these, in the repository `{_REPO}`:

{table(("request", "answer", "by the rule"), _rulings())}
What you can rely on:

1. **The first rule that matches answers**, in the order of the file; all its conditions must hold. `ask`
   leaves the request to you, and to no later rule. Where no rule matches, you are asked.
2. **Deny beats allow**: a rule that denies and matches wins wherever it stands. Where that can't be seen, you
   are asked, whatever other rules allow.
3. **A path rule allows nothing outside the card's worktree.** Symlinks, `~` and `..` are resolved first,
   and it
   allows only tools that touch no other file than the one they name: `Edit`, `MultiEdit`, `NotebookEdit`,
   `Read`, `Write`. `**` stands for any number of folders, `*` for a part of one name. Neither stands for a
   name
   that begins with a dot (`.git/`, `.claude/`, `.env`), nor for instructions of agents (`CLAUDE.md`,
   `AGENTS.md`, `GEMINI.md`): a pattern has to name these.
4. **A command rule is for the shell tool alone**, and allows nothing that asks to run outside the sandbox.
   Commands are parsed. A pattern that allows has to name the program, and fits simple commands with just the
   operators that it has itself. `*` in a word stands for a part of that word, and at the end for more
   words. It
   never stands for what makes a usual program write, run something or reach elsewhere: `git log *` is not
   `git log --output=FILE`, `find *` not `find . -delete`. Of programs that orch does not know, only the most
   common options fit a `*`. What has to be allowed beyond that is named: `git log --output=report.txt *`.
   For `cp`, `rm`, `sed -i`, `git worktree add` and other programs that write the files they are given, `*`
   stands for none that is absolute, begins with `~`, has `..`, has a name in its path that begins with a dot,
   or holds instructions of agents. In `docker run *` it stands for no options, in `git push origin *` for no
   `:main` or `+main`, in `curl *` for no `file:`. In a word that is a script itself (`ssh build 'make *'`) it
   stands for no operators, line ends, `$` or backquotes.
   A pattern that denies or asks is looked for in everything that would run: behind `sudo`, `env`,
   `timeout` and
   their like, in `sh -c`, `eval`, `$(...)`, functions and here-documents, past options and in any quotes.
   Where a
   command can't be seen through (`git $ACTION`, `curl ... | sh`, `echo x | xargs git`, an alias of git), you
   are asked. So you are where a command names all words of a pattern that denies, in any order and for any
   purpose: with `git push*`, `git log --grep push` is asked.
5. Questions are never answered by a rule, and a plan only by one with `tool = "ExitPlanMode"`.
6. Every automatic answer is in the journal with the rule's name (`orch show CARD`).

A rule is no wall: a script, or code in another language, can hide a command from one that denies, and another
command can do the same: `git send-pack` pushes, too, and `git push*` doesn't name it.
Without a condition on command or path, an `allow` is for everything that the tool does. What a session may
do at all is for its permission mode to say.

The hub reads the rules when it starts (`orch hub restart`). `orch rules list` prints those of the file as
it is now. `orch rules test` says which of them answers a command or a file, and why; without one it tries
them
on past requests, before they hold:

```sh
orch rules test 'git log --output=x'
orch rules test --tool Write --path docs/keys.md --label docs
orch rules test --days 14
```

## Nudges

A session that is stuck is helped on by a nudge, from the queue or as `orch nudge CARD HOW`:

* `continue` sends it that word; a stalled turn is interrupted first.
* `interrupt` presses Escape.
* `restart` ends the session and resumes its conversation.
* `again` sends the prompts again that were typed and are not in the conversation: their session was killed
  before it had written them down, or gave no receipt. None is sent twice by itself. `drop` gives them up, and
  those that can't be typed.

None comes by itself, unless you say so with `nudges.stall` and `nudges.error`. Then a card is nudged once
each time that it gets stuck, and at most {nudges.per_hour} times in an hour and {nudges.per_day} times in a
day: past that it waits for you. These limits can be lowered, not raised. A card that you hold is left
alone.

## After a crash or a reboot

`orch resume CARD...` brings conversations back; `orch resume --all` every one whose session ended though
nobody asked for it, a few at a time and within `max_sessions`. In the board it is *Resume all* in the
palette. A turn that was cut off says so, on the card and in the queue, and waits for you. `orch nudge CARD
continue` tells it to go on, and `orch resume --all --continue` all of them.

## How long sessions waited

`orch stats` prints how long sessions waited for a human, by day and card, how often, and where the answers
came from; `pane` is the session's own terminal.

```sh
orch stats --days 30
```
"""
