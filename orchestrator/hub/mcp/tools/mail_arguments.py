"""The arguments of the mail tools, accepted as models write them: `"3"` for 3, one name for a list of one,
`message` for `body`. Anything else is refused with the reason."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from orchestrator.core.mail.claims import LASTS_S, LONGEST_S
from orchestrator.core.mail.message import Kind
from orchestrator.hub.mcp.tool import Arguments

LONGEST_WAIT = 600
_BETWEEN = ","


def _several(said: Any) -> Any:
    """A list, from one word, from text with commas, or from a list written as text."""
    if said is None:
        return []
    if not isinstance(said, str):
        return said
    if said.strip().startswith("["):
        try:
            return json.loads(said)
        except ValueError:
            pass
    return [each for each in map(str.strip, said.split(_BETWEEN)) if each]


def _at_most(said: Any) -> Any:
    """Longer than one call may wait: limited, and the caller calls again."""
    try:
        return min(float(said), LONGEST_WAIT)
    except (TypeError, ValueError):
        return said


def _expected(said: Any) -> Any:
    """`"true"`, `"3"` and `"600"` as their values; anything else is unchanged."""
    if isinstance(said, str):
        plain = said.strip().casefold()
        if plain in ("true", "yes"):
            return True
        if plain in ("false", "no", ""):
            return False
        try:
            return int(plain)
        except ValueError:
            return said
    return False if said is None else said


def _names(said: Any) -> Any:
    """Names, or a number: `"3"`, `true` and `["worker-1"]`."""
    counted = _expected(said)
    return _several(said) if isinstance(counted, str) else counted


Words = Annotated[list[str], BeforeValidator(_several)]
Wait = Annotated[float, Field(ge=0, le=LONGEST_WAIT), BeforeValidator(_at_most)]


class Lenient(Arguments):
    """Arguments with the alternative names that models use."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _own_names(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        own = {field.alias or name for name, field in cls.model_fields.items()}
        said = {key: value for key, value in given.items() if value is not None or key in own}
        for name, others in cls.also().items():
            for other in others:
                if other in said and other not in own and name not in said:
                    said[name] = said.pop(other)
        return said

    @classmethod
    def also(cls) -> Mapping[str, Sequence[str]]:
        """Alternative names of an argument."""
        return {}


class Send(Lenient):
    to: Words = Field(
        default_factory=list,
        description="Names, @label:x, @run, @lead, all, human. Default: who is answered, or waits for it",
    )
    kind: str = Field(default="", description=f"{', '.join(Kind)}. result: your final report")
    body: str = ""
    subject: str = ""
    refs: Words = Field(
        default_factory=list, description="Committed paths in your worktree, blob:SHA256, issue:N, gather:ID"
    )
    reply_to: str = Field(default="", description="Id of the message that it answers")
    thread: str = ""
    priority: Literal["normal", "urgent"] = "normal"
    ttl_s: float = Field(default=0, ge=0)
    idem: str = Field(default="", description="Same key, same message: sent once")
    expect: Annotated[bool | int | float, BeforeValidator(_expected)] = Field(
        default=False,
        description="true: open a gather for a result of each recipient. 2: of two of them. Else seconds",
    )

    @classmethod
    def also(cls) -> Mapping[str, Sequence[str]]:
        return {
            "to": ("recipient", "recipients", "mailbox", "target", "session"),
            "body": ("message", "text", "content", "msg", "summary"),
            "kind": ("type",),
            "reply_to": ("in_reply_to", "reply_to_id", "replyTo", "message_id"),
            "thread": ("thread_id", "gather"),
            "refs": ("files", "attachments"),
        }

    @model_validator(mode="before")
    @classmethod
    def _urgent(cls, given: Any) -> Any:
        """`high` is urgent, and `low` is normal."""
        if isinstance(given, Mapping) and isinstance(said := given.get("priority"), str):
            urgent = said.casefold() in ("urgent", "high", "highest", "critical", "important")
            return {**given, "priority": "urgent" if urgent else "normal"}
        return given


class Receive(Lenient):
    max: int = Field(default=10, ge=1, le=100)
    kinds: Words = Field(default_factory=list)
    from_: Words = Field(default_factory=list, alias="from")
    thread: str = ""
    wait_s: Wait = 0
    peek: bool = False

    @classmethod
    def also(cls) -> Mapping[str, Sequence[str]]:
        return {
            "wait_s": ("wait", "timeout", "timeout_s", "wait_seconds"),
            "kinds": ("kind",),
            "max": ("limit", "count", "max_messages"),
            "from": ("sender", "senders", "from_"),
            "thread": ("thread_id",),
        }


class Ack(Lenient):
    ids: Words = Field(default_factory=list)
    outcome: Literal["done", "failed", "requeue"] = "done"
    note: str = ""

    @classmethod
    def also(cls) -> Mapping[str, Sequence[str]]:
        return {"ids": ("id", "message_id", "message_ids", "message", "messages")}


class GatherAsked(Lenient):
    gather: str = Field(default="", description="Its id, or a thread or message of it")
    thread: str = ""
    expect: Annotated[bool | int | list[str], BeforeValidator(_names)] = Field(
        default_factory=list, description="Names, or a number of results"
    )
    wait_s: Wait = LONGEST_WAIT
    partial_ok: bool = False

    @classmethod
    def also(cls) -> Mapping[str, Sequence[str]]:
        return {
            "gather": ("gather_id", "id"),
            "thread": ("thread_id", "message_id", "message"),
            "expect": ("from", "members", "workers", "sessions", "to", "names", "count", "expected"),
            "wait_s": ("wait", "timeout", "timeout_s", "wait_seconds"),
        }


class Peers(Lenient):
    filter: str = ""


class Search(Lenient):
    query: str

    @classmethod
    def also(cls) -> Mapping[str, Sequence[str]]:
        return {"query": ("q", "text", "words")}


class Lease(Lenient):
    paths: Words = Field(description="Paths in the repository, or topic:NAME", min_length=1)
    ttl_s: float = Field(default=LASTS_S, gt=0, le=LONGEST_S)
    mode: Literal["exclusive", "shared", "release"] = "exclusive"

    @classmethod
    def also(cls) -> Mapping[str, Sequence[str]]:
        return {"paths": ("path", "file", "files")}
