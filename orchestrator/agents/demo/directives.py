"""Steps written into a prompt, for tests that want no files.

Lines that begin with `demo:` hold steps separated by `;`, each the step's name and then its fields in their
order, quoted as in a shell, or `field=value`: `demo: think 1; bash "npm test"; permission "rm -rf build";
question "Which one?" A B; say All done.` For `tool` and `permission` the words are a Bash command;
`bash` is `tool`. The last text of a step takes all words that are left.
"""

import json
from typing import Any

from orchestrator.agents.demo.refusal import Refusal
from orchestrator.agents.demo.script import STEPS, Step, make

_MARK = "demo:"
_ORDER = {"tool": ("input", "seconds", "output"), "permission": ("input", "seconds", "output")}
_TAKES_THE_REST = {"say": "text", "commit": "message", "plan": "text"}


def directives(prompt: str) -> tuple[Step, ...]:
    """The steps of a prompt's `demo:` lines, if it has any. Raises `Refusal` at a line that is wrong."""
    steps: list[Step] = []
    for line in prompt.splitlines():
        if line.strip().startswith(_MARK):
            steps += [_step(words) for words in _split(line.strip()[len(_MARK) :])]
    return tuple(steps)


def _split(line: str) -> list[list[str]]:
    import shlex  # only prompts with directives pay for it

    lexer = shlex.shlex(line, posix=True, punctuation_chars=";")
    lexer.whitespace_split, lexer.commenters = True, ""
    sentences: list[list[str]] = [[]]
    try:
        for word in lexer:
            if word.strip(";"):
                sentences[-1].append(word)
            else:
                sentences.append([])
    except ValueError as error:
        raise Refusal(f"a demo: line can't be read ({error}): {line}") from error
    return [words for words in sentences if words]


def _step(words: list[str]) -> Step:
    name, *words = words
    name = "tool" if name == "bash" else name
    if name not in STEPS:
        raise Refusal(f"no step is called {name!r}; there are: {', '.join(sorted(STEPS))}")
    fields = {key: str(f.type) for key, f in STEPS[name].__dataclass_fields__.items()}
    said: dict[str, Any] = {}
    plain: list[str] = []
    for word in words:
        key, equals, value = word.partition("=")
        if equals and key in fields:
            said[key] = _value(fields[key], value)
        else:
            plain.append(word)
    if rest := _TAKES_THE_REST.get(name):
        if plain:
            said[rest] = " ".join(plain)
    else:
        order = [key for key in _ORDER.get(name, tuple(fields)) if key not in said]
        while plain and order:
            key = order.pop(0)
            if "tuple" in fields[key]:
                said[key], plain = tuple(plain), []
            else:
                said[key] = _value(fields[key], plain.pop(0))
    return make(name, said)


def _value(kind: str, word: str) -> Any:
    try:
        if "dict" in kind:
            return json.loads(word) if word.startswith("{") else {"command": word}
        if "float" in kind:
            return float(word)
        if "int" in kind and "str" not in kind:
            return int(word)
    except ValueError as error:
        raise Refusal(f"{word!r} is not a number") from error
    return word not in ("", "false", "no", "0") if "bool" in kind else word
