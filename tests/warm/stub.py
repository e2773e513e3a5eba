"""Stands for Python in the commands that boot and run a hub, and in verbs. It lies beside the server's socket
with a first line that names the interpreter."""

import json
import os
import signal
import socket
import struct
import sys

_MODULES = ("orchestrator.hub", "orchestrator.hub.boot", "orchestrator.cli", "tests.hub.dying_hub")
_INHERITED = ("HUB_SOCKET_STORE", "HUB_LISTENER")


def main() -> None:
    words = sys.argv[1:]
    server = socket.socket(socket.AF_UNIX)
    try:
        if "-m" not in words or words[words.index("-m") + 1] not in _MODULES:
            raise ConnectionError
        server.connect(os.path.join(os.path.dirname(__file__), "socket"))
    except ConnectionError:
        os.execv(sys.executable, [sys.executable, *words])
    fds = [0, 1, 2, *(int(os.environ[name]) for name in _INHERITED if name in os.environ)]
    asked = json.dumps({"argv": words, "env": dict(os.environ), "cwd": os.getcwd(), "fds": fds}).encode()
    socket.send_fds(server, [struct.pack("!I", len(asked))], fds)
    server.sendall(asked)
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: server.sendall(bytes([number])))
    (code,) = struct.unpack("!i", server.recv(4) or struct.pack("!i", 1))
    if code < 0:  # by a signal, which whoever has started this is to see
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)


if __name__ == "__main__":
    main()
