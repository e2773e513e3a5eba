"""The page's own files. They are the same for everybody and hold nothing of the hub.

Scripts and styles are below a path that names their content, so that browsers ask for each only once. The
start page and the service worker name that path; both are asked for again at each visit.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOLDER = Path(__file__).parent.parent / "page"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
_START, _WORKER = "index.html", "sw.js"
_CONTENT = "@CONTENT@"
"""What the service worker's file has in the place of the content's name."""
_LOADED = re.compile(rb'"/(?=[\w-]+\.(?:js|css)")')


def files() -> list[Route]:
    """A route for each file, and no others."""
    found = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.suffix in _TYPES}
    content = content_of(found)
    start = _LOADED.sub(f'"/{content}/'.encode(), found[_START])
    worker = found[_WORKER].replace(_CONTENT.encode(), content.encode())
    return [
        _route("/", start, _TYPES[".html"]),
        _route(f"/{_WORKER}", worker, _TYPES[".js"]),
        *(
            _route(f"/{content}/{name}" if _is_loaded(name) else f"/{name}", data, _TYPES[Path(name).suffix])
            for name, data in found.items()
            if name not in (_START, _WORKER)
        ),
    ]


def content_of(found: Mapping[str, bytes]) -> str:
    """A name for the content of all files."""
    digest = hashlib.sha256()
    for name, data in sorted(found.items()):
        digest.update(f"{name} {len(data)}\n".encode() + data)
    return digest.hexdigest()[:16]


def _is_loaded(name: str) -> bool:
    return name.endswith((".js", ".css"))


def _route(path: str, data: bytes, type_: str) -> Route:
    tag = f'"{hashlib.sha256(data).hexdigest()[:20]}"'
    kept = "public, max-age=31536000, immutable" if path.count("/") > 1 else "no-cache"
    headers = {"etag": tag, "cache-control": kept}

    async def get(request: Request) -> Response:
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(data, media_type=type_, headers=headers)

    return Route(path, get)
