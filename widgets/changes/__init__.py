"""The change requests of cards."""
