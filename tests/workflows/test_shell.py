"""A value that is filled into a script is data, whatever it holds, wherever it may stand."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.core.workflow.plan import Script
from orchestrator.workflows import WorkflowError, load
from tests.examples import examples
from tests.poll import PATIENCE

TRAPS = (
    "$(touch trap)",
    "`touch trap`",
    "'; touch trap; '",
    '"; touch trap; "',
    "\ntouch trap\n",
    "'\"'\"'$(touch trap)",
    "\\'; touch trap; #",
    "*; touch trap",
    "END\ntouch trap\nEND",
    "} ; touch trap; {",
    "-n $(touch trap) && touch trap",
)


def filled(command: str, value: str) -> str:
    lines = "\n".join(f"      {line}" for line in command.split("\n"))
    text = f"inputs: {{x: string}}\nworkflow:\n  - name: a\n    type: script\n    run: |\n{lines}\n"
    does = load(text, given={"x": value}).workflow.stages[0].does
    assert isinstance(does, Script)
    return does.run


def printed(command: str, folder: Path) -> str:
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert not (folder / "trap").exists(), command
    return done.stdout


@pytest.mark.parametrize("value", TRAPS)
@pytest.mark.parametrize(
    "command",
    [
        "printf %s {{ inputs.x }}",
        "printf %s a'b'\"c\"{{ inputs.x }}",
        "# don't\nprintf %s {{ inputs.x }}",
        "X={{ inputs.x }}\nprintf %s \"$X\"",
        "printf %s \\'{{ inputs.x }}",
        "if true; then printf %s {{ inputs.x }}; fi # it's {",
        "printf %s a#'{'{{ inputs.x }}",
    ],
)  # fmt: skip
def test_a_value_reaches_the_program_as_it_is(command: str, value: str, tmp_path: Path) -> None:
    assert value in printed(filled(command, value), tmp_path)


@pytest.mark.parametrize(
    "command",
    [
        "echo '{{ inputs.x }}'",
        'echo "{{ inputs.x }}"',
        "echo `echo {{ inputs.x }}`",
        "echo \"$(echo {{ inputs.x }})\"",
        "echo $(echo {{ inputs.x }})",
        "echo ${Y:-{{ inputs.x }}}",
        "echo $(( {{ inputs.x }} ))",
        "echo \\\\\\{{ inputs.x }}",
        "make # {{ inputs.x }}",
        "cat <<END\n{{ inputs.x }}\nEND",
        "cat <<'END'\nx\nEND\necho {{ inputs.x }}",
        "# don't\necho ' {{ inputs.x }} '",
        "echo $'it\\'s {{ inputs.x }}'",
    ],
)  # fmt: skip
def test_where_the_shell_would_not_read_quotes_nothing_is_filled_in(command: str) -> None:
    with pytest.raises(WorkflowError, match="is not allowed here"):
        filled(command, "x")


_PIECES = st.sampled_from(
    [
        "{{ inputs.x }}",
        " ",
        "'",
        '"',
        "\\",
        "#",
        "\n",
        "a",
        "$",
        "(",
        ")",
        "`",
        "<",
        ";",
        "$'",
        "{",
        "}",
        "&&",
        "=",
    ]
)


@settings(
    max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pieces=st.lists(_PIECES, min_size=1, max_size=12), value=st.sampled_from(TRAPS))
def test_no_script_that_is_accepted_lets_a_value_become_code(
    pieces: list[str], value: str, tmp_path: Path
) -> None:
    command = "true " + "".join(pieces)
    try:
        run = filled(command, value)
    except WorkflowError:
        return
    if "{{" not in run:
        printed(run, tmp_path)
