"""The calls themselves."""

import json
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPException
from typing import Any
from urllib.parse import quote

from orchestrator.client import updates
from orchestrator.client.errors import HubAway
from orchestrator.client.mail_calls import MailCalls
from orchestrator.client.rescue_calls import RescueCalls
from orchestrator.client.run_calls import RunCalls
from orchestrator.client.trust_calls import TrustCalls
from orchestrator.client.updates import Board, Update
from orchestrator.client.window_calls import WindowCalls
from orchestrator.core.retention import KeptView
from orchestrator.core.rights import GrantView
from orchestrator.core.speaker import Speaker
from orchestrator.core.views import (
    Attachment,
    CardDetail,
    CardView,
    HubView,
    Need,
    NeedDetail,
    Preview,
    Settings,
    Trial,
    Waited,
)

_SILENCE_LIMIT = 30.0
"""Seconds without a line, keep-alives included, after which the event stream counts as cut."""


class Client(RunCalls, MailCalls, RescueCalls, TrustCalls, WindowCalls):
    """A caller of one hub. Making one does not connect."""

    # --- reading ---------------------------------------------------------------------------------

    def hub(self) -> HubView:
        return HubView(**self.ask("GET", "/hub"))

    def speaker(self) -> Speaker:
        """Who this process is to the hub: a person, or a session."""
        return Speaker(**self.ask("GET", "/speaker"))

    def board(self) -> Board:
        return updates.board(self.ask("GET", "/board"))

    def cards(self) -> tuple[CardView, ...]:
        """Every card, in the order of the board: by column, then as the column stands."""
        return self.board().cards

    def show(self, ref: str) -> CardDetail:
        """`ref` is an id or an unambiguous slug, here and below; `Missing` names the candidates."""
        return updates.detail(self.ask("GET", f"/cards/{quote(ref, safe='')}"))

    def preview(self, ref: str) -> Preview:
        """The session's pane as it looks now. `Refused` when it has none."""
        return Preview(**self.ask("GET", f"/cards/{quote(ref, safe='')}/preview"))

    def needs(self) -> tuple[Need, ...]:
        """What waits for a human, the most urgent first."""
        return self.board().needs

    def need(self, ref: str) -> NeedDetail:
        """One of them, whole. `ref` is its id, or a card that has just one; else `Missing`."""
        return updates.need_detail(self.ask("GET", f"/needs/{quote(ref, safe='')}"))

    def grants(self) -> tuple[GrantView, ...]:
        """What sessions were allowed always by answers, the newest first."""
        return tuple(GrantView(**each) for each in self.ask("GET", "/grants"))

    def revoke_grant(self, grant: str) -> GrantView:
        """Takes a session's grant back by its restart. `Refused` for one that stands in a file."""
        return GrantView(**self.ask("POST", "/grants/revoke", {"grant": grant}))

    def stats(self, days: int = 7) -> tuple[Waited, ...]:
        """How long sessions waited for a human, by day and card, the latest day first."""
        return tuple(Waited(**each) for each in self.ask("GET", f"/stats?days={days}"))

    def try_rules(self, days: int = 30) -> tuple[Trial, ...]:
        """What the rules of the user's file as it is now would answer to the requests of the past days."""
        return tuple(Trial(**each) for each in self.ask("GET", f"/rules/trial?days={days}"))

    def kept(self) -> tuple[KeptView, ...]:
        """How much the hub keeps, and what retention would remove now."""
        return tuple(KeptView(**each) for each in self.ask("GET", "/kept"))

    def settings(self) -> Settings:
        said: dict[str, Any] = self.ask("GET", "/settings")
        lists: dict[str, Any] = {name: tuple(said[name]) for name in ("models", "permission_modes")}
        return Settings(**{**said, **lists})

    def watch(self) -> Iterator[Update]:
        """A `Board`, then every change as it happens; blocks between them.

        Raises `HubAway` when the hub ends or falls silent; call again for a fresh `Board`.
        """
        with closing(self.connect(_SILENCE_LIMIT)) as connection:
            try:
                connection.request("GET", "/events")
                answer = connection.getresponse()
                while line := answer.readline():
                    if line.startswith(b"data: "):
                        yield updates.update(json.loads(line[6:]))
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
        labels: tuple[str, ...] = (),
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
            labels=list(labels),
            backlog=backlog,
        )

    def start(self, ref: str) -> CardView:
        return self._command("start", card=ref)

    def stop(self, ref: str) -> CardView:
        """Ends the session and keeps card, worktree and conversation."""
        return self._command("stop", card=ref)

    def resume(self, ref: str, *, go_on: bool = False) -> CardView:
        """Brings the ended session's conversation back in a new window. With `go_on` a turn that was cut off
        is told to continue."""
        return self._command("resume", card=ref, go_on=go_on)

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

    def finish(self, ref: str, how: str, *, rescue: bool = False, into: str = "") -> CardView:
        """Ends the session and moves the card to Done. `how`: `merge` its branch into the base, or `into`
        another branch; `keep` branch and worktree; or `discard` both. With `rescue`, after saving what
        would be lost."""
        more = {"into": into} if into else {}
        return self._command("finish", card=ref, how=how, rescue=rescue, **more)

    def reopen(self, ref: str) -> CardView:
        """Takes a card out of Done, to where its session puts it."""
        return self._command("reopen", card=ref)

    def acknowledge(self, ref: str) -> CardView:
        """Marks what the session did as seen."""
        return self._command("acknowledge", card=ref)

    def remove(self, ref: str, *, rescue: bool = False, keep: bool = False, force: bool = False) -> CardView:
        """Removes card, session and worktree. `Refused` says what would be lost; with `rescue` it is
        saved first, and the returned card's `rescues` ends with the ref's name. With `keep` worktree and
        branch stay where they are. A session at work is ended with `force` alone."""
        more = {name: True for name, given in (("keep", keep), ("force", force)) if given}
        return self._command("remove", card=ref, rescue=rescue, **more)

    def answer(
        self,
        ref: str,
        verdict: str,
        *,
        message: str = "",
        options: tuple[tuple[str, ...], ...] = (),
        always: int = 0,
        seen: str = "",
        by: str = "cli",
    ) -> CardView:
        """Answers a request: `verdict` is `allow`, `always` or `deny`.

        `message` is what the agent reads with a denial. `options` answers a question's questions in their
        order, each with the labels chosen or with the user's own words. `always` is the number of the
        suggestion that shall hold from now on. `seen` is the version of the dialog that was looked at.
        `by` is where the user is. `Refused` when it was answered elsewhere or can be answered only in its
        session; `Missing` when there is no such request.
        """
        return self._command(
            "answer", need=ref, verdict=verdict, message=message, options=[list(each) for each in options],
            always=always, seen=seen, by=by,
        )  # fmt: skip

    def nudge(self, ref: str, how: str, *, by: str = "cli") -> CardView:
        """Helps a card on: `continue` (sends that word; interrupts a stalled turn first), `interrupt`
        (presses Escape), `restart` (ends the session and resumes its conversation), `again` (sends the
        prompts again that are not in the conversation) or `drop` (gives them up, and those that can't be
        typed)."""
        return self._command("nudge", card=ref, how=how, by=by)

    def attach(self, ref: str, *, tmux: str = "") -> Attachment:
        """`tmux` is the caller's `$TMUX`. The card counts as seen from now on."""
        said = self.ask("POST", f"/cards/{quote(ref, safe='')}/attach", {"tmux": tmux})
        return Attachment(argv=tuple(said["argv"]), inside=said["inside"], view=said.get("view", ""))

    def seen_last(self, view: str) -> str:
        """The id of the card that an `Attachment`'s view showed last; empty where it isn't known."""
        return str(self.ask("GET", f"/views/{quote(view, safe='')}")["card"])

    def stop_hub(self) -> None:
        """Ends the hub; sessions go on."""
        self.ask("POST", "/hub/stop", {})

    def _command(self, verb: str, **arguments: Any) -> CardView:
        return updates.card(self.ask("POST", f"/commands/{verb}", arguments))
