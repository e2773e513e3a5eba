"""Typing into the panes of sessions, and its conditions."""
