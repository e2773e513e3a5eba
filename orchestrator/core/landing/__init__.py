"""Landing a card's branch on its base: what is shown before, what refuses it, and whose turn it is."""
