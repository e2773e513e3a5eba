"""What is sent comes out as it went in; what is not understood is refused with the field named."""

import json
from dataclasses import fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from orchestrator import wire
from orchestrator.core.board.updates import CardChanged, NeedsChanged, RunChanged, Update
from orchestrator.core.requests.cards import Finish, Hold, New
from orchestrator.core.requests.every import EVERY
from orchestrator.core.requests.mail import ListMessages, SendMail
from orchestrator.core.requests.needs import Answer
from orchestrator.core.requests.request import Request, answer_of


def sample(kind: Any) -> Any:
    """A value of the type in which as much is set as can be."""
    origin, args = get_origin(kind), get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{each.name: sample(hints[each.name]) for each in fields(kind) if each.init})
    if origin in (Union, UnionType):
        return sample(next(each for each in args if each is not NoneType))
    if origin is Literal:
        return args[-1]
    if origin is tuple:
        return (sample(args[0]),) * 2 if args[-1] is ... else tuple(map(sample, args))
    if origin is dict:
        return {sample(args[0]): sample(args[1])}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return list(kind)[-1]
    return {str: "é\n☃ \x1b", bytes: b"\x00\xff", int: 7, float: 1.5, bool: True, NoneType: None}[kind]


def emptied(kind: Any) -> Any:
    """A value of the dataclass with nothing but what it has to have."""
    hints = get_type_hints(kind)
    needed = [each for each in fields(kind) if each.default is each.default_factory]
    return kind(**{each.name: sample(hints[each.name]) for each in needed})


@pytest.mark.parametrize("kind", EVERY.values(), ids=EVERY)
def test_a_request_and_its_answer_come_out_as_they_went_in(kind: type[Request[Any]]) -> None:
    for request in (sample(kind), emptied(kind)):
        assert wire.request(wire.encode(request), kind) == request
    answer = sample(answer_of(kind))
    assert wire.decode(wire.encode(answer), answer_of(kind)) == answer


def test_every_update_comes_out_of_the_stream_as_it_went_in() -> None:
    told = [sample(kind) for kind in get_args(Update)]
    lines = b": alive\n\n".join(map(wire.event, told)).splitlines(keepends=True)
    assert list(wire.updates(iter(lines))) == told


def test_what_a_newer_hub_adds_is_passed_over() -> None:
    (kind, *_) = get_args(Update)
    lines = [b"event: Weather\n", b"data: {}\n", b"\n", *wire.event(sample(kind)).splitlines(keepends=True)]
    assert list(wire.updates(iter(lines))) == [sample(kind)]
    hold = json.loads(wire.encode(Hold("c1", "wait"))) | {"colour": "red"}
    assert wire.decode(json.dumps(hold).encode(), Hold) == Hold("c1", "wait")


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        (NeedsChanged, "kind", "weather"),
        (CardChanged, "state", "dreaming"),
        (CardChanged, "column", "attic"),
        (RunChanged, "state", "postponed"),
    ],
)
def test_a_value_of_another_version_is_shown_as_it_is(kind: type[Update], old: str, new: str) -> None:
    told = sample(kind)
    shown = json.loads(wire.encode(told))
    (part,) = shown.values()
    for each in part if isinstance(part, list) else [part]:
        each[old] = new
    lines = [b"event: %s\n" % kind.__name__.encode(), b"data: %s\n" % json.dumps(shown).encode()]
    (update,) = wire.updates(iter(lines))
    assert new in wire.encode(update).decode()


def test_a_request_with_an_unknown_value_is_refused_with_the_field_named() -> None:
    body = json.dumps({"need": "c1.k3f", "verdict": "perhaps"}).encode()
    with pytest.raises(wire.UnreadableError, match="verdict: invalid enum value 'perhaps'"):
        wire.request(body, Answer)


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        (Hold, b"{}", "object missing required field card"),
        (Hold, b'{"card": 3}', "card: expected str, got int"),
        (Hold, b'{"card": null}', "card: expected str, got null"),
        (Hold, b'{"card": "c1", "colour": "red"}', "colour: no such field"),
        (Hold, b'{"card": "c1", "verb": "rm"}', "verb: no such field"),
        (Hold, b'{"card": "c1", "by": "moon"}', "by: invalid enum value 'moon'"),
        (Hold, b"[]", "expected object, got array"),
        (Hold, b"{", "input data was truncated"),
        (Hold, b'{"card": "\xff"}', "invalid UTF-8 encoded string"),
        (Hold, b"[" * 20_000, "expected object, got array"),
        (Hold, b'{"card": "c1", "x": ' + b"[" * 20_000, "maximum recursion depth exceeded"),
        (Finish, b'{"card": "c1", "how": "burn"}', "how: invalid enum value 'burn'"),
        (New, b'{"title": "A", "repo": "/r", "labels": [1]}', "labels[0]: expected str, got int"),
        (ListMessages, b'{"limit": 1000000000}', "limit: the number is too large"),
        (ListMessages, b'{"limit": -%s}' % (b"9" * 4000), "limit: the number is too large"),
        (ListMessages, b'{"before": NaN}', "invalid character"),
        (SendMail, b'{"to": ["a"], "body": "x", "ttl_s": 1e999}', "ttl_s: number out of range"),
        (SendMail, b'{"to": ["a"], "body": "x", "kind": "shout"}', "kind: invalid enum value 'shout'"),
    ],
)
def test_a_request_that_is_not_understood_is_refused_with_the_field_named(
    kind: type[Request[Any]], body: bytes, words: str
) -> None:
    with pytest.raises(wire.UnreadableError) as error:
        wire.request(body, kind)
    assert words.casefold() in str(error.value).casefold()


def test_a_time_may_be_larger_than_a_number_of_things() -> None:
    assert wire.request(b'{"before": 1764489600}', ListMessages) == ListMessages(before=1764489600.0)
