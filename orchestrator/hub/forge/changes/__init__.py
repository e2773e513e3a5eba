"""Change requests of cards: pushed, opened, merged, fixed."""
