"""Reading what a card changed, and commenting on it."""
