"""Opens the hub's window: `python -m orchestrator.hub.boot`, run by a client that found no hub.

Says what went wrong as one line of JSON on stderr, `{"what", "why", "hint"}`, with exit code 1.
"""

import json
import sys
from importlib.resources import files

from orchestrator import config
from orchestrator.paths import Home
from orchestrator.world.tmux import Tmux, TmuxError


def main() -> int:
    home = Home.from_environment()
    try:
        home.make()
        settings = config.load().tmux
        home.last_words.unlink(missing_ok=True)
        script = str(files("orchestrator.hub").joinpath("window.sh"))
        tmux = Tmux(
            home.tmux_socket,
            back_key=settings.back_key,
            next_key=settings.next_key,
            mouse=settings.mouse,
            size=(settings.width, settings.height),
        )
        tmux.open_hub(["/bin/sh", script, sys.executable, str(home.last_words), str(home.log)], home.root)
    except TmuxError as error:
        return _say(error.what, error.why, error.hint)
    except config.ConfigError as error:
        return _say("the configuration has an error", str(error))
    except OSError as error:
        return _say("the state directory can't be used", str(error), "Set ORCH_HOME to another one.")
    return 0


def _say(what: str, why: str = "", hint: str = "") -> int:
    print(json.dumps({"what": what, "why": why, "hint": hint}), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
