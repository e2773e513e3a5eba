import json
from pathlib import Path

import pytest

from orchestrator.agents.claude_code.meters import parse
from orchestrator.core.sessions.model import Meters

RECORDED = json.loads((Path(__file__).parent / "recorded/statusline.json").read_text())


def test_a_recorded_report_gives_cost_context_and_model() -> None:
    said = parse(RECORDED, 5.0)
    assert said.meters == Meters(cost_usd=0.001, context_percent=0.0, model="Opus 4.8 (1M context)")
    assert (said.at, said.session_id) == (5.0, RECORDED["session_id"])
    assert said.transcript == RECORDED["transcript_path"]


def test_a_subscriber_sees_both_quotas() -> None:
    limits = {
        "five_hour": {"used_percentage": 61.5, "resets_at": 1795350000},
        "seven_day": {"used_percentage": 12, "resets_at": 1795900000},
    }
    meters = parse({**RECORDED, "rate_limits": limits}, 5.0).meters
    assert (meters.five_hour_percent, meters.five_hour_resets_at) == (61.5, 1795350000.0)
    assert (meters.seven_day_percent, meters.seven_day_resets_at) == (12.0, 1795900000.0)


@pytest.mark.parametrize("odd", [None, "many", [], {}, {"used_percentage": "1"}, True, float("nan")])
def test_odd_fields_are_unknown_and_never_raise(odd: object) -> None:
    said = parse(dict.fromkeys([*RECORDED, "rate_limits"], odd), 5.0)
    assert said.meters == Meters()
