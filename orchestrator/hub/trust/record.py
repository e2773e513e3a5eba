"""What a person has allowed, in the state directory: one file, for its owner alone."""

import json
import logging
import os
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestrator import regular_file
from orchestrator.core.trust.repositories import TrustPart, TrustView

_LARGEST = 64_000_000
_lock = threading.Lock()
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TrustRecord:
    """The allowed parts of every repository. An unreadable file allows nothing."""

    file: Path

    def every(self) -> tuple[TrustView, ...]:
        """What is allowed now, by repository and name."""
        return tuple(sorted(self._read(), key=lambda view: (view.repo, view.name)))

    def seen(self, part: TrustPart) -> TrustView:
        """The part with whether its present text is allowed; read from the file each time."""
        known = next(
            (each for each in self._read() if (each.repo, each.name) == (part.repo, part.name)), None
        )
        trusted = known is not None and known.digest == part.digest
        return TrustView(
            part.repo,
            part.name,
            part.text,
            part.digest,
            trusted,
            before=known.text if known and not trusted else "",
            at=known.at if known and trusted else 0.0,
        )

    def allow(self, parts: Iterable[TrustPart]) -> None:
        """Raises `OSError` if it cannot be stored."""
        now = time.time()
        new = {
            (part.repo, part.name): TrustView(part.repo, part.name, part.text, part.digest, True, at=now)
            for part in parts
        }
        with _lock:
            kept = [each for each in self._read() if (each.repo, each.name) not in new]
            self._write([*kept, *new.values()])

    def revoke(self, repo: str, name: str = "") -> int:
        """How many parts of the repository, or with that name in it, are no longer allowed."""
        with _lock:
            known = self._read()
            kept = [each for each in known if each.repo != repo or (name and each.name != name)]
            if len(kept) < len(known):
                self._write(kept)
            return len(known) - len(kept)

    def _read(self) -> list[TrustView]:
        try:
            said: Any = json.loads(regular_file.read(self.file, _LARGEST))
            return [TrustView(**each) for each in said["trusted"]]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            _log.warning("cannot read %s, so nothing is allowed: %s", self.file, error)
            return []

    def _write(self, views: list[TrustView]) -> None:
        new = self.file.with_suffix(".new")
        new.unlink(missing_ok=True)
        text = json.dumps({"version": 1, "trusted": [asdict(each) for each in views]}, indent=1)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.file)
