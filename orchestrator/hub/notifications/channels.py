"""The channels of a hub: boards, attached terminals, the user's command, apprise, phones."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from orchestrator import config
from orchestrator.core.board.views import Notice
from orchestrator.core.notifications.kinds import kinds_of
from orchestrator.core.notifications.policy import Channel
from orchestrator.core.notifications.views import SENT, Outcome
from orchestrator.core.notifications.words import Content
from orchestrator.hub.notifications.message import Delivery, Message
from orchestrator.hub.notifications.push import PushChannel
from orchestrator.hub.phone.devices import Devices
from orchestrator.hub.telling.stream import Stream
from orchestrator.world.notifications import apprise, command
from orchestrator.world.notifications.web_push import VapidKeys
from orchestrator.world.tmux import Tmux, TmuxError

_SHOWN = frozenset({"gate", "stage", "run", "run_done", "mail", "test"})
"""What a board shows in words, too; the rest is in its columns and its queue."""


@dataclass(frozen=True, slots=True)
class BoardChannel:
    """Every open board: it rings its terminal."""

    rule: Channel
    stream: Stream
    on: bool = True

    async def tell(self, message: Message) -> Outcome:
        said = message.words("full")
        subject = message.needs[0] if message.needs else ""
        shown = bool(_SHOWN.intersection(message.kinds))
        told = self.stream.notice(Notice(message.at, subject, said.body, said.title, rings=True, shown=shown))
        return SENT if told else Outcome("skipped", "no board is open")


@dataclass(frozen=True, slots=True)
class TmuxChannel:
    """Every terminal that is attached to a session: a line in its status line, and its bell."""

    rule: Channel
    tmux: Tmux
    attached: Callable[[], bool]
    bell: bool
    on: bool = True

    async def tell(self, message: Message) -> Outcome:
        if not self.attached():
            return Outcome("skipped", "no terminal is attached to a session")
        said = message.words("full").body.replace("\n", " · ")
        try:
            told = await asyncio.to_thread(self.tmux.alert, said, bell=self.bell)
        except TmuxError as error:
            return Outcome("failed", str(error))
        return SENT if told else Outcome("skipped", "no terminal is attached to a session")


@dataclass(frozen=True, slots=True)
class CommandChannel:
    """The user's own command."""

    rule: Channel
    argv: Sequence[str]
    timeout: float
    on: bool = True

    async def tell(self, message: Message) -> Outcome:
        return await asyncio.to_thread(command.run, self.argv, message.payload, self.timeout)


@dataclass(frozen=True, slots=True)
class AppriseChannel:
    """One service of apprise."""

    rule: Channel
    url: str
    timeout: float
    content: Content
    link: Callable[[], str]
    """The address of the page on which to answer; empty for none."""
    on: bool = True

    async def tell(self, message: Message) -> Outcome:
        said = message.words(self.content)
        body = "\n".join(filter(None, (said.body, self.link())))
        return await asyncio.to_thread(apprise.send, self.url, said.title, body, self.timeout)


@dataclass(frozen=True, slots=True)
class Page:
    """What notifications need to know of the page for phones."""

    devices: Callable[[], Devices]
    keys: VapidKeys
    link: Callable[[], str]
    """Its address, if one is configured; else empty."""


def channels_of(
    settings: config.Notify,
    stream: Stream,
    tmux: Tmux | None,
    attached: Callable[[], bool],
    page: Page,
) -> Iterator[Delivery]:
    """The channels that are on; `tmux` is `None` in a hub without windows."""
    if kinds := kinds_of(settings.board_kinds):
        yield BoardChannel(Channel("board", kinds), stream)
    if tmux is not None and (kinds := kinds_of(settings.tmux_kinds)):
        yield TmuxChannel(Channel("tmux", kinds), tmux, attached, settings.terminal != "off")
    if settings.command and (kinds := kinds_of(settings.command_kinds)):
        away = settings.command_when == "away"
        yield CommandChannel(
            Channel("command", kinds, away=away, pause=settings.pause), settings.command, settings.timeout
        )
    for url in dict.fromkeys(settings.apprise):
        if kinds := kinds_of(settings.apprise_kinds):
            # the name is in the record and on screens: it tells services apart, and nothing of the token
            name = f"{apprise.scheme(url)}-{hashlib.sha256(url.encode()).hexdigest()[:6]}"
            rule = Channel(name, kinds, away=True, pause=settings.pause)
            yield AppriseChannel(rule, url, settings.timeout, settings.content, page.link)
    if kinds := kinds_of(settings.push_kinds):
        rule = Channel("push", kinds, away=True, pause=settings.pause)
        yield PushChannel(
            rule,
            page.devices,
            page.keys,
            settings.content,
            settings.push_contact,
            settings.timeout,
            settings.push_private,
        )
