"""Permission modes by how much they let a session do unasked."""

_ORDER = ("plan", "default", "acceptEdits", "auto", "bypassPermissions")


def wider(mode: str, than: str) -> bool:
    """Whether `mode` may let a session do more unasked than `than` does.

    An empty one leaves the mode to the agent. It may be any, and so may one that isn't known: what is asked
    for counts as the widest then, what is held as `default`.
    """
    if mode == than:
        return False
    held = than if than in _ORDER else "default"
    return mode not in _ORDER or _ORDER.index(mode) > _ORDER.index(held)
