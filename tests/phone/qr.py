"""Reads QR codes that are drawn in half blocks, by their pixels."""

import zxingcpp

_MODULE = 6
"""Pixels of a module as it is drawn here."""
_CORNER = "█▀▀▀▀▀█"
"""How the two upper corners begin."""


def read_qr(screen: str) -> str:
    """The text of the code on a screen, with whatever is around it."""
    lines = screen.splitlines()
    top = next(at for at, line in enumerate(lines) if line.count(_CORNER) == 2)
    left, right = lines[top].index(_CORNER), lines[top].rindex(_CORNER) + len(_CORNER)
    drawn = [line[left:right].ljust(right - left) for line in lines[top : top + (right - left + 1) // 2]]
    light = [255] * (right - left + 8)
    rows = [light] * 4
    for line in drawn:
        rows += [
            [255] * 4 + [0 if cell in dark else 255 for cell in line] + [255] * 4 for dark in ("█▀", "█▄")
        ]
    rows += [light] * 4
    pixels = bytes(value for row in rows for _ in range(_MODULE) for value in row for _ in range(_MODULE))
    image = memoryview(pixels).cast("B", (len(rows) * _MODULE, len(light) * _MODULE))
    (found,) = zxingcpp.read_barcodes(image)
    return str(found.text)
