"""Who wrote to whom over the last hour, as a small diagram. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from orchestrator.core.mail.views import FlowView
from widgets.kit.format import Line, cells, count, fit, pad, row

_BARS = "▁▂▃▄▅▆▇█"
_NAME = (8, 22)
"""The minimum and the maximum cells of a name."""
_MOST_PAIRS = 200


def flow_lines(flows: Sequence[FlowView], now: float, width: int, minutes: int = 60) -> Iterator[Line]:
    """A line for each pair, busiest first: names, a bar for every few minutes, the total. The bars of all
    pairs have one scale; a time without mail is empty."""
    sums: Counter[tuple[str, str]] = Counter()
    for each in flows:
        sums[each.sender, each.to] += each.count
    if not sums:
        yield ((f"No messages in the last {minutes} minutes.", "muted"),)
        return
    names = [name for pair in sums for name in pair]
    least, most = _NAME
    wide = max(least, min(most, max(map(cells, names)), (width - 30) // 2))
    total = max(len(str(each)) for each in sums.values()) + 1
    step = next(
        (step for step in (1, 2, 3, 5, 10, 20) if 2 * wide + 5 + minutes // step + total <= width), 60
    )
    spots = minutes // step
    bars = _spots(flows, now, minutes, step)
    tallest = max((each for pair in bars.values() for each in pair.values()), default=1)
    yield (
        (f"{count(sum(sums.values()), 'message')} in {minutes} minutes", "title"),
        (f"  one bar is {count(step, 'minute')}, the tallest {count(tallest, 'message')}", "muted"),
    )
    yield ()
    for (sender, to), written in sorted(sums.items(), key=lambda each: (-each[1], each[0]))[:_MOST_PAIRS]:
        both = (to, sender) in sums
        yield row(
            [
                (pad(sender, wide), "text"),
                (" ⇄ " if both else " → ", "needs" if both else "faint"),
                (pad(to, wide), "text"),
                ("  ", ""),
                (picture(bars[sender, to], spots, tallest), "busy"),
                (str(written).rjust(total), "title"),
            ],
            [],
            width,
        )
    axis = f"−{minutes} min".ljust(max(spots - 3, 0)) + "now"
    yield ((" " * (2 * wide + 5), ""), (fit(axis, max(width - 2 * wide - 5, 4)), "faint"))
    if len(sums) > _MOST_PAIRS:
        yield ((f"and {count(len(sums) - _MOST_PAIRS, 'more pair')}", "muted"),)


def picture(spots: dict[int, int], length: int, tallest: int) -> str:
    """A cell for each spot, the latest last."""
    drawn = []
    for spot in range(length):
        written = spots.get(spot, 0)
        height = -(-written * len(_BARS) // max(tallest, 1))
        drawn.append(_BARS[min(height, len(_BARS)) - 1] if written else " ")
    return "".join(drawn)


def _spots(
    flows: Sequence[FlowView], now: float, minutes: int, step: int
) -> dict[tuple[str, str], dict[int, int]]:
    """How much each pair wrote in each spot, numbered from the oldest."""
    first = now // 60 - minutes + 1
    found: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for each in flows:
        spot = int((each.at // 60 - first) // step)
        found[each.sender, each.to][max(0, min(spot, minutes // step - 1))] += each.count
    return found
