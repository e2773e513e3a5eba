"""Requests of clients to the hub: a frozen dataclass each, a file per subject."""
