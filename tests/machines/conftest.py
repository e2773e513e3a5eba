"""A real hub with scripted agents, as the hub's own tests have it."""

from tests.hub.conftest import stage

__all__ = ["stage"]
