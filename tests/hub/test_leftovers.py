"""What runs and cards leave behind in the state directory when they are no more."""

import pytest

from tests.hub.stage import Stage
from tests.poll import poll


@pytest.mark.long
def test_a_journal_begun_anew_takes_no_script_of_the_old_one_for_its_own(stage: Stage) -> None:
    done = stage.repo.parent / "done"
    file = stage.repo.parent / "flow.yml"
    file.write_text(f"workflow: [{{name: only, type: script, run: 'echo x >> {done}'}}]")
    for times in (1, 2):
        stage.start()
        run = stage.client.start_run(str(file), repo=str(stage.repo), inputs={})
        poll(lambda: stage.client.run("r1").ended_at, "the run's end")
        assert (run.id, done.read_text()) == ("r1", "x\n" * times)
        stage.client.stop_hub()
        poll(stage.away, "the hub's end")
        for part in stage.home.root.glob("journal.db*"):
            part.unlink()


def test_what_a_removed_card_was_launched_with_is_removed(stage: Stage) -> None:
    stage.start()
    card = stage.new("Auth", "demo: say Ready.")
    stage.until(card.id, "idle")
    stage.client.stop(card.id)
    folder = stage.home.launches / card.id
    (folder / "process.1").mkdir(parents=True)
    stage.client.remove(card.id, rescue=True)
    poll(lambda: not folder.exists(), "the folder to go")
