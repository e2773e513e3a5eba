"""Scripts, prompts with directives and the command line of the scripted agent."""

import json
import os
import subprocess
import sys
from collections import deque
from pathlib import Path

import pytest

from orchestrator import teams
from orchestrator.core.text.names import slug_of
from orchestrator.core.workflow.plan import Agent, HumanGate
from orchestrator.demo import mailed
from orchestrator.demo.directives import directives
from orchestrator.demo.flags import parse
from orchestrator.demo.keys import Decoder, Key
from orchestrator.demo.refusal import Refusal
from orchestrator.demo.script import read
from orchestrator.demo.steps import (
    STEPS,
    Background,
    Blocked,
    Commit,
    Done,
    Fail,
    Failed,
    Figures,
    Mcp,
    Merge,
    Permission,
    Question,
    Say,
    Step,
    Think,
    Tool,
)
from orchestrator.workflows import check, load

AGENT = Path(__file__).resolve().parents[2] / "orchestrator/demo"
STAGE = AGENT / "stage"


def agent(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-S", "-E", str(AGENT), *words]
    return subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=False)


def test_a_script_is_read_into_steps() -> None:
    steps = [
        {"think": 2},
        {"background": "make", "seconds": 3, "then": [{"say": "Made."}]},
        {"figures": 1.5, "context": 40},
    ]
    script = read(json.dumps({"steps": steps, "repeat": True, "card": {"title": "ours"}}))
    assert script.steps == (Think(2), Background("make", 3, (Say("Made."),)), Figures(1.5, 40))
    assert script.repeat


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([{"thnk": 2}], "no step is called 'thnk'"),
        ([{"think": 2, "about": "x"}], "no field 'about'"),
        ([{"subagent": "x"}, {"edit": "a", "txt": ""}], "no field 'txt'"),
    ],
)
def test_a_step_that_is_none_is_refused_by_name(steps: list[dict[str, object]], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        read(json.dumps({"steps": steps}))


def test_a_prompt_may_hold_the_steps() -> None:
    prompt = (
        'Please.\ndemo: think 1; bash "npm test" 2; permission "rm -rf x"\n'
        'demo: question "Which one?" A B; say All done; bye'
    )
    with pytest.raises(Refusal, match="'bye'"):
        directives(prompt)
    assert directives(prompt.removesuffix("; bye")) == (
        Think(1),
        Tool("Bash", {"command": "npm test"}, 2),
        Permission("Bash", {"command": "rm -rf x"}),
        Question("Which one?", ("A", "B")),
        Say("All done"),
    )
    assert directives("Nothing of the kind.") == ()


@pytest.mark.parametrize(
    ("said", "steps"),
    [
        (
            """mcp stage_done {"outcome": "done", "summary": "It's; in"}; say Bye""",
            (Mcp("stage_done", {"outcome": "done", "summary": "It's; in"}), Say("Bye")),
        ),
        ("think 1; mcp mail_list", (Think(1), Mcp("mail_list"))),
        ('done "All is in" handoff="Look at a.txt"', (Done("All is in", "Look at a.txt"),)),
        ("done All is in", (Done("All is in"),)),
        ("failed No way; blocked Which port?", (Failed("No way"), Blocked("Which port?"))),
        ('fail "No way"; fail rate_limit', (Failed("No way"), Fail("rate_limit"))),
        ("commit Add a path=src/a.txt; merge feature/a feature/b", (
            Commit("Add a", "src/a.txt"), Merge(("feature/a", "feature/b"))
        )),
    ],
)  # fmt: skip
def test_a_stage_of_a_workflow_can_be_told_what_to_report(said: str, steps: tuple[object, ...]) -> None:
    assert directives(f"Work on it.\n\ndemo: {said}\n\nWhat others have done:\n* nothing") == steps


def test_json_that_is_none_is_refused_with_its_line() -> None:
    with pytest.raises(Refusal, match=r"JSON that can't be read .* mcp stage_done \{oops\}"):
        directives("demo: mcp stage_done {oops}")


def test_what_is_done_after_an_objection_may_be_said_for_each() -> None:
    after = Say("Ready.", (Done("In"), Say("Done.", (Say("Really."),))))
    assert directives("demo: say Ready.\ndemo: then done In\ndemo: then say Really.") == (after,)
    assert directives("demo: say Ready.; then done In; then say Really.") == (after,)
    assert directives("demo: then say Really.") == (Say("Done.", (Say("Really."),)),)
    scripted = {"say": "Ready.", "then": [{"done": "In"}, {"say": "Done.", "then": [{"say": "Really."}]}]}
    assert read(json.dumps({"steps": [scripted, {"merge": ["a", "b"]}]})).steps == (after, Merge(("a", "b")))


def test_mail_is_read_as_the_script_says_or_else_at_least_read() -> None:
    read_mail, answer, other = Mcp("mail_receive"), Mcp("mail_send"), Think(1)
    left: deque[Step] = deque([read_mail, answer, Say("Answered."), other])
    assert mailed.steps("2 stages wait", left) == ()
    assert mailed.steps("1 unread: call mail_receive", left) == (read_mail, answer, Say("Answered."))
    assert list(left) == [other]
    assert mailed.steps("1 unread: call mail_receive", left)[0] == read_mail
    assert list(left) == [other]


def test_the_team_of_the_demo_is_one_and_each_in_it_has_a_script() -> None:
    team = teams.load((STAGE / "team.yml").read_text(), file="team.yml")
    lead, *workers = team.members
    assert lead.lead
    (task,) = _sent(lead.name, "task")
    assert task.input["to"] == [each.name for each in workers]
    for worker in workers:
        assert len(_sent(worker.name, "result")) == 1


def _sent(name: str, kind: str) -> list[Mcp]:
    steps = read((STAGE / f"cards/{name}.json").read_text()).steps
    sends = [each for each in steps if isinstance(each, Mcp) and each.tool == "mail_send"]
    return [each for each in sends if each.input["kind"] == kind]


def test_every_step_is_written_about() -> None:
    assert all(kind.__doc__ and not kind.__doc__.startswith(kind.__name__) for kind in STEPS.values())


@pytest.mark.parametrize("path", sorted((STAGE / "cards").glob("*.json")), ids=lambda path: str(path.stem))
def test_each_script_of_the_demo_can_be_played(path: Path) -> None:
    assert read(path.read_text()).steps


def test_the_workflow_of_the_demo_runs_and_each_of_its_agents_reports() -> None:
    text = (STAGE / "workflow.yml").read_text()
    assert check(text) == ()
    stages = load(text).workflow.stages
    assert sum(isinstance(stage.does, HumanGate) for stage in stages) == 1
    for stage in stages:
        if isinstance(stage.does, Agent):
            steps = read((STAGE / f"cards/{slug_of(stage.name)}.json").read_text()).steps
            after = [each for step in steps if isinstance(step, Say) for each in step.then]
            assert [type(step) for step in (*steps, *after)].count(Done) == 1


def test_flags_are_those_of_claude_code() -> None:
    flags = parse(["--resume", "u", "--model=opus", "--permission-mode", "plan", "--", "--a prompt"])
    assert (flags.resume, flags.model, flags.permission_mode, flags.prompt) == (
        "u",
        "opus",
        "plan",
        "--a prompt",
    )
    with pytest.raises(Refusal, match="unknown option '--messaging-socket-path'"):
        parse(["--messaging-socket-path", "x"])
    for wrong in (["--permission-mode", "bold"], ["--output-format", "yaml"]):
        with pytest.raises(Refusal, match="Allowed choices"):
            parse(wrong)
    flags = parse(["-p", "--verbose", "--output-format", "stream-json", "--mcp-config", "m.json", "Go."])
    assert (flags.printed, flags.output_format, flags.mcp_config, flags.prompt) == (
        True,
        "stream-json",
        "m.json",
        "Go.",
    )
    with pytest.raises(Refusal, match="requires --verbose"):
        parse(["-p", "--output-format", "stream-json"])


def test_it_says_who_it_is() -> None:
    done = agent("--version")
    assert done.stdout == "2.1.197 (orch demo agent)\n"


def test_it_does_not_start_where_it_would_write_into_the_users_own_directory() -> None:
    done = agent("--name", "x", CLAUDE_CONFIG_DIR="")
    assert done.returncode == 1
    assert "CLAUDE_CONFIG_DIR is not set" in done.stderr


def test_a_start_loads_nothing_heavy() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(AGENT.parents[2])!r}); "
        "import orchestrator.demo.beginning, orchestrator.demo.session; print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", code], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert not loaded & {
        "asyncio",
        "subprocess",
        "http.client",
        "urllib.request",
        "argparse",
        "ssl",
        "click",
        "shlex",
        "uuid",
        "orchestrator.demo.mcp",
        "orchestrator.demo.printed",
    }


def test_keys_may_come_in_pieces() -> None:
    decoder = Decoder()
    assert decoder.feed("é".encode()[:1]) == []
    assert decoder.feed("é".encode()[1:] + b"\x1b[") == [Key("text", "é")]
    assert decoder.feed(b"A\x1b[200~two\rlines") == [Key("up")]
    assert decoder.feed(b"\x1b[201~\r") == [Key("paste", "two\nlines"), Key("enter")]
    assert decoder.feed(b"\x1b") == []
    assert decoder.waits
    assert decoder.flush() == [Key("escape")]
