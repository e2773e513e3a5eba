"""Shared by several verbs: card arguments, `--json`, durations, text that may come from standard input."""

import sys
from collections.abc import Callable
from typing import Any

import click
from click.shell_completion import CompletionItem

from orchestrator.cli.scripts.quick_names import names


def complete_card(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The slugs and ids of the running hub; completion starts none."""
    return [CompletionItem(name, help=title) for name, title in names() if name.startswith(incomplete)]


def card_argument(*, required: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """One card, by its id or its slug; empty for none, unless `required`."""
    return click.argument(
        "card",
        metavar="CARD" if required else "[CARD]",
        default=None if required else "",
        required=required,
        shell_complete=complete_card,
    )


def cards_argument(*, required: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """One card or several; possibly none, unless `required`."""
    return click.argument(
        "cards", metavar="CARD...", nargs=-1, required=required, shell_complete=complete_card
    )


def json_option(help_text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--json`, passed to the verb as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help=help_text)


def time_option(name: str, help_text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An option whose value is a duration such as `90s`, passed to the verb in seconds."""
    return click.option(name, metavar="TIME", callback=_seconds, help=help_text)


def _seconds(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> float | None:
    if value is None:
        return None
    from orchestrator.config.values import seconds  # costs a fifth of a second

    try:
        return seconds(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not {error}.") from None


def from_stdin() -> str:
    """All of standard input, which must be text; on a terminal, asks for it."""
    if sys.stdin.isatty():
        click.echo("Type the text, then Ctrl-D.", err=True)
    try:
        return utf8(sys.stdin.read(), "standard input").strip("\n")
    except UnicodeDecodeError:
        raise click.UsageError("standard input is not UTF-8 text.") from None


def utf8(text: str, what: str) -> str:
    """The text, which must be encodable for the hub: bytes from the shell that are not UTF-8 are a usage
    error."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise click.UsageError(f"{what} is not UTF-8 text.") from None
    return text
