"""Lands a branch on its base: the proof that it is merged, where it is merged, and how a checkout of the base
is updated."""
