"""Converts a team file's text to the team, or to its errors."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from orchestrator.core.mail.message import HUMAN
from orchestrator.core.text.clean import one_line
from orchestrator.core.text.names import slug_of
from orchestrator.teams.shape import MOST_WORKERS, MemberShape, TeamShape
from orchestrator.teams.team import Member, Team
from orchestrator.workflows.problems import Problem, did_you_mean, in_order, listed, shown
from orchestrator.workflows.reading import Path, Source, read
from orchestrator.workflows.unfit import in_words

_BEGINS = "a name and a task: team: and task:"
_Model = TypeVar("_Model", bound=BaseModel)


class TeamError(Exception):
    """A team that cannot be started. `problems` are its errors, in order of position."""

    def __init__(self, problems: Iterable[Problem], file: str = "") -> None:
        self.problems = in_order(problems)
        self.file = file
        super().__init__(listed(self.problems, file or "team"))


def load(text: str, *, file: str = "") -> Team:
    """The team that a file describes; `file` names it in errors. Raises `TeamError` with all errors."""
    reader = _Reader(read(text, "team", _BEGINS))
    team = reader.team()
    if team is None or reader.problems:
        raise TeamError(reader.problems, file)
    return team


@dataclass(frozen=True, slots=True)
class _Said:
    """A member in the file, and the position of its name."""

    name: str
    shape: MemberShape
    path: Path


@dataclass(slots=True)
class _Reader:
    source: Source
    problems: list[Problem] = field(default_factory=list)

    def team(self) -> Team | None:
        """The team, or its errors in `problems`."""
        self.problems += self.source.problems
        data = self.source.data
        if self.source.broken:
            return None
        if not isinstance(data, dict):
            self._say((), f"a team file must be a mapping, not {shown(data)}", "it begins with team:")
            return None
        listed = data.get("workers") if isinstance(data.get("workers"), list) else None
        coordinator = data.get("coordinator")
        own = [key for key, there in (("workers", listed), ("coordinator", coordinator)) if there is not None]
        head = self._fit(TeamShape, {key: value for key, value in data.items() if key not in own}, ())
        lead = self._member(coordinator, ("coordinator",), "coordinator") if coordinator is not None else None
        workers = self._workers(listed) if listed is not None else _numbered(head.workers if head else 0)
        lead = lead or _Said("coordinator", MemberShape(), ("coordinator",))
        if head is None:
            return None
        self._each_once(lead, workers)
        if head.review == lead.name:
            self._say(("review",), f'"{head.review}" coordinates the team itself', f"for yourself: {HUMAN}")
        members = (_made(head, lead, lead=True), *(_made(head, each, lead=False) for each in workers))
        return Team(head.team, head.task.strip(), members, head.review, head.base)

    def _workers(self, listed: list[Any]) -> list[_Said]:
        if not listed:
            self._say(("workers",), '"workers" must be a number, or a non-empty list')
        if len(listed) > MOST_WORKERS:
            self._say(("workers", MOST_WORKERS), f"a team has at most {MOST_WORKERS} workers")
        found = [
            self._member(each, ("workers", at), f"worker-{at + 1}")
            for at, each in enumerate(listed[:MOST_WORKERS])
        ]
        return [each for each in found if each is not None]

    def _member(self, said: object, path: Path, name: str) -> _Said | None:
        spelled = {"name": said} if isinstance(said, str) else said
        if not isinstance(spelled, dict):
            who = "the coordinator" if path == ("coordinator",) else "a worker"
            self._say(path, f"{who} must be a name or a mapping, not {shown(said)}", f"such as: {name}")
            return None
        shape = self._fit(MemberShape, spelled, path)
        if shape is None:
            return None
        where = (*path, "name") if isinstance(said, dict) and "name" in said else path
        return _Said(shape.name or name, shape, where)

    def _each_once(self, lead: _Said, workers: list[_Said]) -> None:
        """Every member has a mailbox of its own."""
        seen = {lead.name: lead}
        for each in workers:
            if each.name in seen:
                line = self.source.at(seen[each.name].path).line
                self._say(each.path, f'duplicate "{each.name}"', f"the first is in line {line}")
            seen.setdefault(each.name, each)

    def _fit(self, model: type[_Model], data: dict[str, Any], path: Path) -> _Model | None:
        """The data in its shape; nothing if it does not fit, which has been reported."""
        empty = [key for key, value in data.items() if value is None and key in model.model_fields]
        for key in empty:
            self._say((*path, key), f'"{key}" has no value', "give it one, or omit it", key=True)
        try:
            fitted = model.model_validate(data)
        except ValidationError as error:
            found = error.errors(include_url=False)
        else:
            return None if empty else fitted
        strays = [str(each["loc"][-1]) for each in found if each["type"] == "extra_forbidden"]
        for each in found:
            key = str(each["loc"][0]) if each["loc"] else ""
            if key in empty:
                continue
            if each["type"] == "extra_forbidden":
                known = [name for name in model.model_fields if name not in data]
                hint = did_you_mean(key, known) or f"valid here: {', '.join(known)}"
                self._say((*path, key), f'unknown key "{one_line(key, 50)}"', hint, key=True)
            elif each["type"] == "missing":
                # a similar key has already been reported as unknown
                if not any(did_you_mean(stray, [key]) for stray in strays):
                    self._say(path, f'the team has no "{key}"', f"add: {key}: …")
            else:
                where, what, hint = in_words(each, path)
                self._say(where, what, hint)
        return None

    def _say(self, path: Path, what: str, hint: str = "", *, key: bool = False) -> None:
        span = self.source.key(path) if key else self.source.at(path)
        self.problems.append(Problem(span.line, span.column, what, hint))


def _numbered(workers: int) -> list[_Said]:
    return [_Said(f"worker-{at}", MemberShape(), ("workers",)) for at in range(1, workers + 1)]


def _made(head: TeamShape, said: _Said, *, lead: bool) -> Member:
    shape = said.shape
    return Member(
        name=said.name,
        title=f"{head.team}: {said.name}",
        prompt=shape.prompt.strip(),
        labels=tuple(dict.fromkeys((slug_of(head.team), *shape.label))),
        model=shape.model or head.model,
        permission_mode=shape.permission_mode or head.permission_mode,
        lead=lead,
    )
