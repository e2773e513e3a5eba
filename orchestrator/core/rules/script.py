"""A shell command as a parser has read it: the commands that would run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A word as the program would get it, without its quotes. `literal` is false where the shell would still
    put something in its place; then `text` is as it was written."""

    text: str
    literal: bool = True
    glob: bool = False
    """Whether it has unquoted `*`, `?` or `[`, in place of which the shell puts names of files."""


Command = tuple[Word, ...]
"""A simple command: its program and the arguments, without redirections."""


@dataclass(frozen=True, slots=True)
class Script:
    """`top` are the simple commands as they stand; `commands` are all that would run, with those that others
    are told to run (`sudo`, `sh -c`, `xargs`, substitutions, functions). `hidden` says in words why that may
    not be all; empty where it is."""

    top: tuple[Command, ...] = ()
    commands: tuple[Command, ...] = ()
    hidden: str = ""
