"""Decides commands: the resulting events, or a refusal. The one place of refusals."""

from orchestrator.core.board.adoption import adopt_session
from orchestrator.core.board.labels import decide_labels
from orchestrator.core.board.new_card import new_card
from orchestrator.core.commands import (
    AdoptSession,
    AnswerRequest,
    CardCommand,
    Command,
    Decision,
    DropPrompts,
    FinishCard,
    NewCard,
    Rejected,
    RemoveCard,
    ResumeCard,
    SendAgain,
    SendPrompt,
    StartCard,
    UndoAct,
)
from orchestrator.core.effects import alive, may_type
from orchestrator.core.events import (
    CardAcknowledged,
    CardHeld,
    CardPinned,
    CardReleased,
    CardReopened,
    EndingAsked,
    Event,
    RequestAnswered,
    RightGranted,
    StartCancelled,
    StartQueued,
)
from orchestrator.core.forge.autofix.commands import QueueFixes, SetAutofix
from orchestrator.core.forge.autofix.decide import fixes_sent, set_autofix
from orchestrator.core.forge.autofix.prompt import prompt_of
from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.forge.changes.commands import ChangeCommand
from orchestrator.core.forge.changes.decide import decide_change
from orchestrator.core.forge.issues.commands import ForgeCommand
from orchestrator.core.forge.issues.linking import decide_link
from orchestrator.core.forge.outbox.settling import settle
from orchestrator.core.landing.decide import cancel, finish, would_lose
from orchestrator.core.landing.queue import waits
from orchestrator.core.literals import Finishing
from orchestrator.core.model import Card, State, Step
from orchestrator.core.requests.cards import (
    Acknowledge,
    CancelLanding,
    Hold,
    Label,
    Pin,
    Release,
    Reopen,
    Restart,
    Shelve,
    Stop,
    Unpin,
)
from orchestrator.core.requests.forge import OutboxCommand
from orchestrator.core.review.commands import QueueComments, ReviewCommand
from orchestrator.core.review.decide import decide_review
from orchestrator.core.sessions.cut_off import cut_off
from orchestrator.core.sessions.prompt_events import PromptDropped, PromptQueued
from orchestrator.core.sessions.prompts import offered
from orchestrator.core.sessions.states import STATES, does
from orchestrator.core.text.clean import says_something
from orchestrator.core.undo.decide import undo
from orchestrator.core.workflow.decide import decide_run
from orchestrator.core.workflow.progress import workers_at

CONTINUE = "continue"
"""What a session is sent whose turn was cut off, or is stuck."""


def decide(state: State, command: Command, now: float) -> Decision:
    """The events of `command`, or a refusal. Changes nothing."""
    if not isinstance(command, CardCommand):
        return decide_run(state, command, now)
    if isinstance(command, NewCard):
        return new_card(state, command, now)
    if isinstance(command, AdoptSession):
        return adopt_session(state, command, now)
    if isinstance(command, UndoAct):
        return undo(state, command, now)
    if isinstance(command, OutboxCommand) and (departed := state.departed.get(command.card)):
        return settle(departed, command, now)
    card = state.cards.get(command.card)
    if card is None:
        return Rejected(f"no card named {command.card}", hint="List cards: orch ls")
    if isinstance(command, ReviewCommand) and not isinstance(command, QueueComments):
        return decide_review(card, command, now)
    if isinstance(command, CancelLanding):
        return cancel(card, now)
    if isinstance(command, SetAutofix):
        return set_autofix(card, command, now)
    if isinstance(command, ForgeCommand):
        return decide_link(state, card, command, now)
    if isinstance(command, ChangeCommand):
        return decide_change(state, card, command, now)
    if isinstance(command, OutboxCommand):
        return settle(card, command, now)
    if isinstance(command, Label):
        return decide_labels(card, command, now)
    if card.ending:
        or_cancel = f" Or take it out of the queue: orch finish {card.slug} --cancel" if waits(card) else ""
        return Rejected(
            f"{card.id} is ending",
            f"{card.ending.then} is in progress",
            f"Wait until it has finished, then retry.{or_cancel}",
        )
    if refused := _others_work_there(state, card, command):
        return refused
    match command:
        case StartCard():
            return _start(card, command, now)
        case ResumeCard():
            return _resume(card, command, now)
        case Restart():
            return _restart(card, now)
        case Stop():
            return _stop(card, now)
        case SendPrompt():
            return _send(card, command, now)
        case QueueComments():
            return _send_comments(card, command, now)
        case QueueFixes():
            return _send_fixes(card, command, now)
        case SendAgain():
            return _send_again(card, command.prompt, now)
        case DropPrompts():
            return _drop(card, now)
        case Hold():
            return _hold(card, command.note, now)
        case Release():
            if card.held is None:
                return Rejected(f"{card.id} is not on hold")
            return (CardReleased(now, card.id),)
        case Pin() | Unpin():
            wanted = isinstance(command, Pin)
            return () if card.pinned is wanted else (CardPinned(now, card.id, wanted),)
        case Shelve():
            return _shelve(card, now)
        case FinishCard():
            return finish(card, command, now)
        case Reopen():
            if not card.finished:
                return Rejected(f"{card.id} is not in Done")
            return (CardReopened(now, card.id),)
        case Acknowledge():
            return _acknowledge(card, command, now)
        case RemoveCard():
            return _remove(card, command, now)
        case AnswerRequest():
            return _answer(card, command, now)


def _others_work_there(state: State, card: Card, command: CardCommand) -> Rejected | None:
    """A worktree that another stage of a run uses is not removed."""
    goes = isinstance(command, RemoveCard) or (isinstance(command, FinishCard) and command.how != "keep")
    others = workers_at(state, card.path, but=card.id) if goes and card.worktree else []
    if not others:
        return None
    return Rejected(
        f"cannot remove the worktree of {card.id}",
        f"{' and '.join(others)} {'is' if len(others) == 1 else 'are'} using it",
        "Wait until it has finished, or stop it first.",
    )


def _start(card: Card, command: StartCard, now: float) -> Decision:
    if refused := _may_not_start(card):
        return refused
    if card.session:
        return _resume(card, ResumeCard(card.id), now)
    if card.conversation and command.open_in:
        return _open_elsewhere(card, command.open_in)
    resume = bool(card.conversation)
    start = StartQueued(
        now,
        card.id,
        1,
        card.conversation or command.session_id,
        resume=resume,
        prompt="" if resume else card.prompt,
    )
    return (*_reopened(card, now), start)


def _open_elsewhere(card: Card, process: int) -> Rejected:
    return Rejected(
        f"the conversation of {card.id} is open elsewhere",
        f"process {process}, outside orch's windows, has it",
        f"End it first (orch windows end {card.adopted}), then start it here."
        if card.adopted and not card.session
        else "End it first, then resume it here.",
    )


def _resume(card: Card, command: ResumeCard, now: float) -> Decision:
    if refused := _may_not_start(card):
        return refused
    session = card.session
    if session is None:
        return Rejected(f"{card.id} has no session yet", hint=f"Start it: orch start {card.slug}")
    if command.open_in:
        return _open_elsewhere(card, command.open_in)
    go_on = CONTINUE if command.go_on and cut_off(session) else ""
    again = StartQueued(now, card.id, session.run + 1, session.session_id, resume=True, prompt=go_on)
    return (*_reopened(card, now), again)


def _reopened(card: Card, now: float) -> tuple[Event, ...]:
    return (CardReopened(now, card.id),) if card.finished else ()


def _may_not_start(card: Card) -> Rejected | None:
    if card.launch:
        waits = card.launch.step is Step.QUEUED
        return Rejected(f"{card.id} is already {'waiting to start' if waits else 'starting'}")
    if alive(card):
        return Rejected(
            f"the session of {card.id} is already running", hint=f"Attach: orch attach {card.slug}"
        )
    if card.finished and not card.worktree:
        return Rejected(f"{card.id} is done and its worktree is gone", hint="Create a new card: orch new")
    return None


def _restart(card: Card, now: float) -> Decision:
    if not alive(card):
        return _resume(card, ResumeCard(card.id), now)
    return (EndingAsked(now, card.id, "restart"),)


def _stop(card: Card, now: float) -> Decision:
    if card.launch and card.launch.step is Step.QUEUED:
        return (StartCancelled(now, card.id),)
    if not alive(card) and not card.launch:
        return Rejected(f"{card.id} has no running session")
    return (EndingAsked(now, card.id, "stop"),)


def _send(card: Card, command: SendPrompt, now: float) -> Decision:
    if not says_something(command.text):
        return Rejected("the prompt is empty")
    if not alive(card):
        return Rejected(
            f"{card.id} has no running session",
            hint=f"Start it first: orch {'resume' if card.session else 'start'} {card.slug}",
        )
    assert card.session is not None
    if not card.session.pane:
        return Rejected(
            f"cannot send a prompt to {card.id}",
            "it runs without a terminal",
            f"Stop it, then continue in a window: orch stop {card.slug}",
        )
    under_way = [prompt for prompt in card.outbox if prompt.state != "unconfirmed"]
    if not command.queue and (under_way or not may_type(card.session)):
        why = (
            f"{len(under_way)} prompt{'' if len(under_way) == 1 else 's'} already pending"
            if under_way
            else ""
        )
        return Rejected(
            f"{card.id} is not ready for a prompt",
            why or f"its session {does(card.session.status)}: {card.session.why}",
            "Send it once the session is idle: --queue",
        )
    queued = PromptQueued(now, card.id, command.prompt, command.text)
    return (queued,) if not card.session.unread else (queued, CardAcknowledged(now, card.id))


def _send_comments(card: Card, command: QueueComments, now: float) -> Decision:
    review = decide_review(card, command, now)
    if isinstance(review, Rejected):
        return review
    prompt = _send(card, SendPrompt(card.id, command.prompt, command.text, queue=True), now)
    return prompt if isinstance(prompt, Rejected) else (*prompt, *review)


def _send_fixes(card: Card, command: QueueFixes, now: float) -> Decision:
    sent = fixes_sent(card, command, now)
    change = card.forge.request
    if isinstance(sent, Rejected) or not isinstance(change, ChangeRequest):
        return sent
    text = prompt_of(change, command.problems, pushes=True, note=command.note)
    prompt = _send(card, SendPrompt(card.id, command.prompt, text, queue=True), now)
    return prompt if isinstance(prompt, Rejected) else (*prompt, *sent)


def _send_again(card: Card, prompt: str, now: float) -> Decision:
    found = offered(card)
    if not found:
        return Rejected(f"{card.id} has no prompt to resend", hint=f"Send one: orch send {card.slug} TEXT")
    if not alive(card):
        return Rejected(f"{card.id} has no running session", hint=f"Start it first: orch resume {card.slug}")
    dropped = tuple(PromptDropped(now, card.id, each.id) for each in found)
    queued = (PromptQueued(now, card.id, f"{prompt}{n}", each.text, each.id) for n, each in enumerate(found))
    return (*dropped, *queued)


def _drop(card: Card, now: float) -> Decision:
    stuck = tuple(each for each in card.outbox if each.state == "queued" and each.why)
    if found := (*offered(card), *stuck):
        return tuple(PromptDropped(now, card.id, each.id) for each in found)
    return Rejected(f"{card.id} has no prompt to drop", "every prompt was delivered or is being typed")


def _acknowledge(card: Card, command: Acknowledge, now: float) -> Decision:
    session = card.session
    unseen = card.failure is not None or (session is not None and session.unread)
    if not command.attached:
        doubt = any(prompt.state == "unconfirmed" for prompt in card.outbox)
        unseen = unseen or doubt or (session is not None and bool(session.facts.cut_off) and alive(card))
    return (CardAcknowledged(now, card.id, command.attached),) if unseen else ()


def _answer(card: Card, command: AnswerRequest, now: float) -> Decision:
    asks = card.session.facts.asks if card.session else ()
    ask = next((ask for ask in asks if ask.id == command.request), None)
    if ask is None:
        return Rejected(
            f"request {command.request} is no longer open",
            "it was answered, or its session continued",
            "List open requests: orch queue",
        )
    if not command.held:
        return Rejected(
            f"request {command.request} can only be answered in its session",
            "its hook is no longer waiting (the hub was restarted, or a subagent asked)",
            f"Attach: orch attach {card.slug}",
        )
    waited = max(0.0, now - ask.at)
    answered = RequestAnswered(
        now, card.id, ask.id, ask.kind, ask.summary, command.verdict, command.said, command.by,
        command.rule, waited, command.user,
    )  # fmt: skip
    if command.right is None or card.session is None:
        return (answered,)
    run, right = card.session.run, command.right
    return (answered, RightGranted(now, card.id, run, ask.id, right, command.by, command.user))


def _hold(card: Card, note: str, now: float) -> Decision:
    if card.finished:
        return Rejected(f"{card.id} is in Done", hint=f"Reopen it first: orch reopen {card.slug}")
    return (CardHeld(now, card.id, note.strip() or card.held or ""),)


def _shelve(card: Card, now: float) -> Decision:
    if card.launch and card.launch.step is not Step.QUEUED:
        return Rejected(f"{card.id} is starting", hint="Retry when its window is open.")
    if card.shelved or (card.session is None and card.launch is None and not card.finished):
        return Rejected(f"{card.id} is already in the backlog")
    return (*_reopened(card, now), EndingAsked(now, card.id, "backlog"))


def _remove(card: Card, command: RemoveCard, now: float) -> Decision:
    if card.launch and card.launch.step is not Step.QUEUED:
        return Rejected(f"{card.id} is starting", hint="Retry when its window is open.")
    if card.session is not None and STATES[card.session.status].at_work and not command.force:
        return Rejected(
            f"cannot remove {card.id}",
            f"its session {does(card.session.status)}, and removing the card would end it",
            f"Stop it first: orch stop {card.slug}. Or remove it anyway: --force",
        )
    if not command.loss.nothing and not command.rescue:
        return would_lose(card, command.loss)
    how: Finishing = "keep" if command.keep else ""
    return (EndingAsked(now, card.id, "remove", rescue=command.rescue, how=how),)
