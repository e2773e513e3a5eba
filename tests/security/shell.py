"""A session in a real window that runs the commands it is given, and a client that needs nothing of ours."""

import itertools
import json
import os
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.hub.stage import Stage
from tests.poll import poll

AGENT = 'exec 3<> "$ORCH_PROMPT"; while read -r line <&3; do eval "$line" 3<&-; done\n'
"""An agent that runs each line that comes out of the pipe which its prompt names. It keeps both ends
open: by one alone a line that comes while the last one closes would be its end."""

CLIENT = """
import json, os, socket, sys
home, asked, out = sys.argv[1:4]
said = []
for method, path, body in json.loads(asked):
    s = socket.socket(socket.AF_UNIX)
    s.connect(home)
    data = json.dumps(body).encode()
    head = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close"]
    head += [f"Content-Length: {len(data)}", "", ""]
    s.sendall("\\r\\n".join(head).encode() + data)
    answer = b""
    while got := s.recv(65536):
        answer += got
    head, _, rest = answer.partition(b"\\r\\n\\r\\n")
    said.append([int(head.split()[1]), rest.decode(errors="replace")])
open(out + ".new", "w").write(json.dumps(said))
os.rename(out + ".new", out)
"""
"""Sends requests straight to the socket, with no header of ours, and leaves the answers in a file."""

Asked = list[tuple[str, str, dict[str, Any]]]


@dataclass
class Shell:
    stage: Stage
    folder: Path
    python: str
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def begin(self) -> None:
        os.mkfifo(self.folder / "pipe")
        self.stage.new("A session", str(self.folder / "pipe"))
        poll(lambda: self.stage.card("c1").pane, "the session's window")

    def run(self, line: str) -> None:
        """Has the session's shell run it."""
        with (self.folder / "pipe").open("w") as pipe:
            pipe.write(line.replace("\n", " ") + "\n")

    def client(self, asked: Asked) -> tuple[str, Path]:
        """The command line that sends these, and the file in which the answers will be."""
        out = self.folder / f"out{next(self._numbers)}"
        script = self.folder / "client.py"
        script.write_text(CLIENT)
        words = [self.python, "-IS", str(script), str(self.stage.home.socket), json.dumps(asked), str(out)]
        run = self.folder / f"{out.name}.sh"
        run.write_text(f"exec {shlex.join(words)}\n")
        return f"sh {run}", out

    def ask(self, way: str, asked: Asked) -> list[tuple[int, str]]:
        """The (status, text) that each request comes to; `way` is a command line around `{}`."""
        line, out = self.client(asked)
        self.run(way.replace("{}", line))
        return answers(out)

    def orch(self, words: str) -> tuple[int, str]:
        """The (exit code, output) of a verb."""
        out = self.folder / f"out{next(self._numbers)}"
        self.run(
            f"{self.python} -c 'from orchestrator.cli import main; main()' {words} > {out}.text 2>&1;"
            f" echo $? > {out}.new; mv {out}.new {out}"
        )
        poll(out.exists, f"the end of: orch {words}")
        return int(out.read_text()), out.with_name(out.name + ".text").read_text()


def answers(out: Path) -> list[tuple[int, str]]:
    poll(out.exists, f"the answers in {out}")
    return [(status, text) for status, text in json.loads(out.read_text())]
