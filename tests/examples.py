"""How many examples a property is tried with: a third by default, all of them or more where
`ORCH_TEST_EXAMPLES` says so, as before a release."""

import os

_SHARE = float(os.environ.get("ORCH_TEST_EXAMPLES", "0.33"))


def examples(whole: int) -> int:
    return max(5, round(whole * _SHARE))
