"""Parses shell commands with a bash grammar. The parser is loaded when the first command is parsed."""

from orchestrator.core.rules.script import Script


def read(command: str) -> Script:
    """Everything that the command would run, as far as it can be analysed; what cannot is reported."""
    from orchestrator.shell import reading  # a parser that only rules need

    return reading.read(command)
