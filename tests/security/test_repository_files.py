"""A file of a cloned repository is read where it is a regular one of bounded size, and in bounded time."""

import json
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator import config, workflows
from orchestrator.config import ConfigError
from orchestrator.core.text.placeholders import filled
from orchestrator.workflows.problems import MOST
from tests.poll import PATIENCE


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    return tmp_path / "repo"


def link(to: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(to)


def large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3_000_000_000)


def bound(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(path.parent)  # the address of a socket has room for a hundred bytes
        try:
            listener.bind(path.name)
        finally:
            os.chdir(here)


ODD: dict[str, tuple[Callable[[Path], None], str]] = {
    "a device": (link("/dev/zero"), "leads out of"),
    "standard input": (link("/dev/stdin"), "leads out of"),
    "a kernel's log": (link("/proc/kmsg"), "leads out of"),
    "another file of the user": (link("/etc/passwd"), "leads out of"),
    "a named pipe": (os.mkfifo, "is a named pipe"),
    "a socket": (bound, "is a socket"),
    "a folder": (Path.mkdir, "is a folder"),
    "a file of 3 GB": (large, "is too large"),
    "a link to itself": (lambda path: path.symlink_to(path.name), ""),
}


def within_a_minute(work: Callable[[], str]) -> str:
    """What it raises, in words; fails where it doesn't end."""
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.append(work()), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert said, "it hangs"
    return said[0]


def complaint(repo: Path) -> str:
    def work() -> str:
        with pytest.raises(ConfigError) as caught:
            config.load(repo)
        return str(caught.value)

    return within_a_minute(work)


@pytest.mark.parametrize("kind", ODD)
def test_a_repositorys_settings_are_read_from_a_regular_file_alone(repo: Path, kind: str) -> None:
    make, words = ODD[kind]
    make(repo / ".orch.toml")
    said = complaint(repo)
    assert str(repo / ".orch.toml") in said
    assert words in said


@pytest.mark.parametrize("kind", ODD)
def test_a_workflow_is_read_from_a_regular_file_alone(repo: Path, kind: str) -> None:
    folder = repo / ".orch" / "workflows"
    folder.mkdir(parents=True)
    make, _ = ODD[kind]
    make(folder / "a.yml")

    def work() -> str:
        workflows.listing(repo)
        with pytest.raises((workflows.WorkflowMissing, workflows.WorkflowError)) as caught:
            workflows.read(folder / "a.yml")
        return str(caught.value)

    assert "a.yml" in within_a_minute(work)


def test_a_link_within_the_repository_is_followed(repo: Path) -> None:
    (repo / "settings.toml").write_text('[worktree]\nbase = "trunk"\n')
    (repo / ".orch.toml").symlink_to("settings.toml")
    assert config.load(repo).worktree.base == "trunk"


HOSTILE_TOML = {
    "lists in lists": "a = " + "[" * 20_000,
    "tables in tables": "a = " + "{b = " * 10_000,
    "a deep header": "[" + ".".join("a" * 20_000) + "]\nb = 1\n",
    "a deep key": ".".join("a" * 20_000) + " = 1\n",
    "deep quoted keys": ".".join(['"a b"'] * 5_000) + " = 1\n",
    "many deep keys": "".join(f"{'.'.join('a' * 90)}{n} = 1\n" for n in range(50)),
    "a number of 60,000 digits": "a = " + "9" * 60_000,
    "an infinite folder name": '[worktree]\nfolder = "{parent}/' + "x" * 60_000 + '{slug}"\n',
    "thousands of unknown keys": "".join(f"k{n} = 1\n" for n in range(2_000)),
    "an unknown key of 60,000 letters": "k" * 60_000 + " = 1\n",
    "thousands of lines in one text": 'a = """\n' + "]\n" * 5_000 + '"""\n',
    "a folder with a NUL": '[worktree]\nfolder = "{parent}/\\u0000{slug}"\n',
    "no text": "\x00\x01",
}


@pytest.mark.parametrize("kind", HOSTILE_TOML)
def test_hostile_toml_is_refused_in_a_few_words(repo: Path, kind: str) -> None:
    (repo / ".orch.toml").write_text(HOSTILE_TOML[kind])
    said = complaint(repo)
    assert str(repo / ".orch.toml") in said
    assert len(said) < 20_000


@pytest.mark.parametrize(
    "template",
    [
        "{parent}/{slug!r:>99999999}",
        "{parent}/{slug:>99999999}",
        "{parent}/{slug!r}/{slug}",
        "{parent}/{slug.__class__}/{slug}",
        "{parent}/{slug[0]}/{slug}",
        "{parent}/{0}{slug}",
        "{parent}/{}{slug}",
        "{parent}/{slug:{slug}}",
        "{parent}/{ slug }",
        "{parent}/{slug",
        "{parent}/slug}{slug}",
        "{parent}/{slug}\n",
    ],
)
def test_a_folder_template_computes_nothing(repo: Path, template: str) -> None:
    (repo / ".orch.toml").write_text(f"[worktree]\nfolder = {json.dumps(template)}\n")
    assert "worktree.folder" in complaint(repo)


def test_doubled_braces_in_a_folder_are_braces() -> None:
    assert filled("{{{slug}}}-{{x}}", {"slug": "a", "x": "no"}) == "{a}-{x}"
    assert filled("{slug!r:>99}{other}", {"slug": "a"}) == "{slug!r:>99}{other}"


_STAGE = "workflow:\n  - name: a\n    prompt: |\n      "
_SCRIPT = "workflow:\n  - name: a\n    type: script\n    run: |\n      "
HOSTILE_YAML = {
    "50,000 open braces": _STAGE + "{{" * 50_000,
    "50,000 open braces apart": _STAGE + "{{ " * 50_000,
    "50,000 unknown names": _STAGE + "{{ x }}" * 8_000,
    "50,000 unknown names in a script": _SCRIPT + "{{ x }}" * 8_000,
    "a name without an end": _STAGE + "{{ " + "x" * 200_000,
    "lists in lists": "workflow: " + "[" * 20_000,
    "mappings in mappings": "workflow: " + "{a: " * 20_000,
    "aliases": "a: &a [x, x]\nb: &b [*a, *a]\nworkflow: [*b, *b]\n",
    "unknown keys": "".join(f"k{n}: 1\n" for n in range(2_000)),
    "unknown stages": "workflow:\n"
    + "".join(
        f"  - name: s{n}\n    prompt: x\n    needs: [{','.join(f'q{k}' for k in range(60))}]\n"
        for n in range(60)
    ),
    "the same key": "workflow: 1\n" * 2_000,
    "braces in every item": "workflow:\n  - name: a\n    prompt: x\n    foreach: ["
    + ",".join("'{{'" for _ in range(2_000))
    + "]\n",
    "control characters": "workflow:\n  - name: a\n    prompt: x\n    foreach: ["
    + ",".join('"\\0"' for _ in range(2_000))
    + "]\n",
}


@pytest.mark.parametrize("kind", HOSTILE_YAML)
def test_a_hostile_workflow_is_refused_in_a_few_words(kind: str) -> None:
    def work() -> str:
        with pytest.raises(workflows.WorkflowError) as caught:
            workflows.load(HOSTILE_YAML[kind])
        return str(caught.value)

    said = within_a_minute(work)
    assert said.count("\n") <= MOST + 1
    assert len(said) < 100_000


@pytest.mark.long
def test_thousands_of_inputs_in_a_script_are_checked_in_one_pass() -> None:
    text = "inputs: {x: string}\n" + _SCRIPT + "echo {{ inputs.x }}\n      " * 3_000
    assert within_a_minute(lambda: str(len(workflows.check(text)))) == "0"
