"""The tree of verbs, of which only the one that is called is imported."""

import difflib
import importlib
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import click

from orchestrator.actions import BY_ID, RENAMED
from orchestrator.cli.verb_table import GROUPS


def verb(action_id: str) -> Callable[[Callable[..., Any]], click.Command]:
    """Makes a function the verb of an action; name and help text come from there."""
    return click.command(action_id.rpartition(".")[2], help=BY_ID[action_id].help)


class LazyGroup(click.Group):
    """A group whose verbs are named by their location: `{"ls": "orchestrator.cli.cards.views:ls"}`."""

    def __init__(
        self,
        *,
        verbs: Mapping[str, str],
        prefix: str = "",
        sections: Mapping[str, Iterable[str]] = MappingProxyType({}),
        **settings: Any,
    ) -> None:
        """`sections` are the headings of the help with the verbs below each; one for all by default."""
        super().__init__(**settings)
        self._sections = sections
        self._verbs = dict(verbs)
        self._prefix = prefix

    def knows(self, name: str) -> bool:
        """Whether it is the name of a verb, or a former one."""
        return self._present(name) in self._verbs

    def _present(self, name: str) -> str:
        return RENAMED.get(f"{self._prefix}{name}", f"{self._prefix}{name}").removeprefix(self._prefix)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(self._verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (as above)
        if not self.knows(cmd_name):
            return None
        module, _, name = self._verbs[self._present(cmd_name)].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not self.knows(args[0]) and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], self._verbs, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            ctx.fail(f"No command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for title, verbs in (self._sections or {"Commands": self._verbs}).items():
            with formatter.section(title):
                formatter.write_dl([(name, self._help_of(name)) for name in verbs], col_max=14)

    def _help_of(self, name: str) -> str:
        if not self._prefix and name in GROUPS:
            return GROUPS[name]
        return BY_ID[f"{self._prefix}{name}"].help


class VerbGroup(LazyGroup):
    """A group that is also a verb: if the first word names none of its verbs, `itself` is called with all of
    them, as in `orch run FILE` beside `orch run list`."""

    def __init__(
        self, *, itself: str, verbs: Mapping[str, str], prefix: str, bare: bool = False, **settings: Any
    ) -> None:
        """With `bare`, `itself` is also called without arguments."""
        super().__init__(verbs=verbs, prefix=prefix, **settings)
        self._itself = itself
        self._bare = bare

    @property
    def itself(self) -> click.Command:
        """The command to call if no verb is named; imported at the first use."""
        module, _, name = self._itself.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        helps = parent.help_option_names if parent else ["--help"]
        if (not args and not self._bare) or (args and self.knows(args[0])) or (args and args[0] in helps):
            return super().make_context(info_name, args, parent, **extra)
        return self.itself.make_context(info_name, args, parent, **extra)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [*self.itself.collect_usage_pieces(ctx), "| COMMAND ..."]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.itself.format_options(ctx, formatter)
        self.format_commands(ctx, formatter)
