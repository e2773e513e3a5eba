"""Opens the hub's window: `python -m orchestrator.hub.boot`, run by a client that found no hub.

Says what went wrong as one line of JSON on stderr, `{"what", "why", "hint"}`, with exit code 1.
"""

import json
import os
import sys
from importlib.resources import files

from orchestrator import config
from orchestrator.paths import Home
from orchestrator.world.tmux import Tmux, TmuxError


def main() -> int:
    home = Home.from_environment()
    try:
        home.make()
        settings = config.load()
        home.last_words.unlink(missing_ok=True)
        script = str(files("orchestrator.hub").joinpath("window.sh"))
        window = ["/bin/sh", script, sys.executable, str(home.last_words), str(home.log)]
        argv = [*_with_settings(), *window]
        tmux_of(home, settings).open_hub(argv, home.root)
    except TmuxError as error:
        return _say(error.what, error.why, error.hint)
    except config.ConfigError as error:
        return _say("the configuration has an error", str(error))
    except OSError as error:
        return _say("the state directory can't be used", str(error), "Set ORCH_HOME to another one.")
    return 0


def _with_settings() -> list[str]:
    """`env` and its words: the hub's settings are those of whoever starts it, not those of whoever
    started the tmux server, perhaps weeks ago."""
    names = [config.variable(key) for key in config.KEYS]
    names += ["ORCH_HOME", "ORCH_TMUX_SOCKET", "ORCH_CONFIG", "PYTHONPATH"]
    given = [f"{name}={os.environ[name]}" for name in names if name in os.environ]
    return ["env", *(word for name in names if name not in os.environ for word in ("-u", name)), *given]


def tmux_of(home: Home, settings: config.Config) -> Tmux:
    """The tmux server of a state directory, with the user's keys and sizes."""
    return Tmux(
        home.tmux_socket,
        back_key=settings.tmux.back_key,
        next_key=settings.tmux.next_key,
        mouse=settings.tmux.mouse,
        size=(settings.tmux.width, settings.tmux.height),
    )


def _say(what: str, why: str = "", hint: str = "") -> int:
    print(json.dumps({"what": what, "why": why, "hint": hint}), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
