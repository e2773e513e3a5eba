"""The hub's API as Python calls: the one way in which the TUI and every verb reach it.

A `Client` holds no state and may be used from several threads; each call is one HTTP request on the
hub's Unix socket. Calls raise `Refused`, `Missing`, `Failed` or `HubAway`, and nothing else.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import quote

from orchestrator.core.model import Evidence, Failure, Prompt, Source
from orchestrator.core.views import Attachment, CardDetail, CardView, HubView, Preview, Settings
from orchestrator.paths import Home

_ANSWER_WITHIN = 30.0
"""Seconds. Adding a worktree to a large repository happens after the answer, so this is ample."""
_SILENCE_LIMIT = 30.0
"""Seconds without a line, keep-alives included, after which the event stream counts as cut."""
_BOOT_WITHIN = 60.0
"""Seconds for opening the hub's window; the user's tmux.conf runs in them."""
_START_WITHIN = 20.0
"""Seconds from the open window to the first answer."""


class OrchError(Exception):
    """What happened, why, and what to do next, each a sentence or empty."""

    def __init__(self, what: str, why: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what, self.why, self.hint = what, why, hint

    def __str__(self) -> str:
        said = self.what if not self.why else f"{self.what}: {self.why}"
        return f"{said.rstrip('.')}. {self.hint}" if self.hint else said


class Refused(OrchError):
    """The hub understood and said no; nothing has changed."""


class Missing(OrchError):
    """No such card, or the name fits several."""


class Failed(OrchError):
    """Something outside (tmux, git, the disk) or the hub itself went wrong."""


class HubAway(OrchError):
    """No hub answers on this state directory's socket."""


@dataclass(frozen=True, slots=True)
class Board:
    """Everything, as it is now: the first update of each stream."""

    hub: HubView
    cards: tuple[CardView, ...]


@dataclass(frozen=True, slots=True)
class CardChanged:
    card: CardView


@dataclass(frozen=True, slots=True)
class CardGone:
    id: str


@dataclass(frozen=True, slots=True)
class HubChanged:
    hub: HubView


Update = Board | CardChanged | CardGone | HubChanged


class _UnixConnection(HTTPConnection):
    def __init__(self, path: str, limit: float) -> None:
        super().__init__("orch", timeout=limit)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Client:
    """A caller of one hub. Making one does not connect."""

    def __init__(self, home: Home) -> None:
        self.home = home

    # --- reading ---------------------------------------------------------------------------------

    def hub(self) -> HubView:
        return HubView(**self._ask("GET", "/hub"))

    def board(self) -> Board:
        return _board(self._ask("GET", "/board"))

    def cards(self) -> tuple[CardView, ...]:
        """Every card, in the order of the board: by column, then as the column stands."""
        return self.board().cards

    def show(self, ref: str) -> CardDetail:
        """`ref` is an id or an unambiguous slug, here and below; `Missing` names the candidates."""
        said = self._ask("GET", f"/cards/{quote(ref, safe='')}")
        return CardDetail(
            card=_card(said["card"]),
            prompt=said["prompt"],
            outbox=tuple(Prompt(**each) for each in said["outbox"]),
            failure=Failure(**said["failure"]) if said["failure"] else None,
            history=_evidence(said["history"]),
            heard=_evidence(said["heard"]),
        )

    def preview(self, ref: str) -> Preview:
        """The session's pane as it looks now. `Refused` when it has none."""
        return Preview(**self._ask("GET", f"/cards/{quote(ref, safe='')}/preview"))

    def settings(self) -> Settings:
        said: dict[str, Any] = self._ask("GET", "/settings")
        lists: dict[str, Any] = {name: tuple(said[name]) for name in ("models", "permission_modes")}
        return Settings(**{**said, **lists})

    def watch(self) -> Iterator[Update]:
        """A `Board`, then every change as it happens; blocks between them.

        Raises `HubAway` when the hub ends or falls silent; call again for a fresh `Board`.
        """
        with closing(self._connect(_SILENCE_LIMIT)) as connection:
            try:
                connection.request("GET", "/events")
                answer = connection.getresponse()
                while line := answer.readline():
                    if line.startswith(b"data: "):
                        yield _update(json.loads(line[6:]))
            except (OSError, HTTPException) as error:
                raise HubAway("the hub's event stream was cut", str(error)) from error
        raise HubAway("the hub has ended")

    # --- commanding ------------------------------------------------------------------------------

    def new(
        self,
        title: str,
        *,
        repo: str,
        prompt: str = "",
        base: str = "",
        branch: str = "",
        name: str = "",
        model: str = "",
        permission_mode: str = "",
        backlog: bool = False,
    ) -> CardView:
        """A new card; unless `backlog`, it starts at once or waits in the queue. `repo` is any path in it."""
        return self._command(
            "new",
            title=title,
            repo=repo,
            prompt=prompt,
            base=base,
            branch=branch,
            name=name,
            model=model,
            permission_mode=permission_mode,
            backlog=backlog,
        )

    def start(self, ref: str) -> CardView:
        return self._command("start", card=ref)

    def stop(self, ref: str) -> CardView:
        """Ends the session and keeps card, worktree and conversation."""
        return self._command("stop", card=ref)

    def resume(self, ref: str) -> CardView:
        """Brings the ended session's conversation back in a new window."""
        return self._command("resume", card=ref)

    def restart(self, ref: str) -> CardView:
        """Ends the session and resumes its conversation."""
        return self._command("restart", card=ref)

    def send(self, ref: str, text: str, *, queue: bool = False) -> CardView:
        """Types a prompt into an idle session. With `queue`, as soon as it is idle."""
        return self._command("send", card=ref, text=text, queue=queue)

    def hold(self, ref: str, note: str) -> CardView:
        """Puts the card into Blocked with a note. Its session goes on."""
        return self._command("hold", card=ref, note=note)

    def release(self, ref: str) -> CardView:
        return self._command("release", card=ref)

    def shelve(self, ref: str) -> CardView:
        """Stops the session and sends the card back to the backlog; its worktree stays."""
        return self._command("shelve", card=ref)

    def finish(self, ref: str, how: str, *, rescue: bool = False) -> CardView:
        """Ends the session and moves the card to Done. `how`: `merge` its branch into the base,
        `keep` branch and worktree, or `discard` both (with `rescue`, after saving what would be lost)."""
        return self._command("finish", card=ref, how=how, rescue=rescue)

    def reopen(self, ref: str) -> CardView:
        """Takes a card out of Done, to where its session puts it."""
        return self._command("reopen", card=ref)

    def acknowledge(self, ref: str) -> CardView:
        """Marks what the session did as seen."""
        return self._command("acknowledge", card=ref)

    def remove(self, ref: str, *, rescue: bool = False) -> CardView:
        """Removes card, session and worktree. `Refused` says what would be lost; with `rescue` it is
        saved first, and the returned card's `rescues` ends with the ref's name."""
        return self._command("remove", card=ref, rescue=rescue)

    def attach(self, ref: str, *, tmux: str = "") -> Attachment:
        """`tmux` is the caller's `$TMUX`. The card counts as seen from now on."""
        said = self._ask("POST", f"/cards/{quote(ref, safe='')}/attach", {"tmux": tmux})
        return Attachment(argv=tuple(said["argv"]), inside=said["inside"])

    def stop_hub(self) -> None:
        """Ends the hub; sessions go on."""
        self._ask("POST", "/hub/stop", {})

    # --- the road --------------------------------------------------------------------------------

    def _command(self, verb: str, **arguments: Any) -> CardView:
        return _card(self._ask("POST", f"/commands/{verb}", arguments))

    def _connect(self, limit: float) -> _UnixConnection:
        connection = _UnixConnection(str(self.home.socket), limit)
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise HubAway("the hub is not running", hint="Start it with: orch hub start") from error
        return connection

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        with closing(self._connect(_ANSWER_WITHIN)) as connection:
            try:
                connection.request(
                    method,
                    path,
                    body=None if body is None else json.dumps(body),
                    headers={} if body is None else {"Content-Type": "application/json"},
                )
                answer = connection.getresponse()
                said = json.loads(answer.read() or b"null")
            except TimeoutError as error:
                raise HubAway("the hub did not answer in time", hint="See: orch hub logs") from error
            except (OSError, HTTPException, ValueError) as error:
                raise HubAway("the hub broke off in the middle of an answer", str(error)) from error
        if answer.status >= 400:
            raise _error(answer, said)
        return said


def connect(home: Home, *, start: bool = True) -> Client:
    """A client of a hub that answers. Starts one where none does, unless told not to.

    Raises `HubAway`, or `Failed` in the words of a hub that could not be started.
    """
    client = Client(home)
    try:
        client.hub()
    except HubAway:
        if not start:
            raise
        start_hub(home)
    return client


def start_hub(home: Home) -> None:
    """Starts the hub in its tmux window and returns when it answers; one that runs is left alone.

    Raises `Failed` with the reason, which is the hub's own where it has one.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "orchestrator.hub.boot"],
            capture_output=True,
            text=True,
            timeout=_BOOT_WITHIN,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failed(
            "the hub could not be started", "tmux did not answer in time", "See: orch doctor"
        ) from None
    if done.returncode:
        try:
            raise Failed(**json.loads(done.stderr.strip().splitlines()[-1]))
        except (ValueError, IndexError, TypeError):
            raise Failed("the hub could not be started", done.stderr.strip()) from None
    client = Client(home)
    deadline = time.monotonic() + _START_WITHIN
    while True:
        try:
            client.hub()
        except HubAway:
            if home.last_words.exists():
                raise Failed("the hub could not be started", home.last_words.read_text().strip()) from None
            if time.monotonic() > deadline:
                raise Failed("the hub did not come up in time", hint="See: orch hub logs") from None
            time.sleep(0.03)
        else:
            return


def _error(answer: HTTPResponse, said: Any) -> OrchError:
    words = said if isinstance(said, dict) else {}
    kind = {404: Missing, 409: Refused, 422: Refused}.get(answer.status, Failed)
    return kind(
        words.get("what") or f"the hub answered {answer.status}", words.get("why", ""), words.get("hint", "")
    )


def _card(said: dict[str, Any]) -> CardView:
    return CardView(**{**said, "rescues": tuple(said["rescues"])})


def _board(said: dict[str, Any]) -> Board:
    return Board(HubView(**said["hub"]), tuple(_card(each) for each in said["cards"]))


def _evidence(said: list[dict[str, Any]]) -> tuple[Evidence, ...]:
    return tuple(Evidence(Source(each["source"]), each["said"], each["at"]) for each in said)


def _update(said: dict[str, Any]) -> Update:
    match said["kind"]:
        case "board":
            return _board(said)
        case "card":
            return CardChanged(_card(said["card"]))
        case "gone":
            return CardGone(said["id"])
        case _:
            return HubChanged(HubView(**said["hub"]))
