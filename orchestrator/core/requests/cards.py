"""Cards and their sessions. A card is named by its id, its slug, or a unique prefix of its slug."""

from dataclasses import dataclass
from typing import Literal

from orchestrator.core.board.updates import Board
from orchestrator.core.board.views import Attachment, CardDetail, CardView, Preview
from orchestrator.core.landing.survey import Survey
from orchestrator.core.requests.request import Act, Read
from orchestrator.core.undo.views import Undone

Ending = Literal["merge", "squash", "rebase", "keep", "discard"]
"""What happens to a card's branch and worktree when it is finished."""
Nudging = Literal["continue", "interrupt", "restart", "again", "drop"]


@dataclass(frozen=True, slots=True)
class ShowBoard(Read[Board]):
    verb = "board"


@dataclass(frozen=True, slots=True)
class ShowCard(Read[CardDetail]):
    verb = "show"
    card: str


@dataclass(frozen=True, slots=True)
class ShowPane(Read[Preview]):
    """The present content of the session's pane. Refused if it has none."""

    verb = "preview"
    act = "preview"
    card: str


@dataclass(frozen=True, slots=True)
class SeenLast(Read[str]):
    """The id of the card that an `Attachment`'s client viewed last; empty if unknown."""

    verb = "view"
    view: str


@dataclass(frozen=True, slots=True)
class New(Act[CardView]):
    """A new card; unless `backlog`, it starts at once or waits for a slot. `repo` is any path in it."""

    verb = "new"
    title: str
    repo: str
    prompt: str = ""
    base: str = ""
    branch: str = ""
    name: str = ""
    model: str = ""
    permission_mode: str = ""
    agent: str = ""
    """The name of an agent program; empty for the configured default."""
    labels: tuple[str, ...] = ()
    backlog: bool = False


@dataclass(frozen=True, slots=True)
class OfCard(Act[CardView]):
    """Answered by the card after the change."""

    card: str


@dataclass(frozen=True, slots=True)
class Start(OfCard):
    verb = "start"


@dataclass(frozen=True, slots=True)
class Stop(OfCard):
    """Ends the session and keeps card, worktree and conversation."""

    verb = "stop"


@dataclass(frozen=True, slots=True)
class Resume(OfCard):
    """Resumes the ended session's conversation in a new window. With `go_on` a cut-off turn is told to
    continue."""

    verb = "resume"
    go_on: bool = False


@dataclass(frozen=True, slots=True)
class Restart(OfCard):
    """Ends the session and resumes its conversation."""

    verb = "restart"


@dataclass(frozen=True, slots=True)
class Send(OfCard):
    """Types a prompt into an idle session. With `queue`, as soon as it is idle."""

    verb = "send"
    text: str
    queue: bool = False


@dataclass(frozen=True, slots=True)
class Nudge(OfCard):
    """Nudges a session: `continue` (sends that word; interrupts a stalled turn first), `interrupt` (presses
    Escape), `restart` (ends the session and resumes its conversation), `again` (resends the prompts that are
    not in the conversation) or `drop` (drops them, and those that cannot be typed)."""

    verb = "nudge"
    how: Nudging


@dataclass(frozen=True, slots=True)
class Hold(OfCard):
    """Puts the card into Blocked with a note. Its session keeps running."""

    verb = "hold"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Release(OfCard):
    verb = "release"


@dataclass(frozen=True, slots=True)
class Shelve(OfCard):
    """Stops the session and moves the card to the backlog; its worktree stays."""

    verb = "shelve"


@dataclass(frozen=True, slots=True)
class Finish(OfCard):
    """Ends the session and moves the card to Done. `how`: land its branch on the base, or `into` another
    branch, by `merge`, `squash` or `rebase`; `keep` branch and worktree; or `discard` both. With `rescue`,
    after saving what would be lost. Landings in a repository go one after another; without `wait` the answer
    comes once it is in that queue."""

    verb = "finish"
    how: Ending
    rescue: bool = False
    into: str = ""
    wait: bool = True


@dataclass(frozen=True, slots=True)
class SurveyLanding(Read[Survey]):
    """What landing a card's branch on its base, or `into` another branch, would do. Changes nothing."""

    verb = "landing"
    card: str
    into: str = ""


@dataclass(frozen=True, slots=True)
class AwaitFinish(Read[CardView]):
    """Answers when the card is in Done. Refused with the reason where its landing failed, and where it is not
    being finished."""

    verb = "landing.wait"
    card: str


@dataclass(frozen=True, slots=True)
class CancelLanding(OfCard):
    """Takes the card out of the queue of landings, or cancels its landing and ends its check, as long as the
    base is not being moved."""

    verb = "finish.cancel"
    act = "finish"


@dataclass(frozen=True, slots=True)
class Reopen(OfCard):
    """Moves a card out of Done, to the column of its session's state."""

    verb = "reopen"


@dataclass(frozen=True, slots=True)
class Acknowledge(OfCard):
    """Marks the session's result as seen; `attached` if by attaching to its terminal."""

    verb = "acknowledge"
    attached: bool = False


@dataclass(frozen=True, slots=True)
class Remove(OfCard):
    """Removes card, session and worktree. Refused with what would be lost; with `rescue` it is saved first,
    and the answer's `rescues` ends with the ref's name. With `keep` worktree and branch are kept. A working
    session is ended only with `force`."""

    verb = "rm"
    rescue: bool = False
    keep: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True)
class Attach(Act[Attachment]):
    """`tmux` is the caller's `$TMUX`. Marks the card as seen."""

    verb = "attach"
    card: str
    tmux: str = ""


@dataclass(frozen=True, slots=True)
class Pin(OfCard):
    """Pins the card to the top of its column, in any column."""

    verb = "pin"


@dataclass(frozen=True, slots=True)
class Unpin(OfCard):
    verb = "unpin"
    act = "pin"


@dataclass(frozen=True, slots=True)
class Label(OfCard):
    """Adds labels to the card, and removes labels from it."""

    verb = "label"
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undo(Act[Undone]):
    """Takes back the caller's last act, or the last on `card`. `seen` is the act that was shown: if another
    one is the last by now, nothing is undone. With `dry_run` it only says what would happen."""

    verb = "undo"
    decides = True
    card: str = ""
    seen: str = ""
    dry_run: bool = False


PlainCommand = Hold | Release | Reopen | Acknowledge | Pin | Unpin | Label | CancelLanding
"""Requests that need no facts from outside: the request itself is the command."""
