"""A text as a QR code, in lines of half blocks: two modules in each cell."""

_BORDER = 2
"""Modules of light around it, which readers need; four leave no room for it on small screens."""
_CELLS = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
"""By whether the upper and the lower module are dark."""


def qr_lines(text: str) -> tuple[str, ...]:
    """Lines of equal width, to be drawn in black on white."""
    import segno  # no other verb needs it

    rows = [
        [bool(each) for each in row] for row in segno.make_qr(text, error="l").matrix_iter(border=_BORDER)
    ]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    return tuple(
        "".join(_CELLS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )
