"""`orch ls --json` as scripts call it: what the hub says, without turning it into cards and back."""

import sys

from orchestrator.cli.scripts.raw import ask


def answer() -> bool:
    """Prints the list; `False` if no hub responds, which the whole command line starts."""
    body = ask("board")
    if not body:
        return False
    import json

    try:
        cards = json.loads(body)["cards"]
    except (ValueError, KeyError, TypeError):
        return False
    sys.stdout.write(f"{json.dumps(cards, indent=2)}\n")
    return True
