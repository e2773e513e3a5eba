"""Settings for notifications."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field

from orchestrator.config.base import Table, UnfitValueError, nearest
from orchestrator.config.values import Duration, OptionalCommand, Variables, Words, duration, seconds, words
from orchestrator.core.needs.ranking import RANKS
from orchestrator.core.notifications.kinds import GROUPS
from orchestrator.core.notifications.quiet import EXPECTED, quiet_hours


def _kinds(names: tuple[str, ...]) -> tuple[str, ...]:
    known = [*GROUPS, *RANKS]
    for name in names:
        if name not in known:
            raise UnfitValueError(
                f"a list of kinds ({', '.join(known)}); {name!r} is not one", nearest(name, known)
            )
    return names


def _delays(given: dict[str, str]) -> dict[str, str]:
    for kind, value in given.items():
        if kind not in RANKS:
            raise UnfitValueError(f"a table of kinds ({', '.join(RANKS)})", nearest(kind, list(RANKS)), kind)
        try:
            seconds(value)
        except ValueError as error:
            raise UnfitValueError(str(error), "", kind) from None
    return given


def _written(given: object) -> object:
    """Numbers of seconds as durations: the table holds text."""
    if isinstance(given, dict):
        return {
            key: duration(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
            for key, value in given.items()
        }
    return given


def _ranges(given: object) -> object:
    """A range contains a space, so that one text is one range."""
    return words([given] if isinstance(given, str) and given and not given.startswith("[") else given)


def _hours(ranges: tuple[str, ...]) -> tuple[str, ...]:
    for each in ranges:
        try:
            quiet_hours(each)
        except ValueError:
            raise UnfitValueError(f"a list of {EXPECTED}; {each!r} is none") from None
    return ranges


def _zone(name: str) -> str:
    try:
        if name:
            ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnfitValueError('a time zone such as "Europe/Berlin", or empty for the system\'s') from None
    return name


def _services(urls: tuple[str, ...]) -> tuple[str, ...]:
    for number, url in enumerate(urls, 1):
        if "://" not in url:  # the message must not contain it: it may be a token
            raise UnfitValueError(f'a list of URLs such as "ntfy://…"; number {number} is none')
    return urls


Kinds = Annotated[Words, AfterValidator(_kinds)]
_ALL = ("all",)


class Notify(Table):
    """Notifications of what needs you (see docs/notifications.md)."""

    board_kinds: Kinds = Field(
        default=_ALL,
        description="What rings the terminals of open boards: kinds of needs (permission, review, run),\n"
        "waits (what waits for an answer), later (the rest), or all; [] turns it off.",
    )
    terminal: Literal["auto", "bell", "osc9", "osc777", "osc99", "off"] = Field(
        default="auto",
        description="How a board rings its terminal: the bell alone, or also a desktop notification by\n"
        "OSC 9, 777 or 99; auto uses what the terminal is known to support, off only shows it on the board.",
    )
    tmux_kinds: Kinds = Field(
        default=_ALL, description="What is told in terminals that are attached to a session."
    )
    command: OptionalCommand = Field(
        default=(),
        description="A command to run; it gets one line of JSON on standard input: kind, id, message,\n"
        "since; card, slug, title, or run, workflow, stage, gate, output; more, if there is more.",
    )
    command_kinds: Kinds = Field(default=_ALL, description="What the command is run for.")
    command_when: Literal["away", "always"] = Field(
        default="away",
        description="away: not while you are active on a board.",
    )
    timeout: Duration = Field(default=30.0, description="Time limit for the command, and for a service.")
    apprise: Annotated[Words, AfterValidator(_services)] = Field(
        default=(),
        description='URLs of services of apprise: ["ntfy://…"]; needs the extra notify.',
    )
    apprise_kinds: Kinds = Field(
        default=_ALL, description="What these services are sent, while you are away."
    )
    push_kinds: Kinds = Field(
        default=_ALL, description="What paired phones are sent, while you are away (see docs/phone.md)."
    )
    push_contact: str = Field(
        default="mailto:orch@example.com",
        description="What push services are told for complaints: a mailto: or https: address.",
    )
    push_private: Words = Field(
        default=(),
        description="Hosts of push services that may be on this machine or a private network:\n"
        '["push.lan"]; others there are refused.',
    )
    content: Literal["count", "title", "full"] = Field(
        default="count",
        description="How much services and phones are sent: how many wait, also the titles, or everything.",
    )
    delay: Duration = Field(
        default=10.0,
        description="How long a finished turn, a failure, or an ended run must stand before it is told.",
    )
    delays: Annotated[Variables, BeforeValidator(_written), AfterValidator(_delays)] = Field(
        default_factory=dict, description='The same by kind: {review = "1m", permission = "5s"}.'
    )
    gather: Duration = Field(default=1.0, description="How long more is gathered into the same message.")
    pause: Duration = Field(
        default=10.0, description="Least time between two messages of the command, or of a service."
    )
    away_after: Duration = Field(
        default=120.0, description="How long after your last key on a board you count as active."
    )
    quiet: Annotated[tuple[str, ...], BeforeValidator(_ranges), AfterValidator(_hours)] = Field(
        default=(),
        description='Quiet hours, in which nothing is told: ["22:00-07:00", "sat,sun 00:00-24:00"].\n'
        "What still stands is told afterwards.",
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        default="", description="The time zone of the quiet hours; empty for the system's."
    )
