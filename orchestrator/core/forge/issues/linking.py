"""Whether a card may have an issue: one issue has one card."""

from dataclasses import replace

from orchestrator.core.commands import Decision, Rejected
from orchestrator.core.events import EndingAsked, Event
from orchestrator.core.forge.events import ActQueued, ClaimRefused, ItemLinked, ItemMoved, ItemUnlinked
from orchestrator.core.forge.issues.commands import FetchedIssue, ForgeCommand, LinkIssue, QueueIssue
from orchestrator.core.forge.issues.progress import Progress
from orchestrator.core.forge.outbox.acts import CreateIssue
from orchestrator.core.forge.outbox.compare import Synced
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.core.model import Card, State
from orchestrator.core.text.clean import one_line

_LONGEST_TITLE, _LONGEST_BODY = 250, 60_000


def owner_of(state: State, ref: ItemRef) -> Card | None:
    """The card that has the issue."""
    return next(
        (
            each
            for each in state.cards.values()
            if (link := each.forge.issue) and link.ref.same(ref) and link.progress.stage != "discarded"
        ),
        None,
    )


def issue_cards(state: State) -> dict[str, str]:
    """The id of the card of each issue that has one, by the issue's key."""
    return {
        link.ref.key: card.id
        for card in state.cards.values()
        if (link := card.forge.issue) and link.progress.stage != "discarded"
    }


def moved(state: State, old: RepositoryRef, new: RepositoryRef, now: float) -> tuple[Event, ...]:
    """The repository has another name: so have the items of all cards."""
    return tuple(
        ItemMoved(now, card.id, link.ref, replace(link.ref, repository=new))
        for card in (*state.cards.values(), *state.departed.values())
        for link in card.forge.links
        if link.ref.repository.same(old)
    )


def taken(state: State, ref: ItemRef) -> Rejected | None:
    """Why no further card may have the issue, if one has it."""
    card = owner_of(state, ref)
    if card is None:
        return None
    return Rejected(
        f"{ref} is already on the board",
        f"{card.id} {card.slug} has it",
        f"Show it: orch show {card.id}. Or unlink it first: orch issues unlink {card.id}",
    )


def linked(
    issue: FetchedIssue, card: str, now: float, *, over: bool = False, imported: bool = False
) -> ItemLinked:
    """The event that links a card with an issue; work that is `over` before changes nothing there. `imported`
    if the card is created for it."""
    return ItemLinked(
        now,
        card,
        issue.ref,
        issue.title,
        issue.url,
        Synced(issue.seen),
        issue.claim,
        Progress("done") if over else Progress(),
        imported,
        issue.rule,
    )


def claim_refused(card: Card, ref: ItemRef, why: str, now: float) -> tuple[Event, ...]:
    """The card does not get the issue. One that was created for it, and that nothing has been done with
    since, is removed."""
    refused = ClaimRefused(now, card.id, ref, why)
    link = card.forge.issue
    untouched = not (card.session or card.launch or card.worktree or card.ending or card.finished)
    if link is None or not link.ref.same(ref) or not link.imported or not untouched:
        return (refused,)
    return (refused, EndingAsked(now, card.id, "remove"))


def decide_link(state: State, card: Card, command: ForgeCommand, now: float) -> Decision:
    """Links a card with an issue, or unlinks it; or says why not."""
    own = card.forge.issue
    if isinstance(command, LinkIssue | QueueIssue):
        if own:
            hint = f"Unlink it first: orch issues unlink {card.id}"
            return Rejected(f"{card.id} already has an issue", f"it is {own.ref}", hint)
        if any(isinstance(each.act, CreateIssue) for each in card.forge.outbox):
            hint = f"Show what became of it: orch show {card.id}"
            return Rejected(f"{card.id} is to get a new issue already", hint=hint)
    if isinstance(command, QueueIssue):
        return _queued(card, command, now)
    if isinstance(command, LinkIssue):
        over = bool(card.finished)
        return taken(state, command.issue.ref) or (linked(command.issue, card.id, now, over=over),)
    if own is None:
        return no_issue(card)
    return (command.release or ItemUnlinked(now, card.id, own.ref),)


def _queued(card: Card, command: QueueIssue, now: float) -> Decision:
    if card.finished:
        return Rejected(f"{card.id} is in Done", hint=f"Reopen it first: orch reopen {card.slug}")
    if len(card.prompt) > _LONGEST_BODY:
        return Rejected(
            f"cannot create an issue from {card.id}",
            f"its prompt is longer than {_LONGEST_BODY:,} characters",
            f"Create the issue there, then link it: orch issues link {card.id} NUMBER",
        )
    title = one_line(card.title, _LONGEST_TITLE) or card.slug
    act = CreateIssue(title, card.prompt.strip(), command.labels, command.claim)
    return (ActQueued(now, card.id, f"a{card.forge.next_act}", act),)


def no_issue(card: Card) -> Rejected:
    """The refusal of what needs the card's issue."""
    return Rejected(f"{card.id} has no issue", hint=f"Link one: orch issues link {card.id} NUMBER")
