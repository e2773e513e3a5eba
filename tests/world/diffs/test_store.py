"""The folder of orch's own objects."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from orchestrator.world.worktrees import diffs


def test_several_threads_may_be_the_first_to_use_a_store(repo: Path, tmp_path: Path) -> None:
    for number in range(40):
        store = diffs.object_store(repo, tmp_path / str(number))
        start = threading.Barrier(8)

        def first(store: diffs.ObjectStore = store, start: threading.Barrier = start) -> dict[str, str]:
            start.wait()
            return store.env()

        with ThreadPoolExecutor(8) as pool:
            used = [each.result() for each in [pool.submit(first) for _ in range(8)]]
        assert all(env == {"GIT_OBJECT_DIRECTORY": str(store.folder)} for env in used)
        assert [each.name for each in (store.folder / "info").iterdir()] == ["alternates"]
