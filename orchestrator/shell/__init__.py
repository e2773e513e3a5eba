"""Shell commands, parsed by a grammar of bash. The parser is loaded when the first command is read."""

from orchestrator.core.rules.script import Script


def read(command: str) -> Script:
    """All that the command would run, as far as that can be seen; what can't, is said."""
    from orchestrator.shell import reading  # a parser that only rules need

    return reading.read(command)
