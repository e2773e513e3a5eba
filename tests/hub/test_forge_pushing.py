"""Pushes that hang, without a hub around them."""

import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from orchestrator.core.forge.autofix.state import Autofix
from orchestrator.core.forge.events import ActDone, ActRefused
from orchestrator.core.forge.links import Outgoing, Pushed
from orchestrator.core.forge.outbox.acts import OpenChange, Push
from orchestrator.core.model import Card, Worktree
from orchestrator.hub.forge.changes.pushing import PushEffects
from orchestrator.hub.forge.changes.service import ChangeRequests
from orchestrator.world.worktrees.publishing import remote
from tests.conftest import git
from tests.core.forge.test_autofix import change

CHANGE = OpenChange("orch/fix", "main", "Fix", "")


def act(commit: str = "c1") -> Outgoing:
    return Outgoing("a1", Push("orch/fix", commit, "origin", CHANGE), 1.0, state="sent")


def card(repo: Path = Path("/repo"), name: str = "c1") -> Card:
    at = Worktree(str(repo), "orch/fix", "ba5e", made=True)
    return Card(name, "fix", "Fix", "", str(repo), "main", "orch/fix", str(repo), 1.0, worktree=at)


def repository(at: Path) -> Path:
    """With one commit on the card's branch."""
    git(at.parent, "init", "--quiet", "--initial-branch=orch/fix", str(at))
    for key in ("user.name", "user.email"):
        git(at, "config", key, "ada@example.org")
    git(at, "commit", "--quiet", "--allow-empty", "--message=One")
    return at


def test_the_hub_answers_while_many_pushes_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = threading.Event()

    def hangs(*_: object, **__: object) -> bool:
        return ends.wait(60)

    monkeypatch.setattr(remote, "push", hangs)
    pushes = PushEffects(lambda _: {}, threading.Event())

    async def at_once() -> list[Any]:
        under_way = [
            asyncio.ensure_future(pushes.carry_out(card(name=f"c{n}"), act(), fresh=True)) for n in range(50)
        ]
        await asyncio.sleep(0)
        try:
            assert await asyncio.wait_for(asyncio.to_thread(lambda: "answer"), 20) == "answer"
        finally:
            ends.set()
        return await asyncio.gather(*under_way)

    assert all(isinstance(events[0], ActDone) for events in asyncio.run(at_once()))


def test_a_push_whose_hook_hangs_says_so_and_waits_to_be_retried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo, there = repository(tmp_path / "repo"), tmp_path / "there.git"
    git(tmp_path, "init", "--quiet", "--bare", str(there))
    git(repo, "remote", "add", "origin", str(there))
    (repo / ".git/hooks").mkdir(exist_ok=True)
    hook = repo / ".git/hooks/pre-push"
    hook.write_text("#!/bin/sh\nexec sleep 60\n")
    hook.chmod(0o755)
    plain = remote.push

    def briefly(*given: Any, **named: Any) -> bool:
        return plain(*given, **{**named, "limit": 0.5})

    monkeypatch.setattr(remote, "push", briefly)
    pushes = PushEffects(lambda _: {}, threading.Event())
    commit = git(repo, "rev-parse", "HEAD")
    (told,) = asyncio.run(pushes.carry_out(card(repo), act(commit), fresh=True))
    assert isinstance(told, ActRefused)
    assert (told.again, "git took longer than" in told.why) == (True, True)
    hook.unlink()
    monkeypatch.setattr(remote, "push", plain)
    (told,) = asyncio.run(pushes.carry_out(card(repo), act(commit), fresh=True))
    assert isinstance(told, ActDone)


def test_a_session_that_has_pushed_its_fix_itself_has_committed_something(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo")
    before = git(repo, "rev-parse", "HEAD")
    own = card(repo)
    own = replace(
        own, forge=replace(own.forge, autofix=Autofix(head=before), request=change(head_commit=before))
    )
    push_new = ChangeRequests(cast("Any", None), cast("Any", None)).push_new  # it has nothing to push
    assert asyncio.run(push_new(own)) == ""
    git(repo, "commit", "--quiet", "--allow-empty", "--message=Fix")
    tip = git(repo, "rev-parse", "HEAD")
    seen = replace(own, forge=replace(own.forge, request=change(head_commit=tip)))
    assert asyncio.run(push_new(seen)) == tip
    last = replace(own, forge=replace(own.forge, pushed=Pushed("origin", "orch/fix", tip, 2.0)))
    assert asyncio.run(push_new(last)) == tip  # by a hub that was killed before it noted that
