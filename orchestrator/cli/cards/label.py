"""`orch label`: add labels to cards, and remove them."""

import click

from orchestrator.actions import BY_ID
from orchestrator.cli.cards.chosen import chosen, where_option
from orchestrator.cli.cards.verbs import each
from orchestrator.cli.options import cards_argument, json_option
from orchestrator.cli.text import plain
from orchestrator.core.board.views import CardView
from orchestrator.core.filter.language import Filter
from orchestrator.core.requests.cards import Label


class _Signed(click.Command):
    """Reads `+NEW` as `--add NEW` and `-OLD` as `--remove OLD`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = {name for parameter in self.params for name in parameter.opts} | {*ctx.help_option_names}
        valued = {
            name
            for parameter in self.params
            if isinstance(parameter, click.Option) and not parameter.is_flag
            for name in parameter.opts
        }
        words: list[str] = []
        for at, word in enumerate(args):
            if word == "--":
                words += args[at:]
                break
            value = bool(words) and words[-1] in valued  # it belongs to the option before it
            if not value and len(word) > 1 and word not in known and word[0] == "+":
                words.append(f"--add={word[1:]}")
            elif not value and len(word) > 1 and word not in known and word[0] == "-" and word[1] != "-":
                words.append(f"--remove={word[1:]}")
            else:
                words.append(word)
        return super().parse_args(ctx, words)


@click.command(
    "label", cls=_Signed, help=BY_ID["label"].help, epilog="+NEW is --add NEW, -OLD is --remove OLD."
)
@cards_argument(required=False)
@where_option("Every card that fits, instead of CARD....")
@click.option("--add", multiple=True, metavar="LABEL", help="Add the label; also written +LABEL.")
@click.option("--remove", multiple=True, metavar="LABEL", help="Remove the label; also written -LABEL.")
@json_option("Print each card as a JSON line.")
def label(
    cards: tuple[str, ...], where: Filter | None, add: tuple[str, ...], remove: tuple[str, ...], as_json: bool
) -> None:
    if not add and not remove:
        raise click.UsageError("name labels: +NEW to add one, -OLD to remove one.")
    each(chosen(cards, where), lambda card: Label(card, add, remove), as_json, _labels)


def _labels(card: CardView) -> str:
    return ", ".join(map(plain, card.labels)) or "no labels"
