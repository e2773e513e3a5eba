<<<<<<< HEAD
"""A real hub with scripted agents, as the hub's own tests have it."""

from tests.hub.conftest import stage

__all__ = ["stage"]
=======
"""A private tmux server, and a real terminal, as the tests of the room `world` have them."""

from tests.world.conftest import socket, terminal, tmux

__all__ = ["socket", "terminal", "tmux"]
>>>>>>> 2589d11 (Know windows by ids and start commands, and start each agent once)
