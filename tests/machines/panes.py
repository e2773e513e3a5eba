"""Sessions of a real hub that show the panes that a test gives them."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.core.board.views import CardView, Need
from tests.hub.stage import Stage
from tests.poll import poll


@dataclass(frozen=True, slots=True)
class Panes:
    """`show` gives a card's session its pane, `keys` are those that have reached it."""

    stage: Stage
    folder: Path

    def new(self, slug: str, pane: str, after: str = "", registry: str = "") -> CardView:
        """A card whose session shows this pane."""
        self.show(slug, pane, after, registry)
        self.stage.new(slug, name=slug)
        return self.stage.card(slug)

    def show(self, slug: str, pane: str, after: str = "", registry: str = "") -> None:
        place = self.folder / slug
        place.mkdir(parents=True, exist_ok=True)
        for name, text in (("after", after), ("registry", registry), ("pane", pane)):
            if text:
                (place / f"{name}.new").write_text(text)
                (place / f"{name}.new").replace(place / name)

    def keys(self, slug: str) -> list[str]:
        file = self.folder / slug / "keys"
        return file.read_text().splitlines() if file.exists() else []

    def need(self, slug: str) -> Need:
        """The dialog of the card, once it waits."""
        return poll(
            lambda: next((n for n in self.stage.client.needs() if n.slug == slug and n.answerable), None),
            f"the dialog of {slug}",
            told=lambda: f"{self.stage.client.needs()}\n{self.stage.card(slug)}",
        )


@pytest.fixture
def panes(stage: Stage, tmp_path: Path) -> Panes:
    folder = tmp_path / "panes"
    agent = Path(__file__).with_name("pane_agent.py")
    stage.set("ORCH_AGENT__COMMAND", f"{sys.executable} {agent} {folder}")
    return Panes(stage, folder)
