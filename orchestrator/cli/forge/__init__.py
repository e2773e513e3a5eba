"""Verbs about what waits to be sent to a forge."""
