"""Rules allow no more than they say, and what they deny is found wherever it would run."""

import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docs.needs_page import RULES
from orchestrator.agents.claude_code.requests import facts
from orchestrator.core.rules import RequestFacts, Rule, Ruling, judge
from orchestrator.shell import read
from tests.examples import examples
from tests.security.commands import ALLOWED, ASKED, OF_THE_DOCS, PUSHES, PUSHES_PERHAPS

DOCS = tuple(Rule(**each) for each in tomllib.loads(RULES)["rules"])


def ruling(
    rules: tuple[Rule, ...], command: str, *, repo: str = "/r/app", unsandboxed: bool = False
) -> Ruling:
    about = RequestFacts("Bash", command, unsandboxed=unsandboxed)
    return judge(rules, about, repo=repo, labels=(), script=read(command))


def allowed(pattern: str, command: str) -> str:
    return ruling((Rule("it", "allow", command=pattern),), command).answer


def denied(command: str) -> str:
    rules = (Rule("all", "allow", tool="Bash"), Rule("no push", "deny", command="git push*"))
    return ruling(rules, command).answer


def test_the_rules_of_the_docs_answer_a_hundred_commands_as_they_say() -> None:
    assert len(OF_THE_DOCS) >= 100
    said = [(command, ruling(DOCS, command, repo="/r/web").answer) for command, _ in OF_THE_DOCS]
    assert said == OF_THE_DOCS


@pytest.mark.parametrize("command", PUSHES)
def test_a_denied_command_is_found_wherever_it_would_run(command: str) -> None:
    assert denied(command) == "deny"


@pytest.mark.parametrize("command", PUSHES_PERHAPS)
def test_a_command_that_can_t_be_seen_through_is_asked_where_something_is_denied(command: str) -> None:
    assert denied(command) == "ask"


@pytest.mark.parametrize(
    "command",
    [
        "git pull", "git log -1", "npm run push", "echo push", "git status && git log", 'echo "$HOME"',
        "git commit -m pushed", "git commit -m \"$X\"", "for f in *.py; do echo $f; done", "git stash list",
        "ls | xargs wc -l", "find . -exec wc -l {} +", "source venv/bin/activate", "git config user.name x",
        "PAGER=cat git log", "docker run -e ENV=x y",
    ],
)  # fmt: skip
def test_a_command_that_only_looks_like_a_denied_one_is_not_denied(command: str) -> None:
    assert denied(command) == "allow"


@pytest.mark.parametrize(("pattern", "command"), ALLOWED)
def test_what_a_pattern_names_is_allowed(pattern: str, command: str) -> None:
    assert allowed(pattern, command) == "allow"


@pytest.mark.parametrize(("pattern", "command"), ASKED)
def test_what_writes_or_runs_is_never_behind_a_star(pattern: str, command: str) -> None:
    assert allowed(pattern, command) == "ask"


def test_a_command_rule_allows_the_shell_alone_and_only_in_its_sandbox() -> None:
    rule = (Rule("look", "allow", command="ls*"),)
    for tool in ("mcp__shell__run", "Monitor", "Task"):
        assert judge(rule, RequestFacts(tool, "ls"), repo="/r", labels=()).answer == "ask"
    assert ruling(rule, "ls").answer == "allow"
    assert ruling(rule, "ls", unsandboxed=True).answer == "ask"
    assert ruling((Rule("all", "allow", tool="Bash"),), "ls", unsandboxed=True).answer == "ask"
    about = facts(
        {"tool_name": "Bash", "tool_input": {"command": "ls", "dangerouslyDisableSandbox": True}}, "/r"
    )
    assert about.unsandboxed


def test_a_command_with_characters_that_hide_something_is_asked() -> None:
    for command in ("ls \x1b[8m", "ls\u202e", "ls \u200b", "ls\u00a0x", "ls\x00x", "ls \ud800", "ls a\rrm x"):
        assert allowed("ls*", command) == "ask"


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        *(("**", path, "allow") for path in ("a.py", "src/deep/b.md", "README.md", "a b/ö.txt")),
        *(
            ("**", path, "ask")
            for path in (
                ".git/config", ".git/hooks/pre-commit", ".claude/settings.json", ".claude/commands/x.md", ".mcp.json",
                ".orch.toml", ".orch/workflow.yml", ".github/workflows/ci.yml", ".env", "src/.env", "a/.b/c",
                "CLAUDE.md", "claude.md", "src/CLAUDE.md", "CLAUDE.local.md", "AGENTS.md", "x/agents.MD", "GEMINI.md",
                "CLAUDE.md.", "CLAUDE.md ", "CLAUDE.md/", "git~1/config", "/etc/passwd", "~/.bashrc", "~root/x",
                "a/../../b", "..", "", "a\0b", "cla\u200dude.md", "a\u202eb", ".GIT/config",
            )
        ),
        ("**/*.md", "docs/keys.md", "allow"),
        ("**/*.md", "CLAUDE.md", "ask"),
        ("**/*.md", ".claude/commands/x.md", "ask"),
        ("*", "x/y", "ask"),
        (".github/**", ".github/workflows/ci.yml", "allow"),
        (".claude/commands/*.md", ".claude/commands/x.md", "allow"),
        (".claude/**", ".claude/CLAUDE.md", "ask"),
        ("CLAUDE.md", "CLAUDE.md", "allow"),
        ("**/CLAUDE.md", "src/CLAUDE.md", "allow"),
        ("CLAUDE.*", "CLAUDE.md", "ask"),
        (".env*", ".env.local", "allow"),
        (".*", ".git", "ask"),
        (".*/**", ".claude/settings.json", "ask"),
        ("?git/**", ".git/config", "ask"),
        ("src/**", "SRC/a", "ask"),
        ("src/é.txt", "src/e\u0301.txt", "allow"),
    ],
)  # fmt: skip
def test_a_star_stands_for_no_hidden_name_and_no_instructions(pattern: str, path: str, expected: str) -> None:
    rule = Rule("it", "allow", path=pattern)
    assert judge([rule], RequestFacts("Write", paths=(path,)), repo="/r", labels=()).answer == expected


@pytest.mark.parametrize(
    "path", ["src/secret/a", "SRC/Secret/a", "src/secret/a/", "src/secret/caf\u0065\u0301"]
)
def test_a_denied_path_is_found_in_capitals_and_in_other_forms(path: str) -> None:
    rules = [Rule("all", "allow", path="**"), Rule("no", "deny", path="src/secret/**")]
    assert judge(rules, RequestFacts("Write", paths=(path,)), repo="/r", labels=()).answer == "deny"


def test_paths_are_resolved_before_a_rule_sees_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    tree = tmp_path / "tree"
    (tree / "src/deep").mkdir(parents=True)
    (tree / "src/deep/out").symlink_to("/etc")
    (tree / "src/again").symlink_to("deep")
    rule = [Rule("all", "allow", path="**")]

    def answer(path: str) -> str:
        about = facts({"tool_name": "Write", "tool_input": {"file_path": path}, "cwd": str(tree)}, str(tree))
        return judge(rule, about, repo="/r", labels=()).answer

    assert answer("src/a") == answer(f"{tree}/src/a") == answer("src/deep/../a") == "allow"
    for path in (
        "src/deep/out/passwd", "src/again/out/passwd", "../x", "src/../../x", "~/x", "~/.bashrc", "/etc/passwd",
        " /etc/passwd", "/etc/passwd ", "src/a\0b", "src/../.git/config", "./CLAUDE.md", "",
    ):  # fmt: skip
        assert answer(path) == "ask", path


PIECES = [
    "git", "log", "-1", "--oneline", "--output=f", "-o", "x", "*", "'a b'", '"c"', '"$X"', "$X", "$(touch f)", "`touch f`",
    ";", "&&", "||", "|", "&", "\n", "\\\n", ">f", "<f", ">", "(", ")", "{", "}", "{a,b}", "#", "!", "A=b", "\\", "'", '"',
    "touch f", "if", "then", "fi", "eval", "sh -c 'touch f'", "<<E", "E", "~", "$'a'", "2>&1", "[", "-c", "a.b=c",
]  # fmt: skip


@settings(max_examples=examples(120), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=7), st.sampled_from(["", " "]))
def test_nothing_runs_behind_an_allowed_command_but_what_the_pattern_names(
    pieces: list[str], room: str
) -> None:
    command = f"git log {room.join(pieces)}"
    if allowed("git log *", command) == "allow":
        script = read(command)
        assert not script.hidden
        (ran,) = script.top  # `commands` has what only looks like one as well, for rules that deny
        reader = shlex.shlex(command, posix=True, punctuation_chars=True)
        reader.whitespace_split = True
        reader.commenters = "#" if " #" in command else ""  # within a word it is a character like any
        assert [word.text for word in ran] == list(reader)
        assert [word.text for word in ran][:2] == ["git", "log"]


def test_bash_runs_for_an_allowed_command_what_the_rule_was_shown(tmp_path: Path) -> None:
    stubs = tmp_path / "bin"
    stubs.mkdir()
    for name in ("git", "touch", "sh", "ls"):
        (stubs / name).write_text(f'#!/bin/sh\nprintf "%s\\n" "{name}" "$@" >> "$RAN"\n')
        (stubs / name).chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    (work / "--output=f").touch()
    for number, (pattern, command) in enumerate(ALLOWED):
        if not command.startswith("git ") or "&&" in command:
            continue
        ran = tmp_path / f"ran{number}"
        env = {"PATH": str(stubs), "RAN": str(ran), "HOME": str(tmp_path)}
        subprocess.run(["/bin/bash", "-c", command], cwd=work, env=env, check=False, capture_output=True)
        (seen,) = read(command).commands
        assert ran.read_text().splitlines() == [word.text for word in seen], pattern
    assert [each.name for each in work.iterdir()] == ["--output=f"]


def test_a_command_is_read_in_bounded_time_however_it_is_made() -> None:
    for command in ("$(" * 3000, "(" * 5000 + ")" * 5000, "a;" * 30_000, "git " + "-a " * 4000, "x" * 100_000,
                    "{" * 3000, "'" * 4001, "sh -c " * 500 + "ls", "sudo " * 2000 + "ls", "git $A " * 300,
                    "tmux " * 30, "docker " + "a " * 3000, f"bash -{'c' * 50_000}1", "cp " + "=" * 50_000, "test " + "[" * 50_000):  # fmt: skip
        assert denied(command) in ("ask", "allow", "deny")
