"""A stand-in for Claude Code that shows the pane it is given, and writes down every key it gets.

`python pane_agent.py FOLDER ... --name SLUG`: shows `FOLDER/SLUG/pane`, again whenever that changes; moves
its `❯` by the arrow keys; at Enter, Esc and Space shows `FOLDER/SLUG/after`, where there is one. The registry
says what stands in `FOLDER/SLUG/registry` (`waiting|dialog open`), and nothing without it.
"""

import json
import os
import select
import subprocess
import sys
import termios
import time
import tty
from pathlib import Path

KEYS = {
    b"\r": "Enter", b"\x1b": "Escape", b" ": "Space", b"\x1b[A": "Up", b"\x1bOA": "Up", b"\x1b[B": "Down",
    b"\x1bOB": "Down", b"\x1b[Z": "BTab", b"\t": "Tab",
}  # fmt: skip


def moved(text: str, by: int) -> str:
    lines = text.split("\n")
    at = next((row for row in reversed(range(len(lines))) if lines[row].lstrip().startswith("❯ ")), None)
    if at is None:
        return text
    column = _column(lines[at])
    to = at + by
    while 0 <= to < len(lines) and lines[to].strip() and _column(lines[to]) != column:
        to += by
    if not (0 <= to < len(lines)) or not lines[to].strip() or _column(lines[to]) != column:
        return text
    lines[at] = lines[at].replace("❯", " ", 1)
    lines[to] = lines[to][: column - 2] + "❯" + lines[to][column - 1 :]
    return "\n".join(lines)


def _column(line: str) -> int:
    line = line.replace("❯", " ", 1)
    return len(line) - len(line.lstrip())


def main() -> None:
    args = sys.argv[1:]
    place = Path(args[0]) / args[args.index("--name") + 1]
    place.mkdir(parents=True, exist_ok=True)
    file, keys = place / "pane", place / "keys"
    registry = Path(os.environ["CLAUDE_CONFIG_DIR"]) / "sessions" / f"{os.getpid()}.json"
    session = next((args[at + 1] for at, word in enumerate(args) if word in ("--session-id", "--resume")), "")
    (place / "argv").write_text(json.dumps(args))
    (place / "environment").write_text(json.dumps(dict(os.environ)))
    if (place / "hooked").exists():
        _begin(args, session)
    old = termios.tcgetattr(0)
    tty.setraw(0)
    shown, said = "", None
    text = ""
    try:
        while True:
            given = file.read_text() if file.exists() else ""
            if given != shown:
                shown = text = given
                _draw(text)
            status = (place / "registry").read_text() if (place / "registry").exists() else None
            if status is not None and status != said:
                said = status
                _tell(registry, session, *status.partition("|")[::2])
            if not select.select([0], [], [], 0.02)[0]:
                continue
            key = os.read(0, 64)
            name = KEYS.get(key, key.decode(errors="replace"))
            with keys.open("a") as log:
                log.write(f"{name}\n")
            if name in ("Up", "Down"):
                text = moved(text, -1 if name == "Up" else 1)
                _draw(text)
            elif name in ("Enter", "Escape", "Space") and (place / "after").exists():
                (place / "after").replace(file)
    finally:
        termios.tcsetattr(0, termios.TCSANOW, old)


def _begin(args: list[str], session: str) -> None:
    """Runs the commands of `SessionStart`, as Claude Code does."""
    settings = json.loads(Path(args[args.index("--settings") + 1]).read_text())
    file = Path(os.environ["CLAUDE_CONFIG_DIR"]) / f"projects/-repo/{session}.jsonl"
    said = json.dumps(
        {"hook_event_name": "SessionStart", "session_id": session, "transcript_path": str(file)}
    )
    for group in settings["hooks"]["SessionStart"]:
        for hook in group["hooks"]:
            if not hook.get("asyncRewake"):
                subprocess.run(["/bin/sh", "-c", hook["command"]], input=said, text=True, check=False)


def _draw(text: str) -> None:
    sys.stdout.write("\x1b[2J\x1b[H" + text.rstrip("\n").replace("\n", "\r\n"))
    sys.stdout.flush()


def _tell(registry: Path, session: str, status: str, waiting_for: str) -> None:
    registry.parent.mkdir(parents=True, exist_ok=True)
    now = int(time.time() * 1000)
    said = {"pid": os.getpid(), "sessionId": session, "cwd": str(Path.cwd()), "status": status,
            "statusUpdatedAt": now, "version": "2.1.332",
            "procStart": Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]}  # fmt: skip
    registry.write_text(json.dumps({**said, **({"waitingFor": waiting_for} if waiting_for else {})}))


if __name__ == "__main__":
    main()
