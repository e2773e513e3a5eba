"""Keeps what cards show of their forges up to date, with as few requests as possible."""
