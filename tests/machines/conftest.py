"""A real hub with scripted agents, and a private tmux server with a real terminal, as other rooms' tests have
them."""

from tests.hub.conftest import stage
from tests.world.conftest import socket, terminal, tmux

__all__ = ["socket", "stage", "terminal", "tmux"]
