"""Which of several configured forges a repository belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.core.forge.remotes import FIRST, Chosen, NotChosen


@dataclass(frozen=True, slots=True)
class Configured:
    """A table of the configuration: an account on a forge."""

    name: str
    """Of the table: `github`, or `forges.NAME`."""
    kind: str
    base_url: str
    token_command: tuple[str, ...] = ()
    token_file: str = ""
    remote: str = ""
    repository: str = ""
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A configured forge, and what a repository's remotes mean there."""

    forge: Configured
    found: Chosen | NotChosen

    @property
    def fits(self) -> bool:
        """Whether the repository is on it, and of one of its owners."""
        if isinstance(self.found, NotChosen):
            return False
        owner = self.found.repository.owner.casefold()
        owners = self.forge.owners
        return not owners or owner in {each.casefold() for each in owners}


def choose_forge(candidates: Sequence[Candidate]) -> tuple[Configured, Chosen] | NotChosen:
    """The one to use: where remotes lead to several, that of `upstream` or else `origin`; of the accounts of
    one forge that which names the owner; then the first."""
    fit = [(each.forge, each.found) for each in candidates if isinstance(each.found, Chosen) and each.fits]
    if fit:
        return min(fit, key=lambda each: _rank(*each))
    told = [each.found for each in candidates if isinstance(each.found, NotChosen)]
    if len(told) == 1 or not told:
        return told[0] if told else NotChosen("no forge is configured", "See: orch config show")
    several = next((each for each in told if each.why.startswith("several")), None)
    missing = [each.why.removeprefix("no remote leads to ") for each in told]
    if several or any(" " in each for each in missing):
        return several or told[0]
    return NotChosen(f"no remote leads to {' or '.join(dict.fromkeys(missing))}", told[0].hint)


def _rank(forge: Configured, found: Chosen) -> tuple[int, bool]:
    remote = found.remote
    return (FIRST.index(remote) if remote in FIRST else len(FIRST), not forge.owners)
