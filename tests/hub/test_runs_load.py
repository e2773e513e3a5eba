"""Several runs at once that want more places than there are."""

import subprocess

import pytest

from tests.hub.stage import Stage
from tests.hub.ten_stages import approve_all, begin, carried_out, once
from tests.poll import PATIENCE, poll

pytestmark = pytest.mark.slow


@pytest.mark.long
def test_every_stage_of_many_runs_is_carried_out_once_and_nothing_is_left_running(stage: Stage) -> None:
    stage.set("ORCH_MAX_SESSIONS", "4")
    stage.start()
    numbers = range(5)
    begin(stage.client, stage.repo, numbers)
    runs = approve_all(stage.client, len(numbers))
    assert {run.state for run in runs.values()} == {"done"}
    assert carried_out(stage.repo) == once(numbers)
    poll(lambda: {card.column for card in stage.client.cards()} == {"done"}, "all cards in Done")
    poll(lambda: len(_panes(stage)) == 1, f"no window but the hub's: {_panes(stage)}")


def test_scripts_of_several_runs_have_the_repository_to_themselves_one_after_the_other(stage: Stage) -> None:
    stage.start()
    told = stage.repo.parent / "told"
    file = stage.repo.parent / "flow.yml"
    script = f"echo begins >> {told}; sleep 0.3; echo ends >> {told}"
    file.write_text(f"workflow: [{{name: only, type: script, run: '{script}'}}]")
    for _ in range(4):
        stage.client.start_run(str(file), repo=str(stage.repo), inputs={})
    poll(lambda: {run.state for run in stage.client.runs()} == {"done"}, "all runs to be done")
    assert told.read_text().split() == ["begins", "ends"] * 4


def _panes(stage: Stage) -> list[str]:
    argv = ["tmux", "-L", stage.home.tmux_socket, "list-panes", "-a", "-F", "#{pane_pid} #{window_name}"]
    return subprocess.run(
        argv, capture_output=True, text=True, check=True, timeout=PATIENCE
    ).stdout.splitlines()
