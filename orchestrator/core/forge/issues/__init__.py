"""Issues as cards: linked, imported, and what they show of their cards."""
