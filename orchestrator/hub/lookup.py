"""What is asked for by a name that fits nothing, or several things."""


class MissingError(Exception):
    """No such card or request, or a name that fits several."""

    def __init__(self, what: str, why: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what, self.why, self.hint = what, why, hint
