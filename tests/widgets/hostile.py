"""Text from outside that a screen must show as data."""

HOSTILE = [
    "[/etc] [bold]x[/]",
    "\x1b[2J\x1b[31mred",
    "שלום\u202e" * 30,
    "x" * 500,
    "a\nb\tc",
    "日本" * 60,
    "👨\u200d👩 🇩🇪",
]
