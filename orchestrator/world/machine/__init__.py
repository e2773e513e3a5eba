"""The processes of this machine, whoever started them: which work in a folder, and their ancestors.

Separate from `processes`, whose runner must start without any library.
"""

from orchestrator.world.machine.inside import Found, empty_within, inside
from orchestrator.world.machine.lineage import lineage, mark, own_mark

__all__ = ["Found", "empty_within", "inside", "lineage", "mark", "own_mark"]
