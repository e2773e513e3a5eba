"""Matches the options given on the command line to the questions of a request."""

from collections.abc import Sequence
from difflib import get_close_matches

from orchestrator.core.board.views import Question


class UnclearError(ValueError):
    """What is ambiguous about the options."""


def chosen(questions: Sequence[Question], options: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The answers to each question, in the questions' order; at least one each.

    One option per question, in their order, may be labels or free text. Otherwise each goes to the question
    that has such a label, and free text to the one question left unanswered. Raises `UnclearError`.
    """
    for option in options:
        _no_slip(questions, option)
    if (in_order := _in_order(questions, options)) is not None:
        return in_order
    answers: list[list[str]] = [[] for _ in questions]
    own_words = []
    for option in options:
        if not (fitting := [at for at, question in enumerate(questions) if _label(question, option)]):
            own_words.append(option)
            continue
        at = next((each for each in fitting if not answers[each]), fitting[0])
        label = _label(questions[at], option)
        if label not in answers[at]:
            answers[at].append(label)
    _place(own_words, questions, answers)
    for question, answer in zip(questions, answers, strict=True):
        if not answer:
            raise UnclearError(f"no --option answers {_named(question)}.")
        if len(answer) > 1 and not question.multi:
            raise UnclearError(f"{_named(question)} takes one answer, not {_listed(answer)}.")
    return tuple(tuple(answer) for answer in answers)


def _in_order(questions: Sequence[Question], options: Sequence[str]) -> tuple[tuple[str, ...], ...] | None:
    """One option per question, if none is the label of only another question."""
    if len(options) != len(questions):
        return None
    answers = []
    for question, option in zip(questions, options, strict=True):
        label = _label(question, option)
        if not label and any(_label(each, option) for each in questions):
            return None
        answers.append((label or option,))
    return tuple(answers)


def _place(own_words: Sequence[str], questions: Sequence[Question], answers: list[list[str]]) -> None:
    if not own_words:
        return
    open_ones = [at for at in range(len(questions)) if not answers[at]]
    if len(questions) == 1 and questions[0].multi:
        open_ones = [0]
    if len(open_ones) != 1 or len(own_words) > 1:
        offers = "; ".join(
            f"{_named(each)} offers {_listed([label for label, _ in each.options])}" for each in questions
        )
        raise UnclearError(f"it is not clear which question {_listed(own_words)} answers: {offers}.")
    answers[open_ones[0]] += own_words


def _label(question: Question, option: str) -> str:
    """The matching label of the question; case matters only if two labels differ in nothing else."""
    labels = [label for label, _ in question.options]
    if option in labels:
        return option
    alike = [label for label in labels if label.casefold() == option.strip().casefold()]
    return alike[0] if len(alike) == 1 else ""


def _no_slip(questions: Sequence[Question], option: str) -> None:
    """An option that nearly matches a label is more likely a typo than free text."""
    if not option.strip():
        raise UnclearError("an --option is empty.")
    if any(_label(question, option) for question in questions):
        return
    labels = {label.casefold(): label for question in questions for label, _ in question.options}
    if near := get_close_matches(option.strip().casefold(), labels, n=1, cutoff=0.8):
        raise UnclearError(f'there is no option "{option}". Did you mean "{labels[near[0]]}"?')


def _named(question: Question) -> str:
    return f'"{question.header or question.text}"'


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f'"{each}"' for each in words) or "nothing"
