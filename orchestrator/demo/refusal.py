"""Why the scripted agent does not start or continue."""


class Refusal(Exception):
    """As text that a user can act on."""
