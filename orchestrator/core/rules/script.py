"""A parsed shell command: the commands that would run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A word as the program would get it, without its quotes. `literal` is false if the shell would still
    expand it; then `text` is as written."""

    text: str
    literal: bool = True
    glob: bool = False
    """Whether it has unquoted `*`, `?` or `[`, which the shell expands to file names."""


Command = tuple[Word, ...]
"""A simple command: its program and the arguments, without redirections."""


@dataclass(frozen=True, slots=True)
class Script:
    """`top` are the simple commands as written; `commands` are all that would run, including those that
    others run (`sudo`, `sh -c`, `xargs`, substitutions, functions). `hidden` says why that may be incomplete;
    empty if it is not."""

    top: tuple[Command, ...] = ()
    commands: tuple[Command, ...] = ()
    hidden: str = ""
