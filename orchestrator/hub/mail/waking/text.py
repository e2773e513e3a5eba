"""What a session is told about its mailbox, in addition to its prompts."""

from orchestrator.core.model import Card


def orders_of(card: Card) -> str:
    """The standing instructions of a card with a lead; empty for any other."""
    if not card.lead:
        return ""
    return f"""You are {card.slug}, in the git worktree {card.path} on the branch {card.branch}. Work only "
        f"there, and commit what you do. {card.lead} leads you: when you are done, or cannot finish, "
        "report with mail_send(to="@lead", kind="result"); send questions there with kind="question"."""
