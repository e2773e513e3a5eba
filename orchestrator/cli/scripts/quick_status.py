"""`orch status`: counts of the board in one line, for shell prompts and tmux status lines."""

import sys

from orchestrator.cli.scripts.raw import ask

FORMAT = "{needs} waiting, {working} working"
NO_HUB, FAILED, USAGE = 6, 1, 2
"""As in `exit_codes`."""


def answer(words: list[str]) -> int | None:
    """Prints the line, and returns the exit code; nothing and `NO_HUB` if no hub responds. `None` for words
    that need the whole command line, such as `--help`."""
    form, as_json, rest = FORMAT, False, list(words)
    while rest:
        word = rest.pop(0)
        if word == "--json":
            as_json = True
        elif word == "--format" and rest:
            form = rest.pop(0)
        elif word.startswith("--format="):
            form = word.partition("=")[2]
        else:
            return None
    return told(form, as_json=as_json)


def told(form: str, *, as_json: bool) -> int:
    """Prints the counts in this form; see `answer`."""
    body = ask("status")
    if body is None:
        return NO_HUB
    if not body:
        sys.stderr.write("orch: the hub is older than this orch. Restart it: orch hub restart\n")
        return FAILED
    if as_json:
        sys.stdout.write(f"{body.decode()}\n")
        return 0
    try:
        line = form.format_map(counts(body))
    except (KeyError, ValueError, IndexError, AttributeError, TypeError):
        known = ", ".join(f"{{{name}}}" for name in counts(body))
        sys.stderr.write(f"orch: --format {form!r} cannot be filled in. Use: {known}\n")
        return USAGE
    sys.stdout.write(f"{line}\n")
    return 0


def counts(body: bytes) -> dict[str, float]:
    """The numbers of a flat JSON object, without the module that reads JSON."""
    pairs = (each.split(":") for each in body.decode().strip("{} \n").split(","))
    return {name.strip('" '): float(number) if "." in number else int(number) for name, number in pairs}
