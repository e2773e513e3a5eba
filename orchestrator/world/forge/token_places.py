"""Where the token of an account may be found."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TokenPlaces:
    """The places that the configuration names for a token; empty for none."""

    command: tuple[str, ...] = ()
    file: str = ""
    table: str = field(default="github", compare=False)
    """The table of the configuration."""
    environment: bool = True
    """Whether a variable may have it: not where that may be the token of another server."""
