"""A hub that knows one agent program more: `hub.py FOLDER`, in which that keeps its conversations."""

import sys
from pathlib import Path

from orchestrator.agents.known import KINDS
from orchestrator.config import agents as configured
from orchestrator.hub.__main__ import main
from tests.hub.second.agent import Second

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    configured.KINDS.append("second")
    KINDS["second"] = lambda _: Second(folder)
    sys.argv[1:] = []
    sys.exit(main())
