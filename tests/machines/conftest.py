"""A real hub with scripted agents, and a private tmux server with a real terminal, as other rooms' tests have
them."""

from tests.hub.conftest import stage
from tests.machines.panes import panes
from tests.world.conftest import socket, terminal, tmux

__all__ = ["panes", "socket", "stage", "terminal", "tmux"]
