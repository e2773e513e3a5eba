"""Settings for automatic answers: rules, and nudges."""

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from orchestrator.config.base import Table, UnfitValueError
from orchestrator.core.rules import Rule


def _name(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise UnfitValueError("a one-line name, which is recorded with each answer")
    return text


def _given(text: str) -> str:
    if not text.strip():
        raise UnfitValueError("omitted, or a non-empty pattern")
    return text


def _inside(pattern: str) -> str:
    if not pattern.strip() or pattern.startswith(("/", "~")) or ".." in pattern.split("/"):
        raise UnfitValueError('a file pattern inside the card\'s worktree, such as "src/**"')
    return pattern


def _repo(pattern: str) -> str:
    expanded = str(Path(_given(pattern)).expanduser()) if pattern.startswith("~/") else _given(pattern)
    if "/" in expanded and not expanded.startswith(("/", "*")):
        raise UnfitValueError("a repository's name, or a pattern of its full path from / or ~/")
    return expanded


class RuleSettings(Table):
    """A rule that answers requests automatically; the first that matches wins."""

    name: Annotated[str, AfterValidator(_name)] = Field(
        description="The rule's unique name, recorded with each answer."
    )
    answer: Literal["allow", "deny", "ask"] = Field(
        description="allow, deny, or ask, which leaves the request to you."
    )
    tool: Annotated[str, AfterValidator(_given)] = Field(
        default="*", description='The tool, as a pattern: "Bash", "Edit", "mcp__*".'
    )
    command: Annotated[str, AfterValidator(_given)] = Field(
        default="",
        description='The full Bash command, as a pattern: "npm test *". Shell operators (; | && > $( …) '
        "match only if the pattern contains them.",
    )
    path: Annotated[str, AfterValidator(_inside)] = Field(
        default="",
        description='The file, as a pattern from the root of the card\'s worktree: "src/**". Nothing '
        "outside the worktree matches.",
    )
    repo: Annotated[str, AfterValidator(_repo)] = Field(
        default="", description="The repository, as a pattern of its name or its full path."
    )
    label: Annotated[str, AfterValidator(_given)] = Field(
        default="", description="A label that the card must have (exact match)."
    )
    message: str = Field(default="", description="With deny: the reason the agent reads.")

    @model_validator(mode="after")
    def _says_what_it_is_for(self) -> "RuleSettings":
        given = self.model_fields_set
        if not given & {"tool", "command", "path", "repo", "label"}:
            raise UnfitValueError("a rule with at least one of tool, command, path, repo and label")
        if self.message and self.answer != "deny":
            raise UnfitValueError('omitted, or used with answer "deny": only then is it read', "", "message")
        if self.command and not fnmatchcase("Bash", self.tool):
            raise UnfitValueError(
                '"Bash" or a pattern that matches it, because the rule has a command', "Bash", "tool"
            )
        if self.command and self.path:
            raise UnfitValueError("omitted if there is a command: no request has both", "", "path")
        return self

    def rule(self) -> Rule:
        """The rule in the form that the judge takes."""
        return Rule(**self.model_dump())


def each_has_its_own_name(rules: tuple[RuleSettings, ...]) -> tuple[RuleSettings, ...]:
    """The rules as given. Raises `UnfitValueError` for the first repeated name."""
    names = [rule.name for rule in rules]
    for at, name in enumerate(names):
        if name in names[:at]:
            raise UnfitValueError(f"a name other than that of rules[{names.index(name)}]", "", f"{at}.name")
    return rules


class Nudges(Table):
    """Automatic nudges for stuck sessions. Off by default."""

    stall: Literal["", "continue", "interrupt", "restart"] = Field(
        default="",
        description="What to do with a stalled session: continue, interrupt or restart; empty does nothing.",
    )
    error: Literal["", "continue", "restart"] = Field(
        default="",
        description="The same after an error that ended its turn: continue or restart.",
    )
    per_hour: int = Field(
        default=3,
        ge=1,
        le=3,
        description="Maximum automatic nudges per card and hour.",
    )
    per_day: int = Field(default=10, ge=1, le=10, description="Maximum automatic nudges per card and day.")
