"""The language that selects cards: parsed here, used by the board's filter and by `--where`."""
