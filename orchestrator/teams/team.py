"""A team as its cards are made from it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """One card of a team. `name` is the mailbox that it is to have; where that is taken, it gets another."""

    name: str
    title: str
    prompt: str
    """What the file says to this one beside what its part in the team is; often empty."""
    labels: tuple[str, ...]
    """The team's own first: `@label:auth` is everybody in it."""
    model: str
    permission_mode: str
    lead: bool
    """Whether it coordinates the others."""


@dataclass(frozen=True, slots=True)
class Team:
    """What a team file says. The coordinator is the first of `members`, the workers follow."""

    name: str
    task: str
    members: tuple[Member, ...]
    review: str
    """Who is told at the end: a mailbox, or `human`."""
    base: str
    """What all branches start from; empty for the repository's default branch."""
