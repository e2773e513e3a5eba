"""orch's program on a host: one file that any Python from 3.10 on runs."""

import hashlib
import io
import zipfile
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).parents[3]
_PACKAGES = ("orchestrator", "orchestrator/world", "orchestrator/world/hosts")
_MODULES = (
    *(f"world/processes/{name}.py" for name in (
        "__init__", "ending", "identity", "outcome", "output", "record", "runner", "starting"
    )),
    *(f"world/hosts/{name}.py" for name in ("checkout", "there")),
)  # fmt: skip
_MAIN = """\
import sys
if sys.version_info < (3, 10):
    sys.exit("orch needs Python 3.10 or newer there, and this is %d.%d" % sys.version_info[:2])
from orchestrator.world.hosts.there import main
main()
"""
_WHEN = (2000, 1, 1, 0, 0, 0)


@cache
def bundle() -> tuple[str, bytes]:
    """The file's name, which contains a digest of its content, and its bytes."""
    files = {f"{package}/__init__.py": "" for package in _PACKAGES}
    files |= {f"orchestrator/{name}": (_ROOT / "orchestrator" / name).read_text() for name in _MODULES}
    files["__main__.py"] = _MAIN
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:  # not packed: no unpacking at each call
        for name, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _WHEN), text)
    data = written.getvalue()
    return f"orch-{hashlib.sha256(data).hexdigest()[:16]}.pyz", data
