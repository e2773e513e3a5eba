"""Why the scripted agent would not start or play."""


class Refusal(Exception):
    """In words a user can act on."""
