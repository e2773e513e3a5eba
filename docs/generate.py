"""Writes the pages that are generated from the code: `python -m docs.generate`.

A test compares them with the files in the repository.
"""

from pathlib import Path

from docs import cli_page, filters_page, mail_page, needs_page, pages, teams_page, workflows_page
from orchestrator.config import example

_ROOT = Path(__file__).resolve().parent.parent
_NOTE = "<!-- Made by `python -m docs.generate`; changes go into the code. -->\n\n"


def documents() -> dict[Path, str]:
    """The text of every generated file, by its path."""
    return {
        _ROOT / "config.example.toml": example(),
        _ROOT / "docs" / "states.md": _NOTE + pages.states(),
        _ROOT / "docs" / "needs-you.md": _NOTE + needs_page.page(),
        _ROOT / "docs" / "keys.md": _NOTE + pages.keys(),
        _ROOT / "docs" / "configuration.md": _NOTE + pages.configuration(),
        _ROOT / "docs" / "filters.md": _NOTE + filters_page.page(),
        _ROOT / "docs" / "workflows.md": _NOTE + workflows_page.page(),
        _ROOT / "docs" / "mail.md": _NOTE + mail_page.page(),
        _ROOT / "docs" / "teams.md": _NOTE + teams_page.page(),
        _ROOT / "docs" / "cli.md": _NOTE + cli_page.page(),
    }


if __name__ == "__main__":
    for path, text in documents().items():
        path.write_text(text, encoding="utf-8")
