"""Other machines on which sessions run: reached by ssh alone, with nothing installed there but git and
Python.

Everything blocks, with a timeout, and may be called from any thread.
"""

from orchestrator.world.hosts.carrying import BroughtBranch, Copy, bring_back, carry, forget, unclean
from orchestrator.world.hosts.host import Host, HostAway, HostError
from orchestrator.world.hosts.snapshots import snapshot
from orchestrator.world.hosts.ssh import ask
from orchestrator.world.hosts.tunnel import Tunnel

__all__ = [
    "BroughtBranch",
    "Copy",
    "Host",
    "HostAway",
    "HostError",
    "Tunnel",
    "ask",
    "bring_back",
    "carry",
    "forget",
    "snapshot",
    "unclean",
]
