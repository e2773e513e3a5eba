"""Steps written in a prompt, for tests without script files.

Lines that begin with `demo:` contain steps separated by `;`, each the step's name and then its fields in
their order, quoted as in a shell, or `field=value`: `demo: think 1; bash "npm test"; permission "rm -rf
build"; question "Which one?" A B; say All done.` For `tool` and `permission` the words are a Bash command;
`bash` is `tool`. The last text of a step takes all remaining words. Other lines, before and after, are
ignored.

For a stage of a workflow: `demo: commit Add a; done "All is in" handoff="Look at a.txt"`, `failed "No way"`
and `blocked "Which port?"` call the tool `stage_done`, `mcp TOOL {JSON}` any other, optionally with a
`keep='{JSON}'` and an `until=WORD`. `fail "No way"` is the same as `failed`, unless its first word is an
error of the API. What follows `then` is done if a Stop hook objects, the next `then` if it objects again:
`demo: say Ready.` and, on a line of its own or not, `demo: then done All is in`.
"""

import json
import re
from dataclasses import replace
from typing import Any

from orchestrator.demo.refusal import Refusal
from orchestrator.demo.script import make
from orchestrator.demo.steps import STEPS, Say, Step

_MARK = "demo:"
_ORDER = {"tool": ("input", "seconds", "output"), "permission": ("input", "seconds", "output")}
_TAKES_THE_REST = {
    "say": "text",
    "commit": "message",
    "plan": "text",
    **dict.fromkeys(("done", "failed", "blocked"), "summary"),
}
_API_ERRORS = (
    "authentication_failed", "billing_error", "invalid_request", "max_output_tokens", "oauth_org_not_allowed",
    "overloaded", "rate_limit", "server_error", "unknown",
)  # fmt: skip
_JSON_FOLLOWS = r"(?:^|;)\s*mcp\s+\S+\s+(?=\{)"


def directives(prompt: str) -> tuple[Step, ...]:
    """The steps of a prompt's `demo:` lines, if any. Raises `Refusal` at an invalid line."""
    chain: list[list[Step]] = [[]]
    for line in prompt.splitlines():
        if line.strip().startswith(_MARK):
            for words in _split(line.strip()[len(_MARK) :]):
                if words[0] == "then":
                    chain.append([])
                    words.pop(0)
                if words:
                    chain[-1].append(_step(words))
    return _chained(chain)


def _chained(chain: list[list[Step]]) -> tuple[Step, ...]:
    """The first list, with each further list in the last words of the one before it."""
    steps, *others = chain
    if not others:
        return tuple(steps)
    *before, last = steps or [Say()]
    if not isinstance(last, Say):
        before, last = [*before, last], Say()
    return (*before, replace(last, then=_chained(others)))


def _split(line: str) -> list[list[str]]:
    import shlex  # only prompts with directives pay for it

    lexer = shlex.shlex(_with_json_quoted(line), posix=True, punctuation_chars=";")
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


def _with_json_quoted(line: str) -> str:
    import shlex  # likewise

    at, json_follows = 0, re.compile(_JSON_FOLLOWS)
    while found := json_follows.search(line, at):
        try:
            _, at = json.JSONDecoder().raw_decode(line, found.end())
        except ValueError as error:
            raise Refusal(f"a demo: line holds JSON that can't be read ({error}): {line}") from error
        quoted = shlex.quote(line[found.end() : at])
        line, at = line[: found.end()] + quoted + line[at:], found.end() + len(quoted)
    return line


def _step(words: list[str]) -> Step:
    name, *words = words
    if name == "fail" and words and words[0] not in _API_ERRORS and "=" not in words[0]:
        name = "failed"
    name = "tool" if name == "bash" else name
    if name not in STEPS:
        raise Refusal(f"no step is called {name!r}; there are: {', '.join(sorted(STEPS))}")
    fields = {key: str(f.type) for key, f in STEPS[name].__dataclass_fields__.items() if key != "then"}
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
