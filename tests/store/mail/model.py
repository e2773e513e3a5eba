"""What a mailbox should do, said as simply as can be: the measure for the real stores."""

from dataclasses import dataclass, field

from orchestrator.core.mail.leases import MOST_DELIVERIES, Acked, Outcome
from orchestrator.core.mail.message import Message
from tests.store.mail.bench import VISIBLE_S


@dataclass
class Letter:
    """One message in one box."""

    message: Message
    place: str = "waiting"
    times: int = 0
    session: str = ""
    fence: int = 0
    until: float = 0.0
    expires_at: float | None = None


@dataclass
class Model:
    """All boxes, each in the order in which things came; and what every sender was answered first."""

    boxes: dict[str, list[Letter]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    idems: dict[tuple[str, str], str] = field(default_factory=dict)

    def send(self, message: Message) -> tuple[str, bool]:
        """The id that is answered, and whether it is a repetition."""
        known = (
            message.id if message.id in self.answers else self.idems.get((message.sender, message.idem), "")
        )
        if known:
            return known, True
        self.answers[message.id] = message.id
        if message.idem:
            self.idems[message.sender, message.idem] = message.id
        for box in message.to:
            self.boxes.setdefault(box, []).append(Letter(message, expires_at=message.expires_at))
        return message.id, False

    def due(self, box: str, now: float, most: int, kinds: tuple[str, ...]) -> list[Letter]:
        """What a receiver should be handed, in order."""
        waiting = [
            each
            for each in self.boxes.get(box, [])
            if each.place == "waiting"
            and (each.expires_at is None or each.expires_at > now)
            and (not kinds or each.message.kind in kinds)
        ]
        return sorted(waiting, key=lambda each: not each.message.urgent)[:most]

    def lease(self, letter: Letter, session: str, fence: int, now: float) -> None:
        letter.place, letter.session, letter.fence = "leased", session, fence
        letter.until = now + VISIBLE_S
        letter.times += 1

    def letter(self, box: str, name: str) -> Letter | None:
        return next((each for each in self.boxes.get(box, []) if each.message.id == name), None)

    def ack(self, box: str, name: str, fence: int, outcome: Outcome, now: float) -> Acked:
        letter = self.letter(box, name)
        if letter is None:
            return Acked.UNKNOWN
        if letter.place == "done" and letter.fence == fence:
            return Acked.DONE
        if letter.place != "leased" or letter.fence != fence:
            return Acked.STALE
        if outcome is Outcome.DONE:
            letter.place = "done"
            return Acked.DONE
        if outcome is Outcome.FAILED:
            letter.place = "dead"
            return Acked.DEAD
        return Acked.DEAD if self.back(letter, now) else Acked.REQUEUED

    def back(self, letter: Letter, now: float) -> bool:
        late = letter.expires_at is not None and letter.expires_at <= now
        letter.place = "dead" if letter.times >= MOST_DELIVERIES or late else "waiting"
        letter.session = ""
        return letter.place == "dead"

    def of_session(self, box: str, session: str) -> list[Letter]:
        return [
            each for each in self.boxes.get(box, []) if each.place == "leased" and each.session == session
        ]

    def expire(self, now: float) -> None:
        for letters in self.boxes.values():
            for each in letters:
                if each.place == "leased" and each.until <= now:
                    self.back(each, now)
                if each.place == "waiting" and each.expires_at is not None and each.expires_at <= now:
                    each.place = "dead"

    def redrive(self, box: str, name: str) -> bool:
        letter = self.letter(box, name)
        if letter is None or letter.place != "dead":
            return False
        self.boxes[box].remove(letter)
        self.boxes[box].append(letter)
        letter.place, letter.times, letter.expires_at = "waiting", 0, None
        return True
