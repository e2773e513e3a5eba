"""Each worker begins to import the tests at another place, so that only one rewrites the asserts of a file.

The others find the result in Python's cache. Workers that begin with the same file rewrite every file at the
same time, which takes each of them longer than all the rest of collecting.
"""

from contextlib import suppress
from pathlib import Path

import pytest
from _pytest.python import importtestmodule


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    worker = getattr(session.config, "workerinput", None)
    if worker is None:
        return
    files = sorted(file for each in session.config.args for file in Path(each).rglob("test_*.py"))
    first = len(files) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
    for file in files[first:] + files[:first]:
        with suppress(Exception, pytest.skip.Exception):  # told when it is collected
            importtestmodule(file.resolve(), session.config)
