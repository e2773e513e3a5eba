"""A team, from which its cards are created."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """One card of a team. `name` is its desired mailbox; if that is taken, it gets another."""

    name: str
    title: str
    prompt: str
    """The file's additional instructions for this member; often empty."""
    labels: tuple[str, ...]
    """The team's own first: `@label:auth` is everyone in it."""
    model: str
    permission_mode: str
    lead: bool
    """Whether it coordinates the others."""


@dataclass(frozen=True, slots=True)
class Team:
    """The content of a team file. The coordinator is the first of `members`, the workers follow."""

    name: str
    task: str
    members: tuple[Member, ...]
    review: str
    """Who is notified at the end: a mailbox, or `human`."""
    base: str
    """The base of all branches; empty for the repository's default branch."""
