import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import click
import pytest
from click.testing import Result

from orchestrator.cli.runs.run import run
from orchestrator.cli.runs.verbs import acknowledge
from tests.cli.canned import CARD
from tests.cli.stand_in import StandIn

Orch = Callable[..., Result]

PLAIN_VERBS = [
    "start",
    "stop",
    "resume",
    "restart",
    "release",
    "shelve",
    "reopen",
    "acknowledge",
    "pin",
    "unpin",
]


@pytest.fixture(autouse=True)
def _a_claude(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program of that name; nothing here starts it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "claude").write_text("#!/bin/sh\n")
    (folder / "claude").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


@pytest.mark.parametrize("verb", PLAIN_VERBS)
def test_a_verb_takes_several_cards_and_says_what_became_of_each(hub: StandIn, orch: Orch, verb: str) -> None:
    hub.cards.append(replace(CARD, id="c2", slug="docs", reason=""))
    done = orch(verb, "c1", "docs")
    assert done.exit_code == 0, done.output
    more = {"resume": {"go_on": False}, "acknowledge": {"attached": False}}.get(verb, {})
    assert hub.asked == [(verb, {"card": "c1", **more}), (verb, {"card": "docs", **more})]
    first, second = (
        ("unpinned", "unpinned") if verb in ("pin", "unpin") else ("working (Bash npm test)", "working")
    )
    assert done.stdout == f"c1 auth-refactor: {first}\nc2 docs: {second}\n"


@pytest.mark.parametrize("verb", PLAIN_VERBS)
def test_the_card_is_printed_as_json_when_asked_for(hub: StandIn, orch: Orch, verb: str) -> None:
    assert json.loads(orch(verb, "c1", "--json").stdout) == json.loads(json.dumps(asdict(CARD)))


def test_one_card_that_is_unknown_does_not_keep_the_others_from_being_stopped(
    hub: StandIn, orch: Orch
) -> None:
    done = orch("stop", "nobody", "c1")
    assert done.exit_code == 5
    assert "no card named nobody" in done.stderr
    assert done.stdout.startswith("c1 ")


def test_a_refusal_is_shown_in_words_with_its_own_exit_code(hub: StandIn, orch: Orch) -> None:
    hub.refusals["rm"] = (409, {"what": "c1 is dirty", "why": "2 changed files", "hint": "Use --rescue"})
    done = orch("rm", "c1")
    assert done.exit_code == 4
    assert done.stderr == "orch: c1 is dirty: 2 changed files. Use --rescue\n"


def test_what_a_failure_says_is_shown_without_its_control_characters(hub: StandIn, orch: Orch) -> None:
    hub.refusals["stop"] = (500, {"what": "git said\x1b]0;owned\x07 no\x1b[2J", "why": "", "hint": ""})
    done = orch("stop", "c1")
    assert done.exit_code == 1
    assert done.stderr == "orch: git said no\n"


def test_rm_with_rescue_names_the_ref(hub: StandIn, orch: Orch) -> None:
    hub.cards[0] = replace(CARD, rescues=("refs/orch/rescue/c1/20260101",))
    done = orch("rm", "c1", "--rescue")
    assert hub.asked == [("rm", {"card": "c1", "rescue": True, "keep": False, "force": False})]
    assert "work saved as refs/orch/rescue/c1/20260101" in done.stdout


def test_send_takes_its_text_from_the_line_or_from_standard_input(hub: StandIn, orch: Orch) -> None:
    assert orch("send", "c1", "go on").exit_code == 0
    assert orch("send", "c1", "--queue", "-", text="two\nlines\n").exit_code == 0
    assert [body for _, body in hub.asked] == [
        {"card": "c1", "text": "go on", "queue": False},
        {"card": "c1", "text": "two\nlines", "queue": True},
    ]


def test_an_empty_text_is_a_usage_error_and_is_not_sent(hub: StandIn, orch: Orch) -> None:
    assert orch("send", "c1", "-", text="\n").exit_code == 2
    assert hub.asked == []


def test_finish_and_hold_pass_on_how_and_why(hub: StandIn, orch: Orch) -> None:
    assert orch("finish", "c1", "--discard", "--rescue").exit_code == 0
    assert orch("hold", "c1", "ask Ada first").exit_code == 0
    assert hub.asked == [
        ("finish", {"card": "c1", "how": "discard", "rescue": True, "into": "", "wait": True}),
        ("hold", {"card": "c1", "note": "ask Ada first"}),
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Choose --merge, --squash or --rebase to land"),
        (("merge",), "Did you mean --merge?"),
        (("--merge", "--squash"), "--merge and --squash cannot be combined"),
        (("--keep", "--into", "x"), "--into requires"),
    ],
)
def test_finish_wants_exactly_one_way(hub: StandIn, orch: Orch, words: tuple[str, ...], said: str) -> None:
    done = orch("finish", "c1", *words)
    assert (done.exit_code, hub.asked) == (2, [])
    assert said in " ".join(done.stderr.split())


def test_several_cards_are_put_into_the_queue_before_any_is_waited_for(hub: StandIn, orch: Orch) -> None:
    assert orch("finish", "c1", "c1", "--squash", "--into", "next").exit_code == 0
    put = ("finish", {"card": "c1", "how": "squash", "rescue": False, "into": "next", "wait": False})
    assert hub.asked == [put, put, ("landing.wait", {"card": "c1"}), ("landing.wait", {"card": "c1"})]


def test_a_landing_is_shown_taken_back_and_its_conflicts_given_to_the_session(
    hub: StandIn, orch: Orch
) -> None:
    shown = orch("finish", "c1", "--dry-run")
    assert (shown.exit_code, shown.stderr) == (0, "")
    for part in ("2 files: a.py, b.py", "1 commit, 1 file", "no merge, squash, rebase", "--resolve"):
        assert part in shown.stdout, part
    assert json.loads(orch("finish", "c1", "--dry-run", "--json").stdout)["git"]["conflicts"] == [
        "a.py",
        "b.py",
    ]
    planned = orch("finish", "c1", "--dry-run", "--squash")
    assert "one commit on main" in planned.stdout
    assert "no squash:" in planned.stdout
    assert "taken out of the queue" in orch("finish", "c1", "--cancel").stdout
    assert orch("finish", "c1", "--resolve").exit_code == 0
    assert [verb for verb, _ in hub.asked] == [
        "landing",
        "landing",
        "landing",
        "finish.cancel",
        "landing",
        "send",
    ]
    assert "- b.py" in hub.asked[-1][1]["text"]


def test_new_sends_all_its_options(
    hub: StandIn, orch: Orch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = "--prompt hello --base v1 --branch b --name n --model opus --agent aider --backlog"
    words += " --permission-mode plan"
    done = orch("new", "Auth refactor", *words.split(), "--label", "a", "--label", "b", "--label", "a")
    assert done.exit_code == 0, done.output
    assert hub.asked == [
        (
            "new",
            {
                "title": "Auth refactor",
                "repo": str(tmp_path),
                "prompt": "hello",
                "base": "v1",
                "branch": "b",
                "name": "n",
                "model": "opus",
                "permission_mode": "plan",
                "agent": "aider",
                "labels": ["a", "b"],
                "backlog": True,
            },
        )
    ]


def test_a_label_that_is_empty_is_a_usage_error(hub: StandIn, orch: Orch) -> None:
    assert orch("new", "A", "--label", " ").exit_code == 2
    assert hub.asked == []


def test_the_first_prompt_comes_from_a_file_or_from_standard_input(
    hub: StandIn, orch: Orch, tmp_path: Path
) -> None:
    file = tmp_path / "prompt.md"
    file.write_text("from a file\n")
    assert orch("new", "A", "--prompt-file", str(file)).exit_code == 0
    assert orch("new", "A", "-", text="from input\n").exit_code == 0
    assert orch("new", "A", "--prompt", "-", text="from input too\n").exit_code == 0
    assert [body["prompt"] for _, body in hub.asked] == ["from a file", "from input", "from input too"]


def test_two_sources_for_a_prompt_are_a_usage_error(hub: StandIn, orch: Orch) -> None:
    done = orch("new", "A", "-", "--prompt", "x", text="y")
    assert done.exit_code == 2
    assert "only one of" in done.stderr
    assert hub.asked == []


def test_which_program_must_be_installed_is_the_hubs_to_say(
    hub: StandIn, orch: Orch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # without claude
    for words in (
        ["new", "A"],
        ["start", "c1"],
        ["resume", "c1"],
        ["restart", "c1"],
        ["nudge", "c1", "restart"],
    ):
        assert orch(*words).exit_code == 0
    assert [verb for verb, _ in hub.asked] == ["new", "start", "resume", "restart", "nudge"]


def test_pinning_says_which_of_the_two_it_did(hub: StandIn, orch: Orch) -> None:
    hub.cards = [replace(CARD, pinned=True)]
    assert orch("pin", "c1").stdout == "c1 auth-refactor: pinned\n"


def test_a_former_name_of_a_verb_still_works() -> None:
    assert run.knows("seen")
    assert run.get_command(click.Context(run), "seen") is acknowledge
    assert "seen" not in run.list_commands(click.Context(run))
