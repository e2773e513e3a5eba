"""Git repositories behind the stand-in: served by git's own http-backend, as GitHub serves them."""

import base64
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import git
from tests.forge.state import World


@dataclass
class GitRepositories:
    """Bare repositories by their path on the forge. What is pushed is seen by the forge."""

    world: World
    folders: dict[str, Path] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    """Names and passwords of those who may push; anybody if there is none."""
    pushes: list[str] = field(default_factory=list)

    def make(self, path: str, folder: Path) -> Path:
        """A bare repository for the forge's repository."""
        subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", str(folder)], check=True)
        git(folder, "config", "http.receivepack", "true")
        self.folders[path] = folder
        return folder

    def answer(
        self, method: str, path: str, query: str, headers: Any, body: bytes
    ) -> tuple[int, dict[str, str], bytes] | None:
        """The answer to git; `None` if the request is none of git's."""
        name, dot, rest = path.lstrip("/").partition(".git/")
        if not dot or name not in self.folders:
            return None
        pushes = "git-receive-pack" in f"{rest}?{query}"
        if pushes and self.accounts and not self._known(headers.get("Authorization", "")):
            return 401, {"WWW-Authenticate": 'Basic realm="forge"'}, b""
        env = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.folders[name]),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": f"/{rest}",
            "QUERY_STRING": query,
            "REQUEST_METHOD": method,
            "CONTENT_TYPE": headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": headers.get("Git-Protocol", ""),
            "REMOTE_USER": "somebody",
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True, check=True)
        head, _, text = done.stdout.partition(b"\r\n\r\n")
        told = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        if method == "POST" and pushes:
            self.look(name)
        return int(told.pop("Status", "200").split()[0]), told, text

    def look(self, name: str) -> None:
        """The forge sees the branches as they are now."""
        said = git(
            self.folders[name], "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads"
        )
        found = dict(line.split() for line in said.splitlines())
        repo = self.world.found(name)
        assert repo is not None
        changed = [each for each, tip in found.items() if repo.branches.get(each) != tip]
        self.pushes += changed
        repo.branches = found
        for other in self.world.repos.values():
            for item in other.items.values():
                if item.pull and item.pull.owner == repo.owner and item.open and item.pull.head in changed:
                    item.pull.sha, item.updated = found[item.pull.head], self.world.tick()

    def _known(self, header: str) -> bool:
        try:
            user, _, password = base64.b64decode(header.partition(" ")[2]).decode().partition(":")
        except ValueError:
            return False
        return self.accounts.get(user) == password
