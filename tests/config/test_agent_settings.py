"""What is wrong with the settings of an agent, in words."""

from pathlib import Path

import pytest

from orchestrator.config import ConfigError, load


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[agent]\n[agents.claude]\n",
            "line 1: [agent] and [agents.claude] are the same: write one of the two.",
        ),
        (
            '[agents.x]\nkind = "plain"\n',
            'line 1: "agents.x.command" is required: an agent of kind plain has no default.',
        ),
        ('[agent]\nkind = "plain"\n', 'line 1: "agent.command" is required'),
    ],
)
def test_an_agent_is_written_once_and_a_plain_one_has_a_command(file: Path, text: str, said: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError) as error:
        load()
    assert said in str(error.value)
