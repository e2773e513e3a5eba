"""Connects the parts of a hub; `hub` starts and ends them."""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from orchestrator import config
from orchestrator.agents.configured import Agents
from orchestrator.agents.known import KINDS
from orchestrator.core.board.views import Notice
from orchestrator.core.events import Event, StartAdmitted
from orchestrator.core.needs.nudges import Policy
from orchestrator.hub.boot import tmux_of
from orchestrator.hub.conversations.owners import Owners
from orchestrator.hub.conversations.transcripts import Transcripts
from orchestrator.hub.doors.api import api
from orchestrator.hub.doors.caller import Callers
from orchestrator.hub.doors.listen import Listener
from orchestrator.hub.doors.loopback import loopback
from orchestrator.hub.doors.owner import OwnerAccess
from orchestrator.hub.doors.peer import WithPeer
from orchestrator.hub.doors.speaking import SpeakerLookup
from orchestrator.hub.effects import Effects
from orchestrator.hub.effects.end import EndEffects
from orchestrator.hub.effects.landing import LandingEffects
from orchestrator.hub.effects.merged import MergedEffects
from orchestrator.hub.effects.prompt import PromptEffects
from orchestrator.hub.effects.stage import StageEffects
from orchestrator.hub.effects.start import StartEffects
from orchestrator.hub.effects.undo import UndoEffects
from orchestrator.hub.environments import Environments
from orchestrator.hub.forge.issues.rules import rules_of
from orchestrator.hub.forge.parts import ForgeParts, forge_parts
from orchestrator.hub.handlers.cards import cards
from orchestrator.hub.handlers.hub import hub
from orchestrator.hub.handlers.mail import mail
from orchestrator.hub.handlers.needs import needs as needs_table
from orchestrator.hub.handlers.notifications import notifications as notifications_table
from orchestrator.hub.handlers.overlaps import overlaps
from orchestrator.hub.handlers.phone import phone
from orchestrator.hub.handlers.rescues import rescues
from orchestrator.hub.handlers.review import review
from orchestrator.hub.handlers.runs import runs as runs_table
from orchestrator.hub.handlers.table import Table, joined
from orchestrator.hub.handlers.trust import trust
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.mail.service import MailService
from orchestrator.hub.mail.teams.requested_cards import RequestedCards
from orchestrator.hub.mail.teams.starting import TeamStarts
from orchestrator.hub.mail.waking.notifier import MailNotifier
from orchestrator.hub.mail.waking.text import orders_of
from orchestrator.hub.mcp.endpoint import Mcp
from orchestrator.hub.mcp.tools.cards import card_tools
from orchestrator.hub.mcp.tools.mail import mail_tools
from orchestrator.hub.mcp.tools.notify import notify_tools
from orchestrator.hub.mcp.tools.permissions import permission_tools
from orchestrator.hub.mcp.tools.reviews import review_tools
from orchestrator.hub.mcp.tools.stages import stage_tools
from orchestrator.hub.notifications.service import Notifications
from orchestrator.hub.notifications.starting import notifications_of
from orchestrator.hub.overlaps.notes import OverlapNotes
from orchestrator.hub.overlaps.radar import Radar
from orchestrator.hub.phone.service import PhoneService
from orchestrator.hub.places.local import ProcessPlace, WindowPlace
from orchestrator.hub.places.places import Places
from orchestrator.hub.places.remote import hosts_of
from orchestrator.hub.retention.cleanup import Cleanup
from orchestrator.hub.services.answers import AnswerService
from orchestrator.hub.services.cards import CardService
from orchestrator.hub.services.lookup import in_pane
from orchestrator.hub.services.mail import HumanMail
from orchestrator.hub.services.reviews import ReviewService
from orchestrator.hub.services.runs import RunService
from orchestrator.hub.services.stage_reports import StageReports
from orchestrator.hub.telling.changes import ChangeBroadcast
from orchestrator.hub.telling.figures import Figures, Memory
from orchestrator.hub.telling.needs import CurrentNeeds
from orchestrator.hub.telling.stream import Stream
from orchestrator.hub.telling.window_labels import StatusLines
from orchestrator.hub.tokens import Tokens
from orchestrator.hub.typing.answering import Dialogs
from orchestrator.hub.typing.keyboard import Keyboard
from orchestrator.hub.watching.pending_hooks import PendingHooks
from orchestrator.hub.watching.polling import Sources
from orchestrator.hub.watching.remote import RemoteSessions
from orchestrator.hub.windows.foreign import ForeignWindows
from orchestrator.paths import Home
from orchestrator.store.journal import Journal


@dataclass(frozen=True, slots=True)
class Parts:
    """A hub that has not been started."""

    engine: Engine
    effects: Effects
    sources: Sources
    radar: Radar | None
    """`None` where overlaps are looked for only when a client asks."""
    forge: ForgeParts
    holds: PendingHooks
    mail_service: MailService
    arrival: MailNotifier
    mcp: Mcp
    stream: Stream
    notifications: Notifications
    retention: Cleanup
    page: PhoneService
    loopback: Listener
    """The application for agents: hooks and MCP."""
    api: Listener
    """The application for clients: TUI and CLI."""


def assemble(home: Home, settings: config.Config, port: int, end: asyncio.Event, *, headless: bool) -> Parts:
    """Connects all parts of the hub that listens on `port` of the loopback interface. A client may set `end`.
    With `headless` there are no windows, and tmux is never used.

    Raises `JournalError` if the journal cannot be read.
    """
    memory = Memory(settings.session_memory_mb * 1_000_000)
    journal = Journal(home.journal)
    engine = Engine(
        journal,
        room=lambda: memory.room(settings.max_sessions),
        stall=(settings.stall_after, settings.stall_after_tool),
        rules=rules_of(settings),
    )
    tmux = tmux_of(home, settings, journal)
    seen_tmux = None if headless else tmux
    tokens = Tokens.of(home.key, journal.id, predates_id=journal.predates_id)
    agents = agents_of(settings)
    elsewhere = hosts_of(home, settings, port, lambda: engine.state, agents)
    url = f"http://127.0.0.1:{port}"
    places = Places(WindowPlace(home, url, agents, tmux), ProcessPlace(home, url, agents), elsewhere)
    holds = PendingHooks(engine, config.rules_of(settings), agents)
    figures = Figures(engine, port, settings.max_sessions, memory)
    mail_service, stream = _mail_and_stream(engine, home, settings, figures, holds)

    sources = Sources(
        engine=engine,
        figures=figures,
        tmux=tmux,
        home=home,
        agents=agents,
        sweep_every=settings.hub.sweep_every,
        following=RemoteSessions(engine, agents, places),
        transcripts=Transcripts(engine, agents),
        owners=Owners(),
        holds=holds,
        windows=not headless,
    )
    environments = Environments(
        home.environment, home.ssh_agent, _variables(settings), agents.session_variables
    )
    engine.after_commit(environments.heard)
    leaving = threading.Event()
    staging = StageEffects(engine, home, leaving)
    runs = RunService(engine, staging, places, agents, settings.gates.signers)
    stages = StageReports(engine, places, agents)
    keyboard = Keyboard(tmux, lambda pane: agents.of(in_pane(engine.state, pane)).screen)
    prompting = PromptEffects(engine, tmux, keyboard, agents, home.launches)
    arrival = mail_service.overview.notifier = MailNotifier(
        engine, mail_service, prompting, home.launches, agents
    )
    radar = Radar(engine, home, places, tell=settings.overlaps.tell_sessions)
    card_service = CardService(
        engine,
        figures,
        tmux,
        home,
        settings,
        agents,
        sources.expect_viewer,
        sources.owners.elsewhere,
        radar.known,
    )
    ruled = frozenset(rule.label for rule in settings.rules if rule.label)
    forge = forge_parts(
        card_service, settings, lambda card: environments.of(card)[0], leaving, ruled, stream.notice
    )
    effects = Effects(
        engine=engine,
        starting=StartEffects(
            home,
            tokens,
            places,
            agents,
            lambda card: stages.orders(card) or orders_of(card),
            environments,
            leaving,
        ),
        prompting=prompting,
        landing=LandingEffects(
            home, lambda: engine.state, lambda card: environments.of(card)[0], leaving, _progress(engine)
        ),
        merged=MergedEffects(home, lambda: engine.state),
        ending=EndEffects(home, places, _progress(engine)),
        undoing=UndoEffects(lambda: engine.state, _progress(engine)),
        staging=staging,
        telling=OverlapNotes(engine, mail_service),
        forge=forge.sending,
        fixing=forge.fixing,
        look_again=sources.look_again,
        leaving=leaving,
    )

    wanted = RequestedCards(engine, card_service, mail_service, settings.mail.cards, ruled)
    answering = AnswerService(engine, holds, Dialogs(engine, keyboard), runs, mail_service, wanted, prompting)
    reviews = ReviewService(engine, home, places, card_service.find, radar.saw, radar.known)
    callers = Callers(tokens, port, lambda: [there.tunnel.port for there in elsewhere.values()])
    toolboxes = (
        stage_tools(stages),
        permission_tools(engine, holds, agents),
        mail_tools(mail_service),
        notify_tools(mail_service),
        card_tools(wanted),
        review_tools(reviews),
    )
    mcp = Mcp(callers, toolboxes, engine.has_session)
    inside = loopback(engine, holds, callers, stages.asks_to_finish, mcp, agents, mail=arrival)
    speaking = SpeakerLookup(engine, home, tokens, tmux)
    speaking.take_up()
    retention = Cleanup(engine, mail_service, home, settings.retention, seen_tmux)
    page = PhoneService(engine, home, stream, settings.phone, lambda: table)
    notifying = notifications_of(
        engine,
        home,
        settings.notify,
        stream,
        needs=figures.needs,
        holds=holds,
        tmux=seen_tmux,
        attached=lambda: sources.attached,
        page=page,
    )
    letters = HumanMail(mail_service, TeamStarts(card_service))
    table: Table = joined(
        cards(
            card_service,
            letters,
            ForeignWindows(engine, seen_tmux, home, sources.owners, agents),
        ),
        needs_table(answering),
        notifications_table(notifying),
        runs_table(runs, reviews),
        mail(letters),
        review(reviews, card_service, letters),
        overlaps(radar, card_service),
        rescues(engine),
        forge.requests,
        trust(),
        phone(page),
        hub(card_service, stream, retention, end.set),
    )
    clients = OwnerAccess(
        api(table, stream),
        engine,
        speaking.of,
        settings.sessions.may,
        environments,
    )

    news = ChangeBroadcast(
        stream,
        None if headless else StatusLines(engine, tmux, sources, lambda: len(figures.needs())),
        notifying.changed,
    )

    def look_after() -> None:
        answering.nudge_the_stuck(Policy(**settings.nudges.model_dump()))
        news.tell()

    sources.after_look = look_after
    _tell_each_other(engine, mail_service, mcp, news)
    return Parts(
        engine,
        effects,
        sources,
        radar if settings.overlaps.watch and not headless else None,
        forge,
        holds,
        mail_service,
        arrival,
        mcp,
        stream,
        notifying,
        retention,
        page,
        Listener(inside, trusts_requests=False),
        Listener(clients, trusts_requests=True, http=WithPeer),
    )


def _mail_and_stream(
    engine: Engine, home: Home, settings: config.Config, figures: Figures, holds: PendingHooks
) -> tuple[MailService, Stream]:
    def tell_human(box: str, words: str) -> None:
        stream.notice(Notice(time.time(), mail_service.card_of(box), words))

    mail_service = MailService(engine, home, settings.mail, tell_human)
    figures.needs = CurrentNeeds(engine, holds, mail_service.overview.needs)
    figures.mail_trouble = lambda: mail_service.trouble
    stream = Stream(engine, figures.view, figures.needs, lambda: mail_service.overview.view)
    return mail_service, stream


def _tell_each_other(engine: Engine, mail_service: MailService, mcp: Mcp, news: ChangeBroadcast) -> None:
    """The listeners for changes."""

    def expect_sessions(events: Sequence[Event]) -> None:
        if any(isinstance(each, StartAdmitted) for each in events):
            mcp.expect()

    engine.with_mail(mail_service.overview.on_card)
    engine.after_change(news.changed)
    engine.after_commit(expect_sessions)
    mail_service.overview.on_view(lambda: news.changed(""))
    mail_service.overview.on_view(engine.show_mail)


def agents_of(settings: config.Config) -> Agents:
    """The agents of the configuration."""
    said = {name: settings.agent_named(name) for name in settings.agent_names}
    return Agents({name: KINDS[each.kind](each.env) for name, each in said.items()}, settings.default_agent)


def _variables(settings: config.Config) -> tuple[str, ...]:
    """The variables that go with a session of any of the agents, as names and patterns."""
    each = (settings.agent_named(name).update_environment for name in settings.agent_names)
    return tuple(dict.fromkeys(pattern for patterns in each for pattern in patterns))


def _progress(engine: Engine) -> Callable[[str, str], None]:
    """Reports the progress of an ending to the engine, from any thread."""
    loop = asyncio.get_running_loop()

    def told(card: str, words: str) -> None:
        loop.call_soon_threadsafe(engine.progress, card, words)

    return told
