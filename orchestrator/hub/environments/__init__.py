"""The environment with which a session is started: that of the client that requests it, else the last
client's."""

from orchestrator.hub.environments.store import HEADER, Environments

__all__ = ["HEADER", "Environments"]
