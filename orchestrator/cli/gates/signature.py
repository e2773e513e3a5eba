"""Signing a decision with the approver's own SSH key."""

import subprocess
from pathlib import Path

import click

from orchestrator.cli.text import plain
from orchestrator.client import Failed, Refused
from orchestrator.core.workflow.views import GateView
from orchestrator.core.workflow.voters import NAMESPACE, ballot


def signed(
    key: Path, found: GateView, seen: int | None, verdict: str, who: str, note: str
) -> tuple[str, int]:
    """The signature, and the version of the evidence that it covers. ssh-keygen asks for the passphrase.

    Raises `Refused` if the evidence has changed since it was seen, `Failed` if it cannot be signed.
    """
    if not who:
        raise click.UsageError("--key requires --as NAME, the owner of the key.")
    if seen is not None and seen != found.version:
        raise Refused(f"{found.id} has changed since you looked at it", hint=f"orch gate show {found.id}")
    text = ballot(found.journal, found.id, found.version, verdict, who, note)
    try:
        done = subprocess.run(
            ["ssh-keygen", "-Y", "sign", "-q", "-f", str(key.expanduser()), "-n", NAMESPACE],
            input=text.encode(),
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise Failed("cannot sign the decision", f"ssh-keygen: {error.strerror}") from error
    if done.returncode:
        said = plain(done.stderr.decode(errors="replace").strip())
        raise Failed("cannot sign the decision", said, "Name the private key, or its .pub for an agent.")
    return done.stdout.decode(), found.version
