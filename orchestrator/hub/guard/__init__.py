"""Protects the hub: one per state directory, reachable, and within its resources."""
