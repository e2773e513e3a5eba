"""The scripted agent in a real pane, and a little server that hears its hooks."""

import json
import os
import signal
import subprocess
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from orchestrator.paths import Home
from tests.conftest import git
from tests.poll import PATIENCE, poll

AGENT = Path(__file__).resolve().parents[2] / "orchestrator/demo"
EVENTS = (
    "UserPromptSubmit", "PreToolUse", "PermissionRequest", "PostToolUse", "PostToolUseFailure",
    "Notification", "Stop", "StopFailure", "SubagentStart", "SubagentStop", "PreCompact", "PostCompact",
    "SessionEnd",
)  # fmt: skip
TOKEN = "a-token"


class Hearer:
    """Keeps what is posted to it. `answers` maps an event to its next answer; `held` ones wait."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.tokens: set[str] = set()
        self.answers: dict[str, dict[str, Any]] = {}
        self.held: set[str] = set()
        self.release = threading.Event()
        hearer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                hearer.tokens.add(self.headers.get("Authorization", ""))
                hearer.heard.append(said)
                event = said["hook_event_name"]
                if event in hearer.held:
                    hearer.release.wait(PATIENCE)
                answer = hearer.answers.pop(event, None)
                body = b"" if answer is None else json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hooks"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def events(self) -> list[str]:
        return [each["hook_event_name"] for each in self.heard]

    def last(self, event: str) -> dict[str, Any]:
        """The latest of that event, waited for."""
        return poll(lambda: [each for each in self.heard if each["hook_event_name"] == event])[-1]

    def close(self) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()


class Rig:
    """One agent at a time, in the pane of a private tmux server."""

    def __init__(self, home: Home, repo: Path, folder: Path) -> None:
        self.home, self.repo, self.folder = home, repo, folder
        self.config_dir = folder / "claude"
        self.config_dir.mkdir()
        self.hearer = Hearer()
        self.status = folder / "status.json"
        self.session_id = str(uuid.uuid4())
        self._started = False
        self._settings = folder / "settings.json"
        self._more: tuple[str, ...] = ()
        hook = {
            "type": "http",
            "url": self.hearer.url,
            "timeout": 60,
            "headers": {"Authorization": "Bearer $ORCH_TOKEN"},
            "allowedEnvVars": ["ORCH_TOKEN"],
        }
        line = {"type": "command", "command": f"cat > {self.status}.new; mv {self.status}.new {self.status}"}
        self._settings.write_text(
            json.dumps({"hooks": {event: [{"hooks": [hook]}] for event in EVENTS}, "statusLine": line})
        )

    def offer(self, url: str, *, allowed: bool = True) -> None:
        """Has an MCP server `orch` for whoever is started from now on."""
        headers = {"Authorization": "Bearer ${ORCH_TOKEN}"}
        server = {"type": "http", "url": url, "headers": headers, "timeout": 86_400_000, "alwaysLoad": True}
        config = self.folder / "mcp.json"
        config.write_text(json.dumps({"mcpServers": {"orch": server}}))
        self._more = ("--mcp-config", str(config))
        if allowed:
            settings = json.loads(self._settings.read_text())
            self._settings.write_text(json.dumps({**settings, "permissions": {"allow": ["mcp__orch"]}}))

    def trust(self) -> None:
        said = {"projects": {str(self.repo): {"hasTrustDialogAccepted": True}}}
        (self.config_dir / ".claude.json").write_text(json.dumps(said))

    def start(self, prompt: str = "", *, resume: bool = False, script: dict[str, Any] | None = None) -> None:
        """Starts it, again in the pane of one that has ended, with a script where one is given."""
        if script:
            (self.folder / "demo.json").write_text(json.dumps(script))
        env = self._env
        words = ["env", *(f"{name}={value}" for name, value in env.items()), *self._command(prompt, resume)]
        where = ("-x", "120", "-y", "40", "-c", str(self.repo))
        keep = (";", "set-option", "-g", "remain-on-exit", "on")
        if self._started:
            self.tmux("respawn-pane", "-k", "-c", str(self.repo), *words)
        else:
            self.tmux("-f", "/dev/null", "new-session", "-d", *where, *words, *keep)
            self._started = True

    def print(
        self, prompt: str = "", *more: str, resume: bool = False, stdin: str = "", how: str = "stream-json"
    ) -> subprocess.Popen[str]:
        """Starts it without a terminal; it ends by itself."""
        printing = ("--print", "--verbose", "--output-format", how, *more)
        process = subprocess.Popen(
            self._command(prompt, resume, *printing),
            cwd=self.repo,
            env={**os.environ, **self._env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdin
        process.stdin.write(stdin)
        process.stdin.close()
        process.stdin = None
        return process

    @property
    def _env(self) -> dict[str, str]:
        return {
            "CLAUDE_CONFIG_DIR": str(self.config_dir),
            "ORCH_TOKEN": TOKEN,
            "ORCH_DEMO_SCRIPTS": str(self.folder),
            "ORCH_HOME": str(self.home.root),
        }

    def _command(self, prompt: str, resume: bool, *more: str) -> list[str]:
        which = "--resume" if resume else "--session-id"
        flags = [which, self.session_id, "--name", "demo", "--settings", str(self._settings), *self._more]
        prompted = ("--", prompt) if prompt else ()
        return [sys.executable, "-S", "-E", str(AGENT), *flags, *more, *prompted]

    def refusal(self, *flags: str) -> str:
        """Why it would not start."""
        env = {**os.environ, "CLAUDE_CONFIG_DIR": str(self.config_dir)}
        argv = [sys.executable, "-S", "-E", str(AGENT), *flags]
        done = subprocess.run(
            argv, cwd=self.repo, env=env, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        assert done.returncode == 1
        return done.stderr

    def tmux(self, *words: str, stdin: str = "") -> str:
        done = subprocess.run(
            ["tmux", "-u", "-L", self.home.tmux_socket, *words],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def pane(self) -> str:
        return self.tmux("capture-pane", "-p")

    def press(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def paste(self, text: str) -> None:
        self.tmux("load-buffer", "-", stdin=text)
        self.tmux("paste-buffer", "-p")

    def sees(self, words: str) -> None:
        poll(lambda: words in self.pane(), told=self.pane)

    @property
    def pid(self) -> int:
        return int(self.tmux("display-message", "-p", "#{pane_pid}"))

    def exit_code(self) -> int:
        """Waited for. tmux 3.3a now and then misses that a child has ended until it is told."""

        def status() -> str:
            server, dead, code = self.tmux(
                "display-message", "-p", "#{pid} #{pane_dead} #{pane_dead_status}|"
            ).split(" ")
            if dead == "1" and code.strip() == "|":
                os.kill(int(server), signal.SIGCHLD)
            return code.strip().rstrip("|")

        return int(poll(status))

    def ended(self) -> None:
        poll(lambda: self.tmux("display-message", "-p", "#{pane_dead}").strip() == "1")

    @property
    def registry_file(self) -> Path:
        return self.config_dir / "sessions" / f"{self.pid}.json"

    def registry(self) -> dict[str, Any]:
        """Empty while there is no file, or half of one."""
        try:
            said: dict[str, Any] = json.loads(self.registry_file.read_text())
        except (OSError, ValueError):
            return {}
        return said

    def is_(self, status: str) -> None:
        poll(lambda: self.registry().get("status") == status)

    def commits(self) -> list[str]:
        return git(self.repo, "log", "--format=%s").splitlines()

    def close(self) -> None:
        self.hearer.close()
        if self.home.tmux_socket and os.environ.get("ORCH_HOME"):
            subprocess.run(
                ["tmux", "-L", self.home.tmux_socket, "kill-server"], capture_output=True, check=False
            )
