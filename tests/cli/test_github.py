"""What GitHub Actions reads of a run, with text from outside that would like to be more than text."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.cli.ci import github
from orchestrator.core.workflow.run import BranchDiff, Evidence, ScriptResult
from tests.cli.canned import AT_GATE, GATE, RUN, stage

HOSTILE = [
    "::set-env name=PATH::/tmp",
    "  ::add-mask::x",
    "see ##[error]this",
    "100%\r\n::error::x",
    "a|b `c` <script>alert(1)</script> [x](http://e.org) ![i](//e.org/p.png) @ada #1 **b** _i_ ~s~",
    "</pre></details>\n\n# Owned",
    "\\| \\` | --- |",
    "https://example.org www.example.org",
]


def test_an_annotation_is_one_line_whose_parts_stay_apart() -> None:
    said = github.annotation("error", "a: b, c\n50%", "one\r\ntwo: 100%, ok")
    assert said == "::error title=a%3A b%2C c 50%25::one%0Atwo: 100%25, ok"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_command_of_the_runner(text: str) -> None:
    for line in (github.harmless(text), github.harmless(f"  | {text}")):
        assert "##[" not in line
        assert not any(each.lstrip().startswith("::") for each in line.splitlines())
    for line in (github.annotation("notice", text, text), github.group(text)):
        assert "\n" not in line
        assert "\r" not in line
    title = github.annotation("notice", text, "").removeprefix("::notice title=").removesuffix("::")
    assert "::" not in title
    assert "," not in title


@pytest.mark.parametrize("text", HOSTILE)
def test_json_stays_the_same_json(text: str) -> None:
    line = github.harmless(json.dumps({"words": text}), as_json=True)
    assert "##[" not in line
    assert json.loads(line) == {"words": text}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_summary_s_text_from_outside_is_text(text: str) -> None:
    found = Evidence(
        (BranchDiff(text, text, text, text, ((text, 1, 2),), (text,), trouble=text),),
        ((text, ScriptResult(1, text, 1.0)),),
        ((text, text),),
    )
    gate = replace(GATE, stage=text, message=text, evidence=found, decided_at=1.0, decided_by=text, note=text)
    run = replace(
        RUN, name=text, reason=text, state="denied", stages=(stage(text, "blocked", waits=text), *RUN.stages)
    )
    said = github.summary(run, [gate], 2000.0, hint=text)
    tags = set(re.findall(r"<(/?\w+)", said))
    assert tags <= {"details", "/details", "summary", "/summary", "pre", "/pre", "br"}
    assert said.count("<pre>") == said.count("</pre>") == 2
    for sign in "`[]*@~\\":
        assert sign not in said
    assert "http:" not in said
    for line in said.splitlines():
        if line.startswith("|"):
            assert line.count("|") in (3, 5)
        assert line == "" or line.startswith(("|", "#", "<", "Run ")) or "&#" in line or line.isprintable()
    assert [line for line in said.splitlines() if line.startswith("#")] == [
        line for line in said.splitlines() if line.startswith(("## ", "### Gate "))
    ]


def test_a_summary_has_the_stages_the_gate_s_evidence_the_cost_and_how_it_goes_on() -> None:
    said = github.summary(AT_GATE, [GATE], 1300.0, "orch run --headless --resume r3")
    assert "| implement | ✅ done | 1m | Moved it |" in said
    assert "$0.50" in said
    assert "1 commit, 2 files, +120 -4" in said
    assert "| tests | exit code 1 after 12s |" in said
    assert "<pre>orch run --headless --resume r3</pre>" in said
    assert "<pre>Moved it.&#10;All of it.</pre>" in said


def test_a_gate_s_message_keeps_its_lines_in_the_summary_and_each_of_them_is_text() -> None:
    message = (
        "Before you say yes:\r\n\n  - is **it** tested?\n\x1b[31m::error::no ##[error]no\n# Own\u2028<b>"
    )
    said = github.summary(AT_GATE, [replace(GATE, message=message)], 1300.0).splitlines()
    assert (
        "Before you say yes&#58;<br>&#160;&#160;- is &#42;&#42;it&#42;&#42; tested&#63;"
        "<br>&#58;&#58;error&#58;&#58;no &#35;&#35;&#91;error&#93;no<br>&#35; Own<br>&#60;b&#62;"
    ) in said


def test_summary_and_outputs_are_added_to_the_files_that_github_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {name: tmp_path / name for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    for name, file in files.items():
        file.write_text("before\n")
        monkeypatch.setenv(name, str(file))
    github.write_summary(AT_GATE, [GATE], 1300.0, "")
    github.write_outputs({"run": "r3", "state": "x\nother=1\nend"})
    assert files["GITHUB_STEP_SUMMARY"].read_text().startswith("before\n## ")
    lines = files["GITHUB_OUTPUT"].read_text().splitlines()
    assert lines[0] == "before"
    assert (lines[1].partition("<<")[2], lines[2]) == (lines[3], "r3")
    end = lines[4].removeprefix("state<<")
    assert lines[4:] == [f"state<<{end}", "x", "other=1", "end", end]
    assert end not in ("end", lines[3])


def test_a_summary_beyond_github_s_limit_is_cut_between_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "summary"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    many = tuple(stage(f"本{n}", "blocked", waits="日本語" * 100) for n in range(2000))
    github.write_summary(replace(RUN, stages=many), [], 1300.0, "")
    assert 999_000 < file.stat().st_size <= 1_000_000
    file.read_text()


def test_nothing_is_written_where_github_names_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    github.write_summary(RUN, [], 1300.0, "")
    github.write_outputs({"run": "r3"})


def test_the_summary_has_the_last_lines_of_a_script_that_failed_and_of_no_other() -> None:
    tail = "\n".join(f"line {number}" for number in range(60))
    bad = stage("tests", "failed", kind="script", result=ScriptResult(1, tail, 3.0))
    fine = stage("lint", "done", kind="script", result=ScriptResult(0, "all well", 3.0))
    text = github.summary(replace(RUN, state="failed", stages=(bad, fine)), [], 1200.0)
    assert "### Output of tests" in text
    assert "line 59</pre>" in text
    assert "line 19&#10;" not in text
    assert "Output of lint" not in text


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_failed_script_printed_stays_text_in_the_summary(text: str) -> None:
    bad = stage("tests", "failed", kind="script", result=ScriptResult(1, text, 3.0))
    said = github.summary(replace(RUN, state="failed", stages=(bad,)), [], 1200.0)
    assert "<script>" not in said
    assert "@ada" not in said
    assert "\n# Owned" not in said
