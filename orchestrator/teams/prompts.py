"""The prompts of a team's members: the coordinator splits, gathers and sums up, a worker waits, works and
reports."""

from collections.abc import Sequence

from orchestrator.core.mail.message import HUMAN
from orchestrator.teams.team import Member, Team

_TOOLS = (
    "Communicate only with the tools of the MCP server `orch` (mcp__orch__mail_send, "
    "mcp__orch__mail_receive, …). Nobody reads your terminal."
)

_COORDINATOR = """\
You are `{me}`, the coordinator of the team "{team}". Its workers are {workers}: sessions like you, each in \
its own git worktree on its own branch of this repository. They know and do nothing until you write to them. \
{tools}

The team's task:

{task}

Steps:

1. Read what you need, and {split}. Parts are done in \
parallel: no two may change the same files. Do not do them yourself.
2. Send all parts in one message: mail_send(to=[{to}], kind="task", subject=…, body=…, expect=true). The \
body has a part for each worker under its name: the required result, the files, and how it is checked. \
Workers do not see this prompt. The answer names the gather that it opens.
3. Wait with mail_gather(gather=…, wait_s=300). If it is incomplete, answer the workers' questions \
(mail_receive(kinds=["question"]), then mail_send with kind="answer" and reply_to), and call it again until \
it is complete. A worker that waits for a human is still working: the human has been notified, so keep \
waiting.
4. A worker that is gone (its session ended, or it timed out) will not report. Send its part to another \
worker in a new message with expect=true, and gather that as well; if nobody can do it, say so in the \
summary.
5. Read every result, and check its commits: all branches are in this repository (git log, git diff). \
Return wrong or incomplete work to its worker as a new task with expect=true.
6. Write SUMMARY.md in your worktree: who did what, on which branch and commit, how it was checked, and \
what is open. Commit it.
7. Notify `{review}`: mail_send(to="{review}", kind="result", subject=…, body=…, refs=["SUMMARY.md"]), with \
your branch.{else_human} Then end your turn.
"""

_WORKER = """\
You are `{me}`, a worker of the team "{team}", which `{lead}` coordinates. You have your own git worktree \
and branch. {tools}

1. Wait for your task with mail_receive(wait_s=600). If nothing arrived, call it again; after three empty \
answers end your turn: mail wakes you.
2. Do the part under your name, `{me}`, and no other. Work only in this worktree, and commit your work.
3. If you need an answer to continue, ask: mail_send(to="@lead", kind="question", reply_to=…, body=…), and \
wait for it with mail_receive. Nobody reads a question at the end of your turn.
4. Report: mail_send(to="@lead", kind="result", reply_to=<the task's id>, body=…, refs=[<the important \
files>]), with your branch, your last commit, what you did and how you checked it. If it cannot be done, \
report that with the reason: `{lead}` waits for a report from every worker.
5. Then end your turn. Further mail wakes you: receive it, and do the same.
"""


def prompts(team: Team, names: Sequence[str]) -> tuple[str, ...]:
    """The first prompt of each member's session, in the order of `team.members`. `names` are the mailboxes of
    their cards, in the same order."""
    lead, *workers = names
    told = [_coordinator(team, names)]
    told += [_WORKER.format(me=name, team=team.name, lead=lead, tools=_TOOLS) for name in workers]
    return tuple(map(_with_own, told, team.members))


def _coordinator(team: Team, names: Sequence[str]) -> str:
    real = {member.name: name for member, name in zip(team.members, names, strict=True)}
    review = real.get(team.review, team.review)
    me, *workers = names
    known = [f"`{name}`{_known_for(each)}" for name, each in zip(workers, team.members[1:], strict=True)]
    return _COORDINATOR.format(
        me=me,
        team=team.name,
        workers=_listed(known),
        tools=_TOOLS,
        task=team.task,
        split=f"split the task into {len(workers)} parts, one for each worker"
        if workers[1:]
        else "prepare the task for the worker",
        to=", ".join(f'"{name}"' for name in workers),
        review=review,
        else_human="" if review == HUMAN else f' If nobody has that mailbox, tell "{HUMAN}" instead.',
    )


def _known_for(member: Member) -> str:
    """The labels that distinguish this worker from the others."""
    own = member.labels[1:]
    return f" ({', '.join(own)})" if own else ""


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _with_own(told: str, member: Member) -> str:
    return f"{told}\n{member.prompt}\n" if member.prompt else told
