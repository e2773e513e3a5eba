"""What Claude Code asks of its user: to be read, judged and answered."""

from dataclasses import dataclass
from pathlib import Path

from orchestrator.agents.agent import AskAnswer, Choice, Payload, Reply
from orchestrator.agents.claude_code import answers, requests, rights
from orchestrator.core.board.views import Question
from orchestrator.core.needs.grants import Right
from orchestrator.core.rules import RequestFacts


@dataclass(frozen=True, slots=True)
class Asks:
    """Payloads are those of `PermissionRequest` hooks."""

    config_dir: Path

    def choices(self, payload: Payload) -> tuple[Choice, ...]:
        """A question is answered rather than allowed. What is allowed for longer is what it suggests."""
        once = () if requests.questions(payload) else (Choice("allow", allows=True),)
        return (*once, *requests.lasting(payload), Choice("deny", allows=False))

    def questions(self, payload: Payload) -> tuple[Question, ...]:
        return requests.questions(payload)

    def detail(self, payload: Payload) -> tuple[str, bool]:
        return requests.detail(payload)

    def allowed_by(self, payload: Payload) -> str:
        return requests.allowed_by(payload)

    def facts(self, payload: Payload, worktree: str) -> RequestFacts:
        return requests.facts(payload, worktree)

    def answer(self, payload: Payload, given: AskAnswer) -> Reply:
        return answers.answered(payload, given)

    def right(self, payload: Payload, choice: int) -> Right:
        return rights.right(payload, choice, self.config_dir)

    def is_stored(self, right: Right) -> bool | None:
        return rights.stands(right)

    def revoke(self, right: Right) -> str:
        return rights.revoke(right)
