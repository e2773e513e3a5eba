"""What a fresh machine gets: the two commands of the README, and a package with everything in it."""

import importlib
import re
import subprocess
import tomllib

import pytest

from orchestrator import __version__
from orchestrator.cli import main
from tests.guard import CHECKOUT

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
README = (CHECKOUT / "README.md").read_text()


def test_the_readme_has_exactly_two_set_up_commands_of_one_line_each() -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert [block.strip() for block in blocks if "pip install" in block] == [
        "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/orch tui",
        "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/python -m pytest",
    ]


def test_ci_runs_the_readme_s_test_command_and_no_copy_of_it() -> None:
    script = (CHECKOUT / ".ci" / "run").read_text()
    assert "README.md" in script
    assert ".venv/bin/pip" not in script
    subprocess.run(["bash", "-n", str(CHECKOUT / ".ci" / "run")], check=True)


def test_the_program_orch_is_the_command_line() -> None:
    module, _, name = PROJECT["project"]["scripts"]["orch"].partition(":")
    assert getattr(importlib.import_module(module), name) is main
    assert PROJECT["project"]["version"] == __version__


def test_both_packages_are_shipped_and_every_folder_of_them_is_a_package() -> None:
    shipped = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert shipped == ["orchestrator", "widgets"]
    for package in shipped:
        for source in (CHECKOUT / package).rglob("*.py"):
            assert (source.parent / "__init__.py").exists(), f"{source} would be imported by luck"


def test_the_files_that_packaging_names_are_there() -> None:
    project = PROJECT["project"]
    for name in (project["readme"], *project["license-files"]):
        assert (CHECKOUT / name).stat().st_size
    assert "the orch contributors" in (CHECKOUT / "LICENSE").read_text()
    assert project["requires-python"] == ">=3.11"


@pytest.mark.parametrize("extra", ["dependencies", "test"])
def test_every_dependency_has_a_lower_and_an_upper_bound(extra: str) -> None:
    project = PROJECT["project"]
    for each in (
        project["dependencies"] if extra == "dependencies" else project["optional-dependencies"][extra]
    ):
        assert "==" in each or "~=" in each or (">=" in each and "<" in each), each
