"""Whose environment a session is started with: that of the client who asks for it, else the last one's."""

from orchestrator.hub.environments.store import HEADER, Environments

__all__ = ["HEADER", "Environments"]
