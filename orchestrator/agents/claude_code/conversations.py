"""The conversations that Claude Code keeps below its own directory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator.agents.agent import Conversation
from orchestrator.agents.claude_code import transcript
from orchestrator.core.sessions.signals import TranscriptSaid


@dataclass(frozen=True, slots=True)
class Conversations:
    """Each is a file of its own, named after its id."""

    config_dir: Path

    def find(self, session_id: str, known: str = "") -> Conversation | None:
        """A wrapper may have given the session another directory than `config_dir`: there lies `known`, a
        file that a hook named."""
        if not session_id:
            return None
        if known and Path(known).stem == session_id and Path(known).is_file():
            return Conversation(session_id, Path(known))
        theirs = transcript.config_dir_of(known)
        file = transcript.find(self.config_dir, session_id)
        file = file or (transcript.find(theirs, session_id) if theirs else None)
        return Conversation(session_id, file) if file else None

    def begun(self, conversation: Conversation) -> bool:
        return transcript.holds_conversation(conversation.file)

    def tail(self, conversation: Conversation) -> TranscriptSaid:
        return transcript.tail(conversation.file)

    def prompts(self, conversation: Conversation, since: float) -> Iterator[tuple[float, str]]:
        return transcript.prompts(conversation.file, since)

    def pattern_on_host(self, session_id: str, env: Mapping[str, str]) -> str:
        return f"{env.get('CLAUDE_CONFIG_DIR', '~/.claude')}/{transcript.below(session_id)}"
