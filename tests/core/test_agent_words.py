"""Words of agent programs that `core` holds: none but those of which it is said here why."""

import re

from tests.guard import CHECKOUT

_TOOLS = "Bash MultiEdit NotebookEdit Grep Glob WebFetch WebSearch ExitPlanMode AskUserQuestion"
_MODES = "acceptEdits bypassPermissions dontAsk"
_HOOKS = (
    "PermissionRequest PreToolUse PostToolUse PostToolUseFailure UserPromptSubmit SessionStart SessionEnd "
    "SubagentStop StopFailure PreCompact Notification"
)
_OTHERS = "mcp__orch__ hookSpecificOutput additionalContext localSettings projectSettings userSettings"
_WAITS = "permission prompt|sandbox request|worker request|dialog open"
_WORDS = re.compile(
    rf"(?<![\w])(?:{'|'.join(f'{_TOOLS} {_MODES} {_HOOKS}'.split())})(?!\w)"
    rf"|(?i:claude|anthropic|codex|opencode)|{_WAITS}|{'|'.join(_OTHERS.split())}"
)
_ALLOWED = {
    # the name of the section [agent] among [agents.NAME], and of the agent of cards that name none
    "model.py": {"claude"},
    # rules name tools by what users write, whichever the agent: each says under which name a call comes
    "rules/rule.py": {"Bash"},
    "rules/judge.py": {"ExitPlanMode", "MultiEdit", "NotebookEdit"},
    # files that tell any agent what to do, and so are not for rules to allow
    "rules/paths.py": {"claude", "codex"},
}


def test_core_knows_no_word_of_any_agent_program() -> None:
    core = CHECKOUT / "orchestrator/core"
    for file in core.rglob("*.py"):
        code = re.sub(r'"""[\s\S]*?"""|#.*', "", file.read_text())
        found = set(_WORDS.findall(code))
        assert found <= _ALLOWED.get(str(file.relative_to(core)), set()), file
