"""Saved states of worktrees: written here, listed, restored and dropped."""
