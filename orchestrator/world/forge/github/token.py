"""Where GitHub's token is found. It is kept in memory, and told to nobody but GitHub."""

import os
import stat
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.world.forge.errors import ForgeRefused, Trouble
from orchestrator.world.forge.github.addresses import is_public
from orchestrator.world.forge.token_places import TokenPlaces

_LIMIT = 15.0
"""Seconds for a program that prints the token: it may have to ask a keyring."""
_LONGEST = 1000
HOW = "Run: gh auth login. Or set GITHUB_TOKEN, or token_command or token_file of its table."


@dataclass(frozen=True, slots=True)
class Token:
    """A token, and where it was found, in words. Its text is not part of `repr`."""

    value: str = field(repr=False)
    found_in: str

    def without(self, text: str) -> str:
        """The text without the token, should somebody have repeated it."""
        return text.replace(self.value, "•••")


def find_token(
    places: TokenPlaces, host: str, api: str, environment: Mapping[str, str] | None = None
) -> Token:
    """The token for that host: from the configured command or file alone if there is one, else from the
    environment, else from `gh auth token`. Raises `ForgeRefused` if there is none, which says how to get
    one."""
    env = os.environ if environment is None else environment
    if places.command:
        name = f"{places.table}.token_command"
        return _checked(_printed(places.command, name), name)
    if places.file:
        return _checked(_read(Path(places.file).expanduser()), places.file)
    for name in variables(host, api) if places.environment else ():
        if env.get(name, "").strip():
            return _checked(env[name], name)
    return _checked(_by_gh(host), "gh auth token")


def variables(host: str, api: str) -> tuple[str, ...]:
    """The variables that may have the token for that host. As with `gh`, those for github.com are never
    sent to an Enterprise server."""
    from orchestrator.world.forge.github.addresses import is_loopback

    if is_public(host) or is_loopback(api):
        return ("GH_TOKEN", "GITHUB_TOKEN")
    return ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")


def _checked(text: str, found_in: str) -> Token:
    value = text.strip()
    if not value or len(value) > _LONGEST or not value.isascii() or not value.isprintable() or " " in value:
        raise ForgeRefused(Trouble.NO_TOKEN, f"{found_in} has no usable token", "it is not one word", HOW)
    return Token(value, found_in)


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            said = opened.read(_LONGEST * 4)
    except OSError as error:
        why = error.strerror or str(error)
        raise ForgeRefused(Trouble.NO_TOKEN, f"cannot read the token in {file}", why, HOW) from error
    if stat.S_ISREG(mode) and mode & 0o077:
        raise ForgeRefused(
            Trouble.NO_TOKEN,
            f"the token in {file} is not used",
            "others may read the file",
            f"Run: chmod 600 {file}",
        )
    return said.decode("ascii", errors="replace")


def _printed(command: Sequence[str], name: str) -> str:
    try:
        return _run(command)
    except FileNotFoundError as error:
        why = f"there is no program {command[0]!r}"
        raise ForgeRefused(Trouble.NO_TOKEN, f"{name} cannot be run", why, "Correct it.") from error
    except (OSError, subprocess.SubprocessError) as error:
        why = _why(error)
        raise ForgeRefused(
            Trouble.NO_TOKEN, f"{name} failed", why, f"Run it by hand: {command[0]} …"
        ) from error


def _by_gh(host: str) -> str:
    what = f"no token for {host}"
    try:
        return _run(["gh", "auth", "token", "--hostname", host.partition(":")[0]])
    except FileNotFoundError:
        raise ForgeRefused(
            Trouble.NO_TOKEN, what, "gh is not installed, and no variable has one", HOW
        ) from None
    except (OSError, subprocess.SubprocessError) as error:
        raise ForgeRefused(Trouble.NO_TOKEN, what, f"gh: {_why(error)}", HOW) from None


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(
        list(command),
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_LIMIT,
        check=True,
        cwd=Path.home(),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    return done.stdout


def _why(error: Exception) -> str:
    """Never what it printed: that may be the token."""
    if isinstance(error, subprocess.TimeoutExpired):
        return f"it took longer than {_LIMIT:g} seconds"
    if isinstance(error, subprocess.CalledProcessError):
        return f"it exited with code {error.returncode}"
    return str(error)


Finder = Callable[[], Token]
"""Finds the token when it is needed, and again after it was refused."""
