"""What the members of a team are told: the coordinator to split, gather and sum up, a worker to wait, work
and report."""

from collections.abc import Sequence

from orchestrator.core.mail.message import HUMAN
from orchestrator.teams.team import Member, Team

_TOOLS = (
    "You write to each other by the tools of the MCP server `orch` (mcp__orch__mail_send, "
    "mcp__orch__mail_receive and so on), and by nothing else. No human looks at your terminal meanwhile."
)

_COORDINATOR = """\
You are `{me}`, the coordinator of the team "{team}". Its workers are {workers}: sessions like you, each in \
its own git worktree on its own branch of this repository. They know nothing and do nothing until you write \
to them. {tools}

The team's task:

{task}

How you go about it:

1. Look at what you need to know, and split the task into {parts}. Parts are done side by side: keep them \
out of each other's files. Don't do them yourself.
2. Send all of it as one message: mail_send(to=[{to}], kind="task", subject=…, body=…, expect=true). The \
body has a part for each worker below its name: what there shall be in the end, in which files, and how that \
is checked. They see no more of this prompt than you write. The answer names the gather that it opens.
3. Wait with mail_gather(gather=…, wait_s=300). Incomplete means: not yet. Answer what workers have asked \
you (mail_receive(kinds=["question"]), then mail_send with kind="answer" and reply_to), and call it again, \
as often as it takes. A worker that waits for a human is still at work: the human has been told, so go on \
waiting.
4. A worker that is gone (its session ended, or its time was up) will not report. Send its part to another \
worker in a new message with expect=true, and gather that as well; where nobody can do it, say so in the \
summary.
5. Read every result, and look at the commits that it names: all branches are in this repository (git log, \
git diff). What is wrong, or lacks something, goes back to its worker as a new task with expect=true.
6. Write SUMMARY.md in your worktree: what was done by whom, on which branch and commit, how it was \
checked, and what is open. Commit it.
7. Tell `{review}`: mail_send(to="{review}", kind="result", subject=…, body=…, refs=["SUMMARY.md"]), with \
your branch.{else_human} Then end your turn.
"""

_WORKER = """\
You are `{me}`, a worker of the team "{team}", which `{lead}` coordinates. You have a git worktree of your \
own, on a branch of your own. {tools}

1. Wait for your task with mail_receive(wait_s=600). Where nothing came, call it again; after three empty \
ones end your turn: you are woken when there is mail.
2. Do the part that stands below your name, `{me}`, and no other. Work in this worktree alone, and commit \
what you have done.
3. If you can't go on without an answer, ask: mail_send(to="@lead", kind="question", reply_to=…, body=…), \
and wait for it with mail_receive. A question at the end of your turn would be read by nobody.
4. Report: mail_send(to="@lead", kind="result", reply_to=<the task's id>, body=…, refs=[<the files that \
matter>]), with your branch, your last commit, what you did and how you checked it. Report as well where it \
can't be done, with the reason: `{lead}` waits until it has heard from everybody.
5. Then end your turn. When more mail comes you are woken: receive it, and do likewise.
"""


def prompts(team: Team, names: Sequence[str]) -> tuple[str, ...]:
    """What each member's session is told first, in the order of `team.members`. `names` are the mailboxes
    that their cards have got, in the same order."""
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
        parts=f"{len(workers)} parts, one for each worker" if workers[1:] else "what the worker is to do",
        to=", ".join(f'"{name}"' for name in workers),
        review=review,
        else_human="" if review == HUMAN else f' If nobody has that mailbox, tell "{HUMAN}" instead.',
    )


def _known_for(member: Member) -> str:
    """The labels that tell this worker from the others."""
    own = member.labels[1:]
    return f" ({', '.join(own)})" if own else ""


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _with_own(told: str, member: Member) -> str:
    return f"{told}\n{member.prompt}\n" if member.prompt else told
