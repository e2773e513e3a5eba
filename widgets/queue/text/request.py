"""All details of a need to read before answering it, in lines. Pure."""

from collections.abc import Iterator

from orchestrator.core.board.views import Question
from widgets.board.refusals import KeyOf
from widgets.kit.diff_text import diff_lines
from widgets.kit.format import Line, Span, age, fit_spans, fold
from widgets.kit.sheet_text import at_most, folded, left_out, notice, warning
from widgets.mail.text.message import message_head, message_lines
from widgets.queue.choices import Choice
from widgets.queue.selected import REQUESTS, SelectedNeed, kind_words, mark, whose
from widgets.queue.text.gate import gate_lines

_HERE: Span = ("▌", "cursor")


def head_lines(selected: SelectedNeed, now: float, width: int) -> tuple[Line, ...]:
    """Two lines: whose need it is, and its age."""
    need, card = selected.need, selected.card
    glyph, role = mark(need)
    facts = [f"waiting for {age(now - need.since)}"]
    if need.lifts_at is not None:
        left = age(need.lifts_at - now)
        facts.append(f"resets in {left}" if need.lifts_at > now else "overdue")
    facts.append(f"evidence: {need.evidence}" if need.evidence and not need.run else "")
    facts += [f"{need.run} · {need.stage}" if need.run else ""]
    if need.card:
        facts += [card.branch, card.repo] if card else [f"{need.card} was removed"]
    return (
        fit_spans(
            [
                (f"{glyph} {kind_words(need.kind)}  ", role),
                (f"{whose(need)}  ", "muted"),
                (need.title, "title"),
            ],
            width,
        ),
        fit_spans([(" · ".join(fact for fact in facts if fact), "muted")], width),
    )


def request_lines(selected: SelectedNeed, width: int, key: KeyOf) -> tuple[Line, ...]:
    """The request in full, in lines of at most `width` cells."""
    return at_most(_request(selected, width, key), f"orch queue --full shows {selected.need.id} in full")


def row_of_question(lines: tuple[Line, ...]) -> int:
    """The index among these lines at which the question begins that number keys answer now; 0 for a single
    one."""
    return next((row for row, line in enumerate(lines) if line[:1] == (_HERE,)), 0)


def notice_lines(selected: SelectedNeed, width: int, key: KeyOf) -> tuple[Line, ...]:
    """What is being done about it, its error, or why it cannot be answered from here."""
    need, hint = selected.need, ""
    if need.kind in REQUESTS and not need.answerable:
        hint = f"◆ {need.hint or 'It can only be answered in the session.'} Attach with {key('attach')}."
    elif need.hint:
        hint = f"◆ {need.hint}"
    return notice(selected.doing, selected.error, width, (hint, "trouble"))


def _request(selected: SelectedNeed, width: int, key: KeyOf) -> Iterator[Line]:
    need, detail = selected.need, selected.detail
    if detail is not None and detail.gate is not None:
        yield from gate_lines(detail.gate, width, key("answer.allow"), key("answer.deny"))
        return
    if selected.message is not None:
        yield from message_head(selected.message, width)
        yield from message_lines(selected.message, width, "")
        return
    yield from warning(need.unusual, width)
    if detail is None or not detail.questions:
        yield from folded(_heading(selected), "title", width)
        yield ()
    if detail is None:
        yield (("loading…" if not selected.error else "", "muted"),)
        return
    if detail.questions:
        yield from _questions(selected, detail.questions, width)
    elif detail.detail and detail.detail != need.summary:
        yield from left_out(detail.detail, width)
        yield from diff_lines(detail.detail, width) if detail.diff else folded(detail.detail, "text", width)
        yield ()
    if detail.always and need.answerable:
        yield ((f"{key('answer.always')} Allow always:", "muted"),)
        for number, said in enumerate(detail.always, 1):
            mark = f"  {number}  " if len(detail.always) > 1 else "  "
            yield from _hanging((mark, "cursor"), said, "text", width)


def _heading(selected: SelectedNeed) -> str:
    """The summary; only the tool if the full command is below it."""
    told = selected.detail.detail.partition("\n\n")[0] if selected.detail else ""
    tool, _, said = selected.need.summary.partition(" ")
    begins = said.partition("…")[0].partition(" ⏎ ")[0].strip()
    return (
        tool
        if begins and told != selected.need.summary and told.lstrip().startswith(begins)
        else selected.need.summary
    )


def _hanging(mark: Span, text: str, role: str, width: int) -> Iterator[Line]:
    room = max(width - len(mark[0]), 8)
    first, *more = fold(text, room)
    yield (mark, (first, role))
    for line in more:
        yield ((" " * len(mark[0]), ""), (line, role))


def _questions(selected: SelectedNeed, questions: tuple[Question, ...], width: int) -> Iterator[Line]:
    for number, question in enumerate(questions):
        choice = selected.choices.each[number] if number < len(selected.choices.each) else Choice()
        here = number == selected.choices.at
        yield from _facts(number, question, len(questions), here=here, width=width)
        text, options = (
            _text(question, here=here, width=width),
            _options(question, choice, here=here, width=width),
        )
        if (
            selected.need.kind == "dialog"
        ):  # its text is a whole screen, below which the options would not be visible
            yield from options
            yield ()
            yield from text
        else:
            yield from text
            yield from options
        yield ()


def _facts(number: int, question: Question, of: int, *, here: bool, width: int) -> Iterator[Line]:
    facts = [f"{number + 1} of {of}" if of > 1 else "", question.header]
    facts.append("several allowed" if question.multi else "one answer")
    yield (
        _HERE if here and of > 1 else (" ", ""),
        *fit_spans([(" · ".join(fact for fact in facts if fact), "muted")], width - 1),
    )


def _text(question: Question, *, here: bool, width: int) -> Iterator[Line]:
    for line in fold(question.text, width - 1):
        yield ((" ", ""), (line, "title" if here else "text"))


def _options(question: Question, choice: Choice, *, here: bool, width: int) -> Iterator[Line]:
    full, empty = ("■", "□") if question.multi else ("●", "○")
    for place, (label, said) in enumerate(question.options):
        chosen = place in choice.options
        key = f"{place + 1}" if here and place < 9 else " "
        mark = (f"  {key} {full if chosen else empty} ", "cursor" if here else "faint")
        yield from _hanging(mark, label, "calm" if chosen else "text", width)
        if said:
            yield from _hanging((" " * len(mark[0]), ""), said, "muted", width)
    if choice.words:
        yield from _hanging((f"    {full} ", "calm"), f"“{choice.words}”", "calm", width)
