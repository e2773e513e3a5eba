"""Watches which cards of a repository change the same files."""
