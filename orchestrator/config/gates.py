"""Settings for gates."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from orchestrator.config.base import Table, UnfitValueError
from orchestrator.config.values import Variables

_KEY = re.compile(r"((?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,3})(?: .*)?")


def _keys(given: dict[str, str]) -> dict[str, str]:
    owners: dict[str, str] = {}
    for name, key in given.items():
        found = _KEY.fullmatch(key.strip())
        if not name.strip() or not found or "cert" in found[1]:
            raise UnfitValueError('a public key as in a .pub file: "ssh-ed25519 AAAA…"', "", name)
        if other := owners.get(found[2]):
            raise UnfitValueError(
                f"a different key than that of {other}: each approver has their own", "", name
            )
        owners[found[2]] = name
    return {name: " ".join(key.split()[:2]) for name, key in given.items()}


class Gates(Table):
    """Who may decide gates whose workflow says `proof: key`."""

    signers: Annotated[Variables, AfterValidator(_keys)] = Field(
        default_factory=dict,
        description="The approvers' public SSH keys by name, for signed decisions:\n"
        '{ ada = "ssh-ed25519 AAAA…" }. See docs/runs.md.',
    )
