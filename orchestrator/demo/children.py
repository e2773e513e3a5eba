"""Runs commands beside the session without blocking its loop."""

import os
from collections.abc import Mapping

from orchestrator.demo.loop import Loop


async def run(
    loop: Loop, argv: list[str], stdin: bytes = b"", env: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """The command's exit code and its combined output; 127 if it cannot be started.

    `stdin` has to fit into a pipe (64 KB on Linux).
    """
    reads_in, writes_in = os.pipe()
    reads_out, writes_out = os.pipe()
    try:
        pid = os.posix_spawnp(
            argv[0],
            argv,
            os.environ if env is None else env,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, reads_in, 0),
                (os.POSIX_SPAWN_DUP2, writes_out, 1),
                (os.POSIX_SPAWN_DUP2, writes_out, 2),
            ],
        )
    except OSError as error:
        for fd in (writes_in, reads_out):
            os.close(fd)
        return 127, str(error)
    finally:
        os.close(reads_in)
        os.close(writes_out)
    try:
        os.write(writes_in, stdin)
    except BrokenPipeError:
        pass  # it has not read its input, which is allowed
    finally:
        os.close(writes_in)
    said = b""
    try:
        while True:
            await loop.until_ready(reads_out)
            if not (part := os.read(reads_out, 65_536)):
                break
            said += part
    finally:
        os.close(reads_out)
    # not if the session ends meanwhile: some commands wait for its end
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), said.decode(errors="replace")
