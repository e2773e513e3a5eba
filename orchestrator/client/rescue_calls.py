"""The calls about rescues."""

from typing import Any
from urllib.parse import urlencode

from orchestrator.client.road import Road


class RescueCalls(Road):
    """Each rescue is a dictionary: `ref`, `repo`, `card`, `commit`, `at`, `said`."""

    def rescues(self, repo: str = "") -> list[dict[str, Any]]:
        """Every rescue in the repository of a path and in those of all cards, the newest first."""
        found: list[dict[str, Any]] = self.ask("GET", f"/rescues?{urlencode({'repo': repo})}")
        return found

    def rescue(self, ref: str, repo: str = "", *, patch: bool = False) -> dict[str, Any]:
        """One of them with its `files`, and with `patch` as a patch. `ref` is its name, with or without its
        beginning, or a card's id for the newest of that card."""
        named = {"repo": repo, "ref": ref, **({"patch": "1"} if patch else {})}
        found: dict[str, Any] = self.ask("GET", f"/rescues/show?{urlencode(named)}")
        return found

    def restore(self, ref: str, repo: str = "", *, branch: str = "", to: str = "") -> dict[str, Any]:
        """Brings it back in a new worktree on a new branch; the answer has its `path` and `branch`."""
        words = {"ref": ref, "repo": repo, "branch": branch, "to": to}
        done: dict[str, Any] = self.ask("POST", "/rescues/restore", words)
        return done

    def drop_rescue(self, ref: str, repo: str = "") -> dict[str, Any]:
        """Removes it; `ref` is its whole name."""
        done: dict[str, Any] = self.ask("POST", "/rescues/drop", {"ref": ref, "repo": repo})
        return done
