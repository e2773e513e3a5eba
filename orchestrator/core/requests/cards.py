"""Cards and their sessions. A card is named by its id, its slug, or the beginning of just one slug."""

from dataclasses import dataclass
from typing import Literal

from orchestrator.core.board.updates import Board
from orchestrator.core.board.views import Attachment, CardDetail, CardView, Preview
from orchestrator.core.landing.survey import Survey
from orchestrator.core.requests.request import Act, Read

Ending = Literal["merge", "squash", "rebase", "keep", "discard"]
"""What becomes of a card's branch and worktree when it is finished."""
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
    """The session's pane as it looks now. Refused when it has none."""

    verb = "preview"
    act = "preview"
    card: str


@dataclass(frozen=True, slots=True)
class SeenLast(Read[str]):
    """The id of the card that an `Attachment`'s view showed last; empty where it isn't known."""

    verb = "view"
    view: str


@dataclass(frozen=True, slots=True)
class New(Act[CardView]):
    """A new card; unless `backlog`, it starts at once or waits in the queue. `repo` is any path in it."""

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
    """Answered by the card as it is then."""

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
    """Brings the ended session's conversation back in a new window. With `go_on` a turn that was cut off is
    told to continue."""

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
    """Helps a session on: `continue` (sends that word; interrupts a stalled turn first), `interrupt` (presses
    Escape), `restart` (ends the session and resumes its conversation), `again` (sends the prompts again that
    are not in the conversation) or `drop` (gives them up, and those that can't be typed)."""

    verb = "nudge"
    how: Nudging


@dataclass(frozen=True, slots=True)
class Hold(OfCard):
    """Puts the card into Blocked with a note. Its session runs on."""

    verb = "hold"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Release(OfCard):
    verb = "release"


@dataclass(frozen=True, slots=True)
class Shelve(OfCard):
    """Stops the session and sends the card back to the backlog; its worktree stays."""

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
    """Takes the card out of the queue of landings, as long as it is not its turn."""

    verb = "finish.cancel"
    act = "finish"


@dataclass(frozen=True, slots=True)
class Reopen(OfCard):
    """Takes a card out of Done, to where its session puts it."""

    verb = "reopen"


@dataclass(frozen=True, slots=True)
class Acknowledge(OfCard):
    """Marks what the session did as seen; `attached` is by going to its terminal."""

    verb = "acknowledge"
    attached: bool = False


@dataclass(frozen=True, slots=True)
class Remove(OfCard):
    """Removes card, session and worktree. Refused with what would be lost; with `rescue` it is saved first,
    and the answer's `rescues` ends with the ref's name. With `keep` worktree and branch stay where they are.
    A session at work is ended with `force` alone."""

    verb = "rm"
    rescue: bool = False
    keep: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True)
class Attach(Act[Attachment]):
    """`tmux` is the caller's `$TMUX`. The card counts as seen from now on."""

    verb = "attach"
    card: str
    tmux: str = ""


@dataclass(frozen=True, slots=True)
class Pin(OfCard):
    """Puts the card first in its column, wherever it goes; one that is pinned is let go."""

    verb = "pin"


PlainCommand = Hold | Release | Reopen | Acknowledge | Pin | CancelLanding
"""What needs to know nothing but the card: the request itself is what is decided about."""
