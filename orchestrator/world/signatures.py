"""Verifies signatures of SSH keys with ssh-keygen."""

import subprocess
import tempfile
from pathlib import Path

_SIGNER = "approver"
_SECONDS = 10.0


def signed(public_key: str, namespace: str, message: str, signature: str) -> bool:
    """Whether this key made the signature, of exactly this message, for this purpose. Also `False` if
    ssh-keygen is missing or fails."""
    with tempfile.TemporaryDirectory(prefix="orch-signature-") as folder:
        signers, file = Path(folder, "signers"), Path(folder, "signature")
        signers.write_text(f'{_SIGNER} namespaces="{namespace}" {public_key}\n')
        file.write_text(signature)
        argv = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", _SIGNER, "-n", namespace]
        argv += ["-s", str(file)]
        try:
            done = subprocess.run(
                argv, input=message.encode(), capture_output=True, timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return done.returncode == 0
