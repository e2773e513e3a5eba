"""The page on the queue; its ranking and its rules' answers are computed by the code."""

import tomllib
from collections.abc import Iterator

from docs.pages import table
from orchestrator.actions import BY_ID
from orchestrator.config import Config
from orchestrator.core.needs.ranking import LETTER_THAT_ASKS, RANKS
from orchestrator.core.rules import RequestFacts, Rule, judge
from orchestrator.shell import read

RULES = """\
[[rules]]
name = "no push"
answer = "deny"
command = "git push*"
message = "Do not push; I will."

[[rules]]
name = "run tests"
answer = "allow"
command = "npm test*"

[[rules]]
name = "review migrations"
answer = "ask"
path = "src/migrations/**"

[[rules]]
name = "edit src"
answer = "allow"
tool = "Edit"
path = "src/**"

[[rules]]
name = "write docs"
answer = "allow"
tool = "Write"
path = "**/*.md"
label = "docs"

[[rules]]
name = "read web history"
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

One queue lists everything that needs you: press `{BY_ID["queue"].key}` on the board, or run `orch queue` in a
shell. You answer there, without going to the session's terminal.

## What is in the queue, and in what order

Most urgent first; within the same urgency, longest waiting first. The order is that of `RANKS` in
`orchestrator/core/needs/ranking.py`, and the same for the queue, the board and the
key that jumps to the next card.

{table(("urgency", "kind", "what it is", "available actions"), ranks)}
A question's options are the labels that the agent offers. A [message](mail.md) that asks something, or is
urgent, has urgency {LETTER_THAT_ASKS}; read it with `orch mail read`, and answer it with
`orch mail send --reply-to`. Two paused sessions resume with `orch mail unpause`, and a card that a session
requests is allowed or denied like any request. Cards on hold, in the backlog or done are
not listed. `asks` is a guess from the last words of a turn; everything else
comes from a source that the queue names.

```sh
orch queue
orch queue --full
orch answer c12.k3f allow
orch answer c12.k3f always --always 0
orch answer c12.k3f deny --message "Use the staging database."
orch answer c14.m2p allow --option Postgres --option Cache --option Metrics
orch watch
```

`orch queue --full` prints each request in full: the command, the diff of an edit, the plan, the questions
with their options, and the choices for `always`. A request's id is its card's id plus a few letters. Answer a
question with `--option`, once per question in their order, and several times if several options may
be chosen; text that matches no label is sent as your own answer, if only one question can be meant. Approve
a plan with `allow`; send it back with `deny` and a message.

## Unusual characters

Requests are shown in full. Characters that could hide, overwrite or reorder the text around them
(control characters and escape sequences, bidirectional and zero-width characters, tags, unusual spaces, lone
surrogates) are displayed in ASCII, as `^[` or `<U+202E>`, and nothing is omitted. Such a request is marked as
`! unusual` in the queue, in its details and in `orch gate show`; in JSON, `unusual` lists what was found.
You are asked to confirm before it is allowed or approved at a terminal. A truncated text says so, with the
number of remaining lines; `orch queue --full` prints everything. Letters of any script, emoji and Windows
line endings are not unusual.

## How an answer is delivered

Before Claude Code shows a dialog it calls a hook, and waits for both. The hub holds the hook open until you
answer in the queue; the dialog in the session's terminal stays usable. **The first answer wins**, and the
request disappears on the other side at once. It also disappears if it ends in another way: by Esc, with its
session, or when the agent disconnects. Answering a request that is gone is refused and changes nothing.

* `always` sends one of Claude Code's own suggestions, which you choose, and Claude Code stores it.
* A subagent's request is held for 20 seconds, because a held hook hides its dialog. After that, answer it
  in the session.
* When the hub stops, held requests end; the dialogs stay. After a restart the queue lists
  them again, to be answered in the session (`orch attach CARD`).
* Dialogs without a hook (trust, an MCP server of the project, a settings error, a menu, an
  unknown dialog) are recognised by their form and shown with their own text. Options are selected by
  keys, shown next to them: the pointer is moved row by row, and the last key is pressed only once the
  pointer is in place. If the dialog has changed since you looked, nothing is pressed. Nothing else that orch
  types can reach a dialog.

The journal records each answer: what, by whom (`tui`, `cli`, `rule`, `phone:NAME`), and after how long.

## Rules

Rules answer requests automatically. There are none by default; add them as `[[rules]]` to your own file
(`orch config path`). Repositories and the environment cannot define rules. The keys are in
[configuration](configuration.md#rules). For example:

```toml
{RULES}```

With these, in the repository `{_REPO}`:

{table(("request", "answer", "rule"), _rulings())}
What you can rely on:

1. **The first matching rule answers**, in file order; all its conditions must match. `ask` leaves the
   request to you, and stops the search. If no rule matches, you are asked.
2. **Deny beats allow**: a matching rule that denies wins wherever it is in the file. If orch cannot tell
   whether it matches, you are asked, whatever other rules allow.
3. **A path rule allows nothing outside the card's worktree.** Symlinks, `~` and `..` are resolved first. It
   allows only tools that touch no file other than the one they name: `Edit`, `MultiEdit`, `NotebookEdit`,
   `Read`, `Write`. `**` matches any number of directories, `*` part of one name. Neither matches names
   that begin with a dot (`.git/`, `.claude/`, `.env`) or agent instructions (`CLAUDE.md`,
   `AGENTS.md`, `GEMINI.md`): a pattern must name these.
4. **A command rule applies only to the shell tool**, and allows nothing that asks to run outside the sandbox.
   Commands are parsed. A pattern that allows must name the program, and matches simple commands with exactly
   the operators in the pattern. `*` in a word matches part of that word, and at the end more words. It
   never matches options that make a common program write, run something or reach elsewhere: `git log *` does
   not match `git log --output=FILE`, nor `find *` `find . -delete`. For programs that orch does not know,
   only the most common options match a `*`. Name anything else that should be allowed: `git log
   --output=report.txt *`. For `cp`, `rm`, `sed -i`, `git worktree add` and other programs that write the
   files they are given, `*` matches no path that is absolute, begins with `~`, contains `..` or a name that
   begins with a dot, or names agent instructions. In `docker run *` it matches no options, in `git push
   origin *` no `:main` or `+main`, in `curl *` no `file:`. In a word that is itself a script (`ssh build
   'make *'`) it matches no operators, line ends, `$` or backquotes.
   A pattern that denies or asks is searched in everything that would run: behind `sudo`, `env`, `timeout` and
   similar, in `sh -c`, `eval`, `$(...)`, functions and here-documents, past options and in any quotes. If a
   command cannot be analysed (`git $ACTION`, `curl ... | sh`, `echo x | xargs git`, a git alias), you
   are asked. You are also asked if a command contains all words of a pattern that denies, in any order and
   for any purpose: with `git push*`, `git log --grep push` is asked.
5. Questions are never answered by a rule, and a plan only by one with `tool = "ExitPlanMode"`.
6. Every automatic answer is in the journal with the rule's name (`orch show CARD`).

Rules are no security boundary: a script, or code in another language, can hide a command from a rule that
denies, and another command may have the same effect: `git send-pack` pushes too, and `git push*` does not
match it. An `allow` without a command or path condition allows everything the tool can do. What a session may
do at all is set by its permission mode.

The hub reads the rules when it starts (`orch hub restart`). `orch rules list` prints the rules in the file
now. `orch rules test` shows which rule answers a command or a file, and why; without arguments it tries the
rules in the file on past requests:

```sh
orch rules test 'git log --output=x'
orch rules test --tool Write --path docs/keys.md --label docs
orch rules test --days 14
```

## Nudges

A nudge helps a stuck session, from the queue or with `orch nudge CARD HOW`:

* `continue` sends the word "continue"; a stalled turn is interrupted first.
* `interrupt` presses Escape.
* `restart` ends the session and resumes its conversation.
* `again` resends prompts that were typed but are not in the conversation, because their session was killed
  first or never confirmed them. None is resent automatically. `drop` discards them, and prompts
  that cannot be typed.

Automatic nudges are off unless you set `nudges.stall` or `nudges.error`. Then a card is nudged once
each time it gets stuck, at most {nudges.per_hour} times an hour and {nudges.per_day} times a
day; after that it needs you. You can lower these limits, not raise them. Cards on hold are not
nudged.

## After a crash or a reboot

`orch resume CARD...` resumes conversations; `orch resume --all` resumes every session that ended
unexpectedly, a few at a time and within `max_sessions` (*Resume all* in the board's
palette). A turn that was cut off is marked on the card and in the queue, and needs you. `orch nudge CARD
continue` continues it, and `orch resume --all --continue` continues all of them.

## Waiting times

`orch stats` prints how long sessions waited for a person, by day and card, how often, and where the answers
came from; `pane` is the session's process terminal.

```sh
orch stats --days 30
```
"""
