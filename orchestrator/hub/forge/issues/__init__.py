"""Issues of cards: listed, imported, created, shown as done."""
