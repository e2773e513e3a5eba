"""`python -m orchestrator.demo` or `python -S -E <this folder>`: a session of the scripted agent."""

import sys
from pathlib import Path

if not __package__:  # started by its folder, without site-packages: make the package importable
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from orchestrator.demo.flags import VERSION, parse
from orchestrator.demo.refusal import Refusal


def main() -> int:
    """Runs the session; the exit code is the program's."""
    try:
        flags = parse(sys.argv[1:])
        if flags.version:
            print(VERSION)  # noqa: T201 (what --version is for)
            return 0
        from orchestrator.demo.beginning import start

        return start(flags)
    except Refusal as refusal:
        print(f"Error: {refusal}", file=sys.stderr)  # noqa: T201 (a program's last words)
        return 1


if __name__ == "__main__":
    sys.exit(main())
