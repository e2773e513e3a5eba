"""The user's choices so far for a request's questions. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestrator.core.board.views import Question


@dataclass(frozen=True, slots=True)
class Choice:
    """The answer to one question: numbers of its options (from 0) and free text."""

    options: frozenset[int] = frozenset()
    words: str = ""

    @property
    def made(self) -> bool:
        """Whether any option is chosen or any text is given."""
        return bool(self.options or self.words)


@dataclass(frozen=True, slots=True)
class Choices:
    """One choice for each question, and the number of the question that number keys answer now."""

    each: tuple[Choice, ...] = ()
    at: int = 0

    @property
    def begun(self) -> bool:
        """Whether any question has an answer."""
        return any(choice.made for choice in self.each)

    @property
    def open(self) -> tuple[int, ...]:
        """The unanswered questions."""
        return tuple(number for number, choice in enumerate(self.each) if not choice.made)


UNCHOSEN = Choices()


def none(questions: Sequence[Question]) -> Choices:
    """An empty choice for each question, at the first."""
    return Choices(tuple(Choice() for _ in questions))


def choose(choices: Choices, questions: Sequence[Question], option: int) -> Choices:
    """Chooses that option of the current question. If several may be chosen, repeating deselects it; if only
    one may, the next unanswered question follows."""
    choice = choices.each[choices.at]
    if questions[choices.at].multi:
        return _set(choices, replace(choice, options=choice.options ^ {option}))
    return _on(_set(choices, Choice(frozenset({option}))))


def say(choices: Choices, questions: Sequence[Question], words: str) -> Choices:
    """Answers the current question with free text, in addition to the options if several may be chosen, else
    instead of them."""
    if questions[choices.at].multi:
        return _set(choices, replace(choices.each[choices.at], words=words))
    return _on(_set(choices, Choice(words=words)))


def turn(choices: Choices, way: str) -> Choices:
    """To the question before (`left`) or after (`right`)."""
    number = choices.at + (1 if way == "right" else -1)
    return replace(choices, at=max(0, min(number, len(choices.each) - 1)))


def turn_to(choices: Choices, question: int) -> Choices:
    """The number keys answer that question (from 0) next."""
    return replace(choices, at=question)


def labels(choices: Choices, questions: Sequence[Question]) -> tuple[tuple[str, ...], ...]:
    """The answers in the hub's form: for each question the labels in order, then free text."""
    return tuple(
        (
            *(question.options[number][0] for number in sorted(choice.options)),
            *((choice.words,) if choice.words else ()),
        )
        for question, choice in zip(questions, choices.each, strict=True)
    )


def _set(choices: Choices, choice: Choice) -> Choices:
    each = (*choices.each[: choices.at], choice, *choices.each[choices.at + 1 :])
    return replace(choices, each=each)


def _on(choices: Choices) -> Choices:
    later = [number for number in choices.open if number > choices.at]
    return replace(choices, at=(later or choices.open or (choices.at,))[0])
