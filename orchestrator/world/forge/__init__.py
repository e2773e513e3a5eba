"""Forges: servers that keep issues and change requests. The hub knows them by `forge.py` alone."""
