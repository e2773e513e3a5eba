"""Change requests of cards: opened, followed, merged."""
