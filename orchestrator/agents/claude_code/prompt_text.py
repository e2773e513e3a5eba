"""Restores a prompt as the user wrote it from Claude Code's form in hooks and in the conversation on disk.

Probed on 2.1.197 and 2.1.332: pasted lines come wrapped, a line that begins with `!` is stored as a shell
command, and one that begins with `/` as a command with its arguments."""

import re

_PASTED = re.compile(
    r'\s*<pasted_content id="(?P<id>\w+)">\n(?P<text>.*?)\n</pasted_content id="(?P=id)">\s*', re.DOTALL
)
_SHELL = re.compile(r"<bash-input>(?P<text>.*)</bash-input>", re.DOTALL)
_COMMAND = re.compile(r"<command-name>(?P<name>[^<]*)</command-name>")
_ARGUMENTS = re.compile(r"<command-args>(?P<text>.*?)</command-args>", re.DOTALL)


def as_written(text: str) -> str:
    """The prompt without Claude Code's wrapping."""
    if shell := _SHELL.fullmatch(text.strip()):
        return f"!{shell['text']}"
    if command := _COMMAND.search(text):
        arguments = _ARGUMENTS.search(text)
        name = command["name"].strip()
        return f"/{name.removeprefix('/')} {arguments['text'] if arguments else ''}".strip()
    return _PASTED.sub(lambda pasted: pasted["text"], text)
