"""Programs that orch requires, and how to install them."""

import shutil

from orchestrator.cli.failures import Unusable

_INSTALL = {
    "tmux": "Install tmux 3.2 or newer with your package manager, for instance: apt install tmux",
    "git": "Install git 2.38 or newer with your package manager, for instance: apt install git",
}


def require(*names: str) -> None:
    """Ends the command with exit code 2 and one sentence if one of these is not on the PATH."""
    for name in names:
        if shutil.which(name) is None:
            raise Unusable(f"{name} is not installed. {_INSTALL[name]}")
