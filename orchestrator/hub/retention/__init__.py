"""Retention: old data is kept as long as the settings say."""
