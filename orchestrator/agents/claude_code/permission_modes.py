"""Permission modes, ordered by what they allow without asking."""

_ORDER = ("plan", "default", "acceptEdits", "auto", "bypassPermissions")


def wider(mode: str, than: str) -> bool:
    """Whether `mode` allows a session more without asking than `than` does.

    An empty mode leaves the choice to the agent. It may be any, and so may an unknown one: as the requested
    mode it counts as the widest, as the present one as `default`.
    """
    if mode == than:
        return False
    held = than if than in _ORDER else "default"
    return mode not in _ORDER or _ORDER.index(mode) > _ORDER.index(held)
