"""Undo: the acts of people as they were recorded, and how the last one is taken back."""
