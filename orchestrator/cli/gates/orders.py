"""Parses and carries out `--gate NAME=approve|deny|wait` for the gates of a run."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import click

from orchestrator.cli.gates.gate import decided_in_words
from orchestrator.cli.runs.run_lines import RunLine
from orchestrator.cli.text import plain
from orchestrator.client import Client, Missing, Refused
from orchestrator.core.requests.gates import Approve, Deny, ShowGate
from orchestrator.core.workflow.views import GateView, RunView, StageView

EVERY = "*"
_VERDICTS = ("approve", "deny", "wait")
_GATHERED_WITHIN = 60.0
"""Seconds; if the evidence takes longer, the gate waits for people."""


def parsed(words: Sequence[str]) -> dict[str, str]:
    """Gate to verdict out of `NAME=VERDICT`. Raises `click.UsageError`."""
    found: dict[str, str] = {}
    for word in words:
        name, _, verdict = word.rpartition("=")
        if not name or verdict not in _VERDICTS:
            raise click.UsageError(f"--gate takes NAME={'|'.join(_VERDICTS)}, not {word!r}.")
        if found.setdefault(name, verdict) != verdict:
            raise click.UsageError(f"--gate gives both {found[name]} and {verdict} for {name!r}.")
    return found


def unknown_gate(orders: Mapping[str, str], run: RunView) -> str:
    """What is wrong with the names; empty if each is a gate of the run."""
    gates = [stage.name for stage in run.stages if stage.kind == "human-gate"]
    for name in orders:
        if name != EVERY and name not in gates:
            near = get_close_matches(name, gates, n=1)
            hint = f"Did you mean {plain(near[0])}?" if near else f"Its gates: {', '.join(map(plain, gates))}"
            return f"{run.name} has no gate {name!r}. {hint if gates else 'It has no gates.'}"
    return ""


@dataclass(frozen=True, slots=True)
class Person:
    """Who decides, and the note with it."""

    who: str
    note: str = ""


NO_REASON = "no reason given"


class GateOrders:
    """Decides the gates of one run as they open, each once its evidence is complete, and each stage once: a
    gate that reopens after a denial waits for people."""

    def __init__(self, client: Client, orders: Mapping[str, str], person: Person) -> None:
        self._client, self._orders, self._person = client, orders, person
        self._seen: dict[str, float] = {}
        self._done: set[str] = set()
        """Decided by us; the run may not have been reported to continue yet."""
        self._spent: set[str] = set()
        """The stages whose order has been carried out."""
        self._left: set[str] = set()
        """Gates that wait for people, with complete evidence."""

    def decide(self, run: RunView) -> list[RunLine]:
        """Carries out the orders about the gates that are open now, and reports the results."""
        new = [stage for stage in _open(run) if stage.gate not in self._done | self._left]
        return [line for stage in new if (line := self._one(run, stage))]

    def pending(self, run: RunView) -> bool:
        """Whether an open gate is still undecided and not left to people."""
        return any(stage.gate not in self._done | self._left for stage in _open(run))

    def wait_for_people(self, run: RunView) -> bool:
        """Whether only people can decide the open gates."""
        gates = {stage.gate for stage in _open(run)}
        return bool(gates) and gates <= self._left

    def _one(self, run: RunView, stage: StageView) -> RunLine | None:
        since = self._seen.setdefault(stage.gate, time.monotonic())
        try:
            gate = self._client.submit(ShowGate(stage.gate))
        except Missing:
            return None
        late = time.monotonic() - since > _GATHERED_WITHIN
        if gate.state != "open" or (not gate.version and not late):
            return None
        verdict = self._orders.get(stage.name) or self._orders.get(EVERY, "wait")
        if verdict == "wait":
            self._left.add(gate.id)
            return None
        if stage.name in self._spent:
            self._left.add(gate.id)
            return _line(run, gate, f"--gate has already decided {stage.name} once; now it waits for people")
        if not gate.version:
            self._left.add(gate.id)
            return _line(run, gate, "its evidence was not complete in time, so it waits for people")
        return self._say(run, gate, verdict)

    def _say(self, run: RunView, gate: GateView, verdict: str) -> RunLine | None:
        who, seen = self._person.who, gate.version
        note = self._person.note or ("" if verdict == "approve" else NO_REASON)
        try:
            decision = Approve if verdict == "approve" else Deny
            after = self._client.submit(decision(gate.id, who, note, seen, by="ci"))
        except Refused as refused:
            now = self._client.submit(ShowGate(gate.id))
            if now.state == "open" and now.version == seen:
                self._left.add(gate.id)
                return _line(run, now, str(refused))
            return None  # it has changed meanwhile, and is checked again
        self._spent.add(gate.stage)
        (self._left if after.state == "open" else self._done).add(gate.id)
        return _line(run, after, decided_in_words(after))


def _open(run: RunView) -> list[StageView]:
    return [stage for stage in run.stages if stage.state == "gate-blocked" and stage.gate]


def _line(run: RunView, gate: GateView, words: str) -> RunLine:
    return RunLine(time.time(), "gate", run.id, gate.state, words, stage=gate.stage, gate=gate.id)
