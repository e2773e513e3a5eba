"""Opens the hub's window: `python -m orchestrator.hub.boot`, run by a client that found no hub.

Reports an error as one line of JSON on stderr, `{"what", "why", "hint"}`, with exit code 1.
"""

import json
import os
import sys
from typing import TYPE_CHECKING

from orchestrator import config
from orchestrator.agents.launch_file import write_private
from orchestrator.core.sessions.lineage import KnownProcesses, Origin, origin_of
from orchestrator.core.trust.secrets import stays_with_the_hub
from orchestrator.hub import supervisor
from orchestrator.paths import Home
from orchestrator.world import machine, processes
from orchestrator.world.tmux import Tmux, TmuxError

if TYPE_CHECKING:
    from orchestrator.store.journal import Journal


def main() -> int:
    """Returns when the window is open; the hub in it may still fail, and writes its error to
    `Home.last_words`."""
    home = Home.from_environment()
    try:
        home.make()
        if origin := _session_of(home):
            return _say(
                "a session cannot start the hub",
                f"this comes from {origin.words}: {origin.sign}",
                "A person starts it: orch hub start",
            )
        given = {name: value for name, value in os.environ.items() if stays_with_the_hub(name)}
        config.take_environment(given)
        settings = config.load()
        home.last_words.unlink(missing_ok=True)
        write_private(home.settings, json.dumps(given))
        files = map(str, (home.last_words, home.log, home.settings))
        argv = [*_environment(), sys.executable, "-I", "-S", supervisor.__file__, sys.executable, *files]
        tmux_of(home, settings).open_hub(argv, home.root)
    except TmuxError as error:
        return _say(error.what, error.why, error.hint)
    except config.ConfigError as error:
        return _say("the configuration has an error", str(error))
    except OSError as error:
        return _say("cannot use the state directory", str(error), "Set ORCH_HOME to another one.")
    return 0


def _environment() -> list[str]:
    """`env` and its settings: the hub gets the environment of the client that starts it, not that of the tmux
    server, which may be weeks old. Its settings are passed in the file `Home.settings`: argument lists are
    readable by everyone."""
    names = ["ORCH_HOME", "ORCH_TMUX_SOCKET", "ORCH_CONFIG", "PYTHONPATH"]
    given = [f"{name}={os.environ[name]}" for name in names if name in os.environ]
    return ["env", *(word for name in names if name not in os.environ for word in ("-u", name)), *given]


def _session_of(home: Home) -> Origin | None:
    """The session that this runs in: a hub takes its settings from the client that starts it."""
    chain = machine.lineage(os.getpid(), processes.identity(os.getpid()))
    servers = frozenset(
        each.pid for each in chain if each.name.startswith("tmux") and each.pid == _server_pid(home)
    )
    return origin_of(chain, KnownProcesses(hub=0, home=str(home.root), servers=servers), _claimed())


def _claimed() -> str:
    return os.environ.get("ORCH_CARD") or ("?" if os.environ.get("ORCH_TOKEN") else "")


def _server_pid(home: Home) -> int:
    try:
        return Tmux(home.tmux_socket).sweep().server_pid
    except TmuxError:
        return 0


def tmux_of(home: Home, settings: config.Config, journal: "Journal | None" = None) -> Tmux:
    """The tmux server of a state directory, with the user's keys and sizes; the sessions of the `journal` are
    ours."""
    return Tmux(
        home.tmux_socket,
        back_key=settings.tmux.back_key,
        next_key=settings.tmux.next_key,
        mouse=settings.tmux.mouse,
        size=(settings.tmux.width, settings.tmux.height),
        journal=journal.id if journal else "",
        unmarked=journal is None or journal.predates_id,
    )


def _say(what: str, why: str = "", hint: str = "") -> int:
    print(json.dumps({"what": what, "why": why, "hint": hint}), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
