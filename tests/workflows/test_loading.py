"""What becomes of a file: order, inputs, fan-outs, what is filled in."""

from textwrap import dedent

import pytest

from orchestrator.core.workflow.plan import Agent, HumanGate, OnFailure, Script, Stage, Workflow, with_agent
from orchestrator.workflows import InputError, WorkflowError, check, load, outline


def loaded(text: str, **given: str) -> Workflow:
    return load(dedent(text), file="some/nightly.yml", given=given).workflow


def needs(workflow: Workflow) -> dict[str, tuple[str, ...]]:
    return {stage.name: stage.needs for stage in workflow.stages}


def said(text: str, **given: str) -> list[str]:
    with pytest.raises(WorkflowError) as caught:
        load(dedent(text), given=given)
    return [str(each) for each in caught.value.problems]


def test_a_stage_waits_for_the_whole_group_before_it_in_the_list() -> None:
    plan = loaded("""
        workflow:
          - {name: a, prompt: x, parallel: true}
          - {name: b, prompt: x, parallel: true}
          - {name: c, prompt: x}
          - {name: d, prompt: x, parallel: true}
          - {name: e, prompt: x, needs: [a], parallel: true}
          - {name: f, prompt: x, needs: []}
          - {name: g, prompt: x}
        """)
    assert needs(plan) == {
        "a": (),
        "b": (),
        "c": ("a", "b"),
        "d": ("c",),
        "e": ("a",),
        "f": (),
        "g": ("f",),
    }


def test_what_is_left_out_has_the_defaults_of_the_plan() -> None:
    plan = loaded("""
        workflow:
          - {name: a, prompt: x}
          - {name: s, type: script, run: make}
          - {name: g, type: human-gate, message: "Good?"}
        """)
    assert plan.name == "nightly"
    assert plan.base == ""
    assert plan.stage("a") == Stage("a", Agent("x"))
    assert plan.stage("s") == Stage("s", Script("make"), ("a",))
    assert plan.stage("g") == Stage("g", HumanGate("Good?"), ("s",))


def test_retry_has_two_retries_ten_seconds_apart_unless_told_otherwise() -> None:
    plan = loaded("""
        defaults: {backoff: 1m}
        workflow:
          - {name: a, prompt: x, on_failure: retry}
          - {name: b, prompt: x, on_failure: retry, retries: 5, backoff: 0}
          - {name: c, prompt: x}
        """)
    found = [(stage.on_failure, stage.retries, stage.backoff) for stage in plan.stages]
    assert found == [(OnFailure.RETRY, 2, 60.0), (OnFailure.RETRY, 5, 0.0), (OnFailure.STOP, 0, 0.0)]


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90s", 90), ("30m", 1800), ("2h", 7200), ("7d", 604_800), ("1.5h", 5400), ("45", 45)],
)
def test_times_are_words_or_seconds(written: str, seconds: float) -> None:
    plan = loaded(f"workflow: [{{name: a, prompt: x, timeout: {written}}}]")
    assert plan.stage("a").timeout == seconds


def test_the_stages_of_a_fan_out_are_named_by_their_items() -> None:
    plan = loaded("""
        workflow:
          - {name: fix-api, prompt: x}
          - {name: fix, prompt: "{{ item }}", foreach: [api, "Web App", web-app, "…", 1.10], needs: []}
          - {name: last, prompt: "{{ stages.fix.summary }}", needs: [fix, fix-api], join: 3}
          - {name: after, prompt: x, when: {fix: [done, skipped]}}
        """)
    names = ("fix-api-2", "fix-web-app", "fix-web-app-2", "fix-4", "fix-1-10")
    assert plan.named("fix") == tuple(plan.stage(name) for name in names)
    assert {plan.stage(name).template for name in names} == {"fix"}
    assert [each.does.prompt for each in plan.named("fix") if isinstance(each.does, Agent)] == [
        "api", "Web App", "web-app", "…", "1.10",
    ]  # fmt: skip
    assert plan.stage("last").needs == (*names, "fix-api")
    assert plan.stage("last").join == 3
    assert plan.stage("after").when == tuple((name, ("done", "skipped")) for name in names)


@pytest.mark.parametrize("parts", ["a", "a, b"])
def test_any_of_a_fan_out_must_be_done_however_many_they_are(parts: str) -> None:
    text = """\
inputs: {parts: {type: list}}
workflow:
  - {name: try, type: script, run: "false", foreach: "{{ inputs.parts }}", on_failure: continue}
  - {name: all, type: human-gate, message: "All?", needs: [try], join: all}
  - {name: any, type: human-gate, message: "Any?", needs: [try], join: any}
"""
    workflow = loaded(text, parts=parts)
    assert [workflow.stage(name).join for name in ("all", "any")] == [0, 1]


def test_a_fan_out_over_an_input_is_as_wide_as_the_run_s_list() -> None:
    text = """
        inputs: {parts: list}
        workflow:
          - {name: fix, prompt: "{{ item }}", foreach: "{{ inputs.parts }}"}
          - {name: any, prompt: x, join: 3}
        """
    assert check(dedent(text)) == ()
    assert loaded(text, parts="a, b,c ,").stage("any").needs == ("fix-a", "fix-b", "fix-c")
    assert loaded(text, parts='["a,b", 1.0, true]').stage("any").needs == ("fix-a-b", "fix-1-0", "fix-true")
    assert said(text, parts="a") == ['"join: 3" is impossible: this stage needs 1 stage']
    assert said(text, parts="") == [
        'the list of the input "parts" is empty: there would be no stage '
        "(it needs a non-empty default, or none)",
        '"join: 3" is impossible: this stage needs nothing',
    ]
    assert [each.name for each in outline(dedent(text)).stages] == ["fix-parts", "any"]


INPUTS = """
    inputs:
      word: {type: string, choices: [red, green]}
      count: {type: integer, default: 3}
      ratio: {type: number, choices: [0.5, 2], default: 2}
      sure: {type: boolean, default: false}
      list: {type: list, default: [a, b], choices: [a, b, c]}
    workflow:
      - name: a
        prompt: "{{ inputs.word }} {{inputs.count}} {{ inputs.ratio }} {{ inputs.sure }} {{ inputs.list }}"
    """


def test_inputs_are_read_by_their_types() -> None:
    planned = load(dedent(INPUTS), given={"word": "red", "sure": "TRUE", "ratio": "0.50", "list": "c,a"})
    assert planned.inputs == (
        ("word", "red"), ("count", "3"), ("ratio", "0.50"), ("sure", "true"), ("list", "c, a"),
    )  # fmt: skip
    does = planned.workflow.stages[0].does
    assert isinstance(does, Agent)
    assert does.prompt == "red 3 0.50 true c, a"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, 'the input "word" is required: a text'),
        (
            {"word": "gren"},
            'the input "word" must be one of red, green, not "gren" (did you mean "green"?)',
        ),
        ({"wrd": "red", "word": "red"}, 'the workflow has no input "wrd" (did you mean "word"?)'),
        ({"word": "red", "count": "many"}, 'the input "count" must be a whole number, not the text "many"'),
        (
            {"word": "red", "count": "9" * 99},
            f'the input "count" must be a whole number, not the text "{"9" * 49}…"',
        ),
        ({"word": "red", "ratio": "3"}, 'the input "ratio" must be one of 0.5, 2, not "3"'),
        ({"word": "red", "sure": "yes"}, 'the input "sure" must be true or false, not the text "yes"'),
        ({"word": "red", "list": "a, d"}, 'the input "list" must be one of a, b, c, not "d"'),
        (
            {"word": "red", "list": "[a, {b: c}]"},
            'the input "list" must be a list of strings or numbers, not the text "[a, {b: c}]"',
        ),
        ({"word": "red\x1b[31m"}, 'the input "word" contains a control character'),
    ],
)
def test_an_input_that_does_not_fit_is_refused_in_words(given: dict[str, str], problem: str) -> None:
    assert said(INPUTS, **given) == [problem]


def test_all_that_is_wrong_with_the_inputs_is_said_at_once() -> None:
    assert len(said(INPUTS, count="x", sure="x", colour="x")) == 4


def test_a_workflow_without_inputs_takes_none() -> None:
    assert said("workflow: [{name: a, prompt: x}]", x="1") == ['the workflow has no input "x" (it has none)']


def test_what_is_filled_in_is_never_filled_in_again() -> None:
    text = """
        inputs: {a: string, b: {default: "y }"}}
        workflow:
          - {name: y, prompt: x}
          - {name: z, prompt: "{{ inputs.a }}{{ inputs.b }}}", needs: [y]}
        """
    assert said(text, a="see {{ stages.y.summary }}") == [
        'the input "a" must not contain "{{" (it would be taken for a template)'
    ]
    made = said(text, a="{", b="{ stages.y.summary }")
    assert made == [
        "with its values inserted, this text would contain different double braces (choose another value)"
    ]
    does = loaded(text, a='{"a": {"b": 1}}').stage("z").does
    assert isinstance(does, Agent)
    assert does.prompt == '{"a": {"b": 1}}y }}'


def test_what_later_stages_are_told_stays_open_until_then() -> None:
    plan = loaded("""
        workflow:
          - {name: a, prompt: x, worktree: feature/a}
          - {name: b, prompt: "{{ stages.a.summary }}", worktree: "{{ stages.a.branch }}"}
          - {name: g, type: human-gate, message: "Merge {{stages.a.branch}}?"}
        """)
    b, g = plan.stage("b").does, plan.stage("g").does
    assert isinstance(b, Agent)
    assert isinstance(g, HumanGate)
    assert (b.prompt, b.worktree) == ("{{ stages.a.summary }}", "{{ stages.a.branch }}")
    assert g.message == "Merge {{stages.a.branch}}?"


def test_a_branch_that_only_a_value_spoils_is_an_error_of_that_run() -> None:
    text = """
        inputs: {x: string}
        workflow: [{name: a, prompt: x, worktree: "feature/{{ inputs.x }}"}]
        """
    assert loaded(text, x="login").stages[0].name == "a"
    assert said(text, x="log in") == ['"feature/log in" is not a valid branch name: spaces are not allowed']
    assert said(text, x="") == ['"feature/" is not a valid branch name: "/" is not allowed']


def test_hosts_are_those_of_the_configuration() -> None:
    text = "workflow: [{name: a, prompt: x, where: bigbox}]"
    assert check(text) == ()
    assert load(text, hosts=["bigbox"]).workflow.stages[0].name == "a"
    assert [str(each) for each in check(text, hosts=["big-box"])] == [
        'there is no host "bigbox" in the configuration (did you mean "big-box"?)'
    ]


def test_too_much_is_refused_at_once() -> None:
    huge = "workflow:\n" + "  - {name: a, prompt: x}\n" * 50_000
    assert [str(each) for each in check(huge)] == ["the file is too large (a workflow has at most 1 MB)"]
    many = "workflow:\n" + "".join(f"  - {{name: a{at}, prompt: x}}\n" for at in range(501))
    assert [(each.line, str(each)) for each in check(many)] == [(502, "a workflow has at most 500 stages")]
    wide = (
        "inputs: {l: list}\nworkflow:\n  - {name: a, prompt: x, foreach: '{{ inputs.l }}'}\n"
        "  - {name: b, prompt: x}\n"
    )
    assert len(load(wide, given={"l": ",".join(map(str, range(499)))}).workflow.stages) == 500
    assert said(wide, l=",".join(map(str, range(500)))) == [
        "with all fan-outs expanded the workflow has more than 500 stages"
    ]
    deep = "workflow: " + "[" * 400_000
    assert [str(each) for each in check(deep)] == ["values are nested more than 12 deep"]
    values = f"workflow: [{'x,' * 60_000}]"
    assert [str(each) for each in check(values)] == ["the file contains more than 20000 values"]


def test_an_empty_file_is_said_to_be_empty() -> None:
    for text in ("", "\n\n", "# only words\n", "\ufeff"):
        assert [str(each) for each in check(text)] == [
            "the file is empty (a workflow has a list of stages: workflow:)"
        ]


def test_an_error_lists_every_problem_with_its_place() -> None:
    with pytest.raises(WorkflowError) as caught:
        load("workflow:\n  - {name: a, promt: x}\n  - {name: b, prompt: x, needs: [c]}\n", file="x.yml")
    assert str(caught.value) == (
        'x.yml:2:15: error: unknown key "promt" (did you mean "prompt"?)\n'
        'x.yml:3:34: error: no stage named "c" (known: a)'
    )


def test_a_default_may_be_written_otherwise_than_the_choice_that_it_is() -> None:
    planned = load(
        "inputs:\n  n: {type: number, default: 2.0, choices: [0.5, 2]}\n  b: {type: boolean, default: True}\n"
        "workflow: [{name: a, prompt: x}]\n"
    )
    assert planned.inputs == (("n", "2.0"), ("b", "true"))


def test_nothing_of_the_file_reaches_the_terminal_as_an_escape_sequence() -> None:
    text = (
        'inputs: {"\\e[31mx": string}\nworkflow:\n  - {name: "\\e]0;t\\a", prompt: "{{ inputs.\\e[31my }}"}\n'
        '  - {name: b, prompt: x, needs: ["\\e]0;t\\a"], "\\e[1m": 1}\n'
    )
    found = check(text)
    assert len(found) >= 4
    assert all(str(each).isprintable() for each in found)


def test_inputs_that_do_not_fit_a_sound_file_are_told_what_it_takes() -> None:
    sound = """
        inputs:
          ticket: {type: string}
          colour: {type: string, choices: [red, blue], default: red}
          count: {type: integer, default: 3}
        workflow: [{name: a, prompt: x}]
        """
    with pytest.raises(InputError) as caught:
        load(dedent(sound), given={"ticket": "A-1", "count": "many"})
    assert caught.value.usage == (
        "Usage: --input ticket=TEXT [--input colour=red|blue] [--input count=INTEGER]"
    )
    with pytest.raises(InputError) as caught:
        load("workflow: [{name: a, prompt: x}]", given={"count": "1"})
    assert caught.value.usage == "It has no inputs."
    with pytest.raises(WorkflowError) as wrong:
        load("workflow: [{name: a, promt: x}]", given={"count": "1"})
    assert not isinstance(wrong.value, InputError)


def test_a_stage_names_its_agent_and_the_defaults_one_for_the_others() -> None:
    plan = loaded("""
        defaults: {agent: aider}
        workflow:
          - {name: a, prompt: x}
          - {name: b, prompt: x, agent: claude}
          - {name: c, prompt: x, agent: claude-code}
        """)
    agents = {stage.name: stage.does.agent for stage in plan.stages if isinstance(stage.does, Agent)}
    assert agents == {"a": "aider", "b": "claude", "c": "claude"}
    named = with_agent(loaded("workflow: [{name: a, prompt: x}]"), "aider").stage("a").does
    assert isinstance(named, Agent)
    assert named.agent == "aider"


def test_an_agent_that_is_not_configured_is_an_error_with_its_line() -> None:
    text = "workflow:\n  - name: a\n    prompt: x\n    agent: aidr\n"
    (problem,) = check(text, agents=("claude", "aider"))
    assert (problem.line, problem.warning) == (4, False)
    assert 'there is no agent "aidr"' in str(problem)
    assert 'did you mean "aider"?' in str(problem)
    assert not check(text)  # where the configuration is not known
