"""Who may import whom, and what a start must not load."""

import ast
import subprocess
import sys
from collections.abc import Container
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from orchestrator.world.hosts.bundle import bundle
from tests.guard import CHECKOUT

_HEAVY = "textual pydantic libtmux git github starlette uvicorn sqlite3 psutil redis mcp"


def loaded_by(statement: str) -> set[str]:
    """The names of all modules that a fresh interpreter has after this statement."""
    code = f"{statement}\nimport sys\nprint(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_contracts_of_the_rooms_are_kept() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import orchestrator.cli", _HEAVY),
        ("import orchestrator.cli.cards.views", _HEAVY),
        ("import orchestrator.cli.cards.verbs", _HEAVY),
        ("import orchestrator.cli.cards.new", _HEAVY),
        ("import orchestrator.cli.cards.attach", _HEAVY),
        ("import orchestrator.cli.machine.hub", _HEAVY),
        ("import orchestrator.cli.tui", _HEAVY),
        ("import orchestrator.cli.demo.demo", _HEAVY),
        ("import orchestrator.client", _HEAVY + " click platformdirs"),
        ("import orchestrator.paths", _HEAVY + " click platformdirs"),
        (
            "import widgets.app",
            "pydantic libtmux git github starlette uvicorn sqlite3 psutil redis mcp click",
        ),
        ("import orchestrator.config", "textual libtmux git github starlette uvicorn sqlite3 psutil"),
        ("import orchestrator.doctor", "textual github starlette uvicorn sqlite3"),
        ("import orchestrator.hub.boot", "textual widgets github"),
        ("import orchestrator.demo", "textual pydantic libtmux git github starlette uvicorn sqlite3"),
        (
            "import importlib, pkgutil, orchestrator.core as core\n"
            "for each in pkgutil.iter_modules(core.__path__, 'orchestrator.core.'):\n"
            "    importlib.import_module(each.name)",
            _HEAVY + " click platformdirs socket subprocess threading asyncio http.client",
        ),
    ],
    ids=lambda value: value.partition("orchestrator.")[2].split()[0] if "orchestrator." in value else "",
)
def test_what_is_not_needed_is_not_loaded(statement: str, unwanted: str) -> None:
    assert not loaded_by(statement) & set(unwanted.split())


def test_a_hosts_program_starts_with_the_standard_library_alone(tmp_path: Path) -> None:
    name, data = bundle()
    (tmp_path / name).write_bytes(data)
    code = f"import sys; sys.path.insert(0, {str(tmp_path / name)!r}); import orchestrator.world.hosts.there"
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-I", "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports in functions, and those for the type checker alone, count as any other."""
    modules = {
        ".".join(file.relative_to(CHECKOUT).with_suffix("").parts).removesuffix(".__init__"): file
        for room in ("orchestrator", "widgets")
        for file in (CHECKOUT / room).rglob("*.py")
    }
    graph = {name: _imports(file, modules) - {name} for name, file in modules.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"these import each other: {' <- '.join(error.args[1])}")


def _imports(file: Path, modules: Container[str]) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {
                name if (name := f"{node.module}.{each.name}") in modules else node.module
                for each in node.names
            }
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
    return {name for name in found if name in modules}
