"""Every request there is: its name, what it answers, and what travels with it."""

import importlib
import pkgutil
from collections import Counter
from dataclasses import fields
from typing import Any

from orchestrator.core import requests
from orchestrator.core.requests.every import EVERY
from orchestrator.core.requests.request import Act, Read, Request, answer_of


def _all() -> set[type[Request[Any]]]:
    """Those that are found by walking the package, apart from what only others are made of."""
    for each in pkgutil.iter_modules(requests.__path__, f"{requests.__name__}."):
        importlib.import_module(each.name)

    def below(kind: type[Request[Any]]) -> set[type[Request[Any]]]:
        return {kind}.union(*map(below, kind.__subclasses__()))

    # dataclasses with slots are made twice, and the first one stays known as a subclass
    return {each for each in below(Request) if "verb" in vars(each) and _is_the_one(each)}


def _is_the_one(kind: type[Any]) -> bool:
    return getattr(importlib.import_module(kind.__module__), kind.__name__) is kind


def test_no_request_is_forgotten_and_no_two_have_one_verb() -> None:
    every = _all()
    assert set(EVERY.values()) == every
    assert [verb for verb, times in Counter(each.verb for each in every).items() if times > 1] == []


def test_every_request_names_its_answer_and_either_reads_or_acts() -> None:
    for kind in EVERY.values():
        assert answer_of(kind) is not Any
        assert issubclass(kind, Read) is kind.reads is not issubclass(kind, Act), kind


def test_where_the_person_is_travels_with_every_act_and_what_was_seen_with_every_decision() -> None:
    for kind in EVERY.values():
        names = {each.name for each in fields(kind)}
        assert ("by" in names) is not kind.reads, kind
        assert ("seen" in names) is kind.decides, kind
