"""What the finish dialog shows of a branch before it is landed. Pure."""

from collections.abc import Iterator

from orchestrator.core.forge.changes.view import ChangeView, stays_open
from orchestrator.core.landing.methods import MEANS
from orchestrator.core.landing.survey import Survey
from orchestrator.core.landing.text import Weight, counted, facts, lines_of
from widgets.kit.format import Line, fit, fit_end, pad

_ROLES: dict[Weight, str] = {"": "text", "good": "calm", "warn": "needs", "bad": "bad"}
_NAME = 10
_LEAST = 3
"""Lines below which no list is worth its place."""
_COUNTS = 14

OTHERS = {
    "request": "push, and open a pull request (t: as a draft)",
    "keep": "keep branch and worktree",
    "discard": "remove worktree and branch; asks before losing work",
    "resolve": "prompt the session to rebase and resolve the conflicts",
    "cancel": "cancel its landing",
}
KEYS = {
    "merge": "m",
    "squash": "s",
    "rebase": "r",
    "request": "o",
    "keep": "k",
    "discard": "d",
    "resolve": "p",
    "cancel": "c",
}


def fact_lines(survey: Survey, width: int) -> tuple[Line, ...]:
    """One line for each fact, what is wrong in the colour of that."""
    return tuple(
        ((pad(fact.name, _NAME), "muted"), (fit(fact.said, width - _NAME), _ROLES[fact.weight]))
        for fact in facts(survey)
    )


def way_line(
    way: str, base: str, survey: Survey | None, width: int, change: ChangeView | None = None
) -> Line:
    """An option: its key, its name, and what it does, or why it can't be done now. `change` is the card's
    change request."""
    no = survey.refusal(way) if survey else None
    head = f" {KEYS[way]}  {way.capitalize():9}"
    if no:
        return ((head, "off"), (fit(f"no: {no.why or no.what}", width - len(head)), "off"))
    means = MEANS[way].format(base=base) if way in MEANS else OTHERS[way]
    if way == "request" and change and change.state == "open":
        means = f"push, and update pull request #{change.number}"
    elif way == "request" and change and change.state == "merged":
        means = f"finish it: pull request #{change.number} is merged"
    elif way == "request" and change and change.state == "closed":
        means = f"push, and open another: #{change.number} was closed without being merged"
    return ((head, "title"), (fit(means, width - len(head)), "text"))


def follows(way: str, change: ChangeView | None, *, live: bool) -> str:
    """What becomes of the card after that option. `live` if it has a session that ends."""
    if way == "cancel":
        return "The card leaves the queue; nothing has changed."
    if way == "resolve":
        return "The card stays; its session is prompted once it is idle."
    if way == "request" and not (change and change.state == "merged"):
        return "The card stays. Once the pull request is merged: Done, worktree and branch are removed."
    if way == "keep":
        then = "worktree and branch stay"
    elif way == "discard":
        then = "worktree and branch are removed"
    else:
        then = "once landed, worktree and branch are removed"
    ends = "The session ends; the card" if live else "The card"
    stays = stays_open(change) if change and way != "request" else ""
    return f"{ends} moves to Done; {then}.{f' {stays}.' if stays else ''}"


def listed(survey: Survey, width: int, room: int) -> tuple[Line, ...]:
    """Commits and files in at most `room` lines; none where that is too little."""
    if room < 2 * _LEAST or not survey.git.count:
        return ()
    files = min(len(survey.git.files) + 1, room // 2)
    commits = list(_commits(survey, width, room - files - 1))
    return (*commits, (("", ""),), *_files(survey, width, room - len(commits) - 1))


def _commits(survey: Survey, width: int, room: int) -> Iterator[Line]:
    git = survey.git
    shown = room if git.count <= room else room - 1
    for each in git.commits[:shown]:
        commit, _, subject = each.partition(" ")
        yield ((f"{commit} ", "faint"), (fit(subject, width - len(commit) - 1), "text"))
    if git.count > shown:
        yield ((f"and {counted(git.count - shown, 'more commit')}", "faint"),)


def _files(survey: Survey, width: int, room: int) -> Iterator[Line]:
    files = survey.git.files
    conflicts = frozenset(survey.git.conflicts or ())
    shown = room if len(files) <= room else room - 1
    for each in files[:shown]:
        counts = lines_of(each)
        added, _, removed = counts.partition(" ")
        role = "bad" if each.path in conflicts else "text"
        path = fit_end(each.path, width - _COUNTS)
        yield (
            (added, "added" if removed else "muted"),
            (f" {removed}" if removed else "", "removed"),
            (" " * max(1, _COUNTS - len(counts)), ""),
            (path, role),
        )
    if len(files) > shown:
        yield ((f"and {counted(len(files) - shown, 'more file')}", "faint"),)
