"""Whether a session of another journal can become a card of this one."""

from orchestrator.core.commands import AdoptSession, Decision, Rejected
from orchestrator.core.events import CardCreated, SetupFinished, WorktreeAdded
from orchestrator.core.mail.message import HUMAN, ORCH
from orchestrator.core.model import State
from orchestrator.core.text.names import slug_of


def adopt_session(state: State, command: AdoptSession, now: float) -> Decision:
    """The events that create a card in the backlog with its worktree, branch and conversation."""
    tree = command.worktree
    owner = next((each for each in state.cards.values() if each.path == tree.path), None)
    if owner:
        return Rejected(
            f"cannot adopt the session in {command.window}",
            f"its worktree {tree.path} belongs to {owner.id}",
            f"End it: orch windows end {command.window}",
        )
    card, slug = f"c{state.next_card}", _free(state, slug_of(command.name))
    return (
        CardCreated(
            at=now,
            card=card,
            slug=slug,
            title=command.name,
            prompt="",
            repo=command.repo,
            base=command.base,
            branch=tree.branch,
            path=tree.path,
            model=command.model,
            permission_mode=command.permission_mode,
            existing_branch=True,
            conversation=command.conversation,
            adopted=command.window,
            agent=command.agent,
        ),
        WorktreeAdded(now, card, tree),
        SetupFinished(now, card),
    )


def _free(state: State, wanted: str) -> str:
    taken = {HUMAN, ORCH, *(card.slug for card in state.cards.values())}
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
