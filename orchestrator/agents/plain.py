"""Any other command as a session: it gets its place, environment and prompt; tmux tells the rest."""

from pathlib import Path

from orchestrator.agents.launch_file import LaunchSpec, write_launch_file


def prepare(folder: Path, spec: LaunchSpec) -> Path:
    """Writes the launch file. The command is run as it is given, and finds the prompt in `ORCH_PROMPT`."""
    env = {
        **spec.env,
        "ORCH_CARD": spec.card,
        "ORCH_TOKEN": spec.token,
        "ORCH_SESSION": spec.session_id,
        "ORCH_PROMPT": spec.prompt,
    }
    return write_launch_file(
        folder, spec.cwd, spec.command, env, spec.unset, lock=spec.lock, umask=spec.umask
    )
