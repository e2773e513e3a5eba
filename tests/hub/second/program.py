"""An agent program of another kind, which serves its own session: `program.py SOCKET FILE ID PROMPT`.

On the socket each line is a JSON object. It tells `standing` to whoever connects, then `turn`, `ask`,
`answered` and `ended`; it takes `prompt`, `interrupt` and `decide`, and says `taken` then. A prompt with
`ask` asks, one with `wait` works until it is interrupted, any other is done at once. `FILE` keeps the
conversation `ID`, one prompt a line.
"""

import asyncio
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Program:
    file: Path
    id: str
    busy: bool = False
    ended: dict[str, Any] | None = None
    asked: dict[str, Any] | None = None
    clients: set[asyncio.StreamWriter] = field(default_factory=set)

    def tell(self, **said: Any) -> None:
        for client in self.clients:
            client.write(json.dumps(said).encode() + b"\n")

    def prompt(self, text: str) -> None:
        with self.file.open("a") as file:
            file.write(json.dumps(text) + "\n")
        self.busy = True
        self.tell(type="turn", text=text)
        if "ask" in text:
            self.asked = {
                "call": "c1",
                "wants": "deploy --now",
                "may": ["accept", "acceptForSession", "decline"],
            }
            self.tell(type="ask", **self.asked)
        elif "wait" not in text:
            self.end(f"done: {text}")

    def decide(self, decision: str) -> None:
        if self.asked:
            self.asked = None
            self.tell(type="answered")
            self.end(f"decided: {decision}")

    def end(self, words: str, *, interrupted: bool = False) -> None:
        self.busy, self.asked = False, None
        self.ended = {"words": words, "interrupted": interrupted}
        self.tell(type="ended", **self.ended)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.clients.add(writer)
        standing = {"id": self.id, "busy": self.busy, "asked": self.asked, "ended": self.ended}
        writer.write(json.dumps({"type": "standing", **standing}).encode() + b"\n")
        try:
            async for line in reader:
                said = json.loads(line)
                match said["do"]:
                    case "prompt":
                        self.prompt(said["text"])
                    case "interrupt":
                        self.end("", interrupted=True)
                    case "decide":
                        self.decide(said["decision"])
                writer.write(b'{"type": "taken"}\n')
        finally:
            self.clients.discard(writer)


async def main(socket: str, file: str, name: str, first: str) -> None:
    program = Program(Path(file), name)
    Path(socket).unlink(missing_ok=True)
    server = await asyncio.start_unix_server(program.serve, socket)
    print("ready")
    if first:
        program.prompt(first)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
