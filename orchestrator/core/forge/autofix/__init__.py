"""Autofix: what a change request lacks becomes a prompt to the session that works on it."""
