"""What clients may send: one model for each body."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class OfCard(_Body):
    card: str


class New(_Body):
    title: str
    repo: str
    prompt: str = ""
    base: str = ""
    branch: str = ""
    name: str = ""
    model: str = ""
    permission_mode: str = ""
    labels: list[str] = []
    backlog: bool = False


class Send(OfCard):
    text: str
    queue: bool = False


class Hold(OfCard):
    note: str = ""


class Finish(OfCard):
    how: Literal["merge", "keep", "discard"]
    rescue: bool = False
    into: str = ""


class Remove(OfCard):
    rescue: bool = False
    keep: bool = False
    force: bool = False


class OfRescue(_Body):
    ref: str
    repo: str = ""


class Restore(OfRescue):
    branch: str = ""
    to: str = ""


class Answer(_Body):
    need: str
    verdict: Literal["allow", "always", "deny"]
    message: str = ""
    options: list[list[str]] = []
    always: int = 0
    seen: str = ""
    """The version of the dialog that was looked at."""
    by: Literal["tui", "cli", "phone"] = "cli"


class Resume(OfCard):
    go_on: bool = False


class Revoke(_Body):
    grant: str


class OfWindow(_Body):
    window: str


class Adopt(OfWindow):
    name: str = ""
    restart: bool = False


class Nudge(OfCard):
    how: Literal["continue", "interrupt", "restart", "again", "drop"]
    by: Literal["tui", "cli", "phone"] = "cli"


class Attach(_Body):
    tmux: str = ""


class StartRun(_Body):
    file: str
    repo: str
    inputs: dict[str, str] = {}
    headless: bool = False


class OfRun(_Body):
    run: str
    stage: str = ""
    note: str = ""
    outcome: Literal["done", "failed"] = "done"
    who: str = ""


class Decide(_Body):
    gate: str
    note: str = ""
    seen_version: int | None = None
    who: str
    by: Literal["tui", "cli", "phone", "ci"] = "cli"
    signature: str = ""


class MailSend(_Body):
    to: list[str]
    body: str
    kind: Literal[
        "task", "question", "answer", "result", "partial", "status", "handoff", "note", "control"
    ] = "note"
    subject: str = ""
    reply_to: str = ""
    thread: str = ""
    urgent: bool = False
    ttl_s: float | None = None
    idem: str = ""
    files: list[str] = []
    expect: bool = False


class MailRead(_Body):
    message: str


class Redrive(_Body):
    box: str
    messages: list[str]


class Trust(_Body):
    path: str
    digests: list[str] = []


class Unpause(_Body):
    a: str
    b: str


class StartTeam(_Body):
    text: str
    repo: str
    file: str = ""
