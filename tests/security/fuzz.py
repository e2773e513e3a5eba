"""What strangers send: strings, numbers and depths that somebody forgot; and how long each door is tried."""

import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

T = TypeVar("T")

SECONDS_OF_A_LONG_RUN = 120.0
_FEW = 15

at_length = pytest.mark.parametrize(
    "examples",
    [
        pytest.param(_FEW, id="briefly"),
        pytest.param(1_000_000, id="for-minutes", marks=[pytest.mark.fuzz, pytest.mark.timeout(900)]),
    ],
)
"""A test that is run so gets the number of examples: few, or, with `-m fuzz`, as many as go into minutes."""


def fuzz(strategy: st.SearchStrategy[T], check: Callable[[T], object], examples: int) -> None:
    """Checks some examples of the strategy, always the same where they are few."""
    ends = time.monotonic() + SECONDS_OF_A_LONG_RUN
    few = examples == _FEW

    @settings(max_examples=examples, derandomize=few, database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def run(example: T) -> None:
        if few or time.monotonic() < ends:
            check(example)

    run()


ODD_TEXTS = (
    "",
    "\0",
    "a\0b",
    "/\0",
    "~\0",
    "/" + "a" * 300,
    "/a" * 3000,
    "x" * 100_000,
    "..",
    "../../etc/passwd",
    "/dev/zero",
    "~nobody-of-that-name",
    "-x",
    "--upload-pack=x",
    "\x1b]0;x\x07",
    "\u202e",
    "\ud800",
    "é\u0301",
    "{slug!r:>99}",
    '"*( AND',
    "c1",
    "human",
    "NaN",
    "²",
)
odd_texts = st.sampled_from(ODD_TEXTS)
odd_numbers = st.sampled_from([0, -1, 2**31, 2**63, -(2**70), 10**400, 0.5, 1e308, -1e-308, True])
odd_scalars = st.none() | odd_numbers | odd_texts | st.text(max_size=20)
odd_json = st.recursive(
    odd_scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(odd_texts | st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)

BROKEN_JSON: dict[str, bytes] = {
    "nothing": b"",
    "half of it": b'{"a": [1, ',
    "lists, 100,000 deep": b"[" * 100_000,
    "objects, 900 deep": b'{"a":' * 900 + b"1" + b"}" * 900,
    "a list, 300 deep, in a field": b'{"hook_event_name": "Stop", "x": ' + b"[" * 300 + b"]" * 300 + b"}",
    "no object": b"[]",
    "null": b"null",
    "a number of 6,000 digits": b'{"a": ' + b"9" * 6_000 + b"}",
    "NaN": b'{"a": NaN, "hook_event_name": NaN}',
    "no UTF-8": b'{"a": "\xff\xfe"}',
    "UTF-16": "{}".encode("utf-16"),
    "lone surrogate": b'{"hook_event_name": "\\ud800", "method": "\\ud800"}',
    "a key twice": b'{"hook_event_name": "Stop", "hook_event_name": []}',
    "NULs": b"\0" * 100,
}


def fields(names: tuple[str, ...], **known: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of these fields, each odd, or as `known` has it."""
    return st.fixed_dictionaries({}, optional={name: known.get(name, odd_json) for name in names})


def as_bytes(value: Any) -> bytes:
    return json.dumps(value).encode()
