"""Why the scripted agent would not start or play."""


class Refusal(Exception):  # noqa: N818 (a refusal is no error of the program's)
    """In words a user can act on."""
