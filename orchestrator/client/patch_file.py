"""Writes a rescue as a patch into a new file."""

import os
from pathlib import Path

from orchestrator.client.client import Client
from orchestrator.core.errors import Refused
from orchestrator.core.requests.rescues import ExportRescue


def write_patch(client: Client, request: ExportRescue, path: Path) -> Path:
    """The path, once the file is complete. Raises `Refused` where it exists or cannot be written, and what
    the request raises; nothing is left then."""
    parts = client.submit(request)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            try:
                file.writelines(parts)
            except OSError:
                path.unlink(missing_ok=True)
                raise
    except FileExistsError:
        raise Refused(f"{path} exists", "a patch overwrites nothing", "Choose another file.") from None
    except OSError as error:
        raise Refused(f"cannot write {path}", str(error), "Choose another file.") from error
    return path
