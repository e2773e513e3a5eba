"""Where GitHub's token is found. It is kept in memory, and told to nobody but GitHub."""

import os
import shlex
import stat
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.world.forge.errors import ForgeRefused, Trouble
from orchestrator.world.forge.github.addresses import is_loopback, is_public
from orchestrator.world.forge.token_places import TokenPlaces

_LIMIT = 15.0
"""Seconds for a program that prints the token: it may have to ask a keyring."""
_LONGEST = 1000
_GH = "gh auth token"
_TABLE = ".token_command"
_VARIABLES = ("GH_TOKEN", "GITHUB_TOKEN")
_ENTERPRISE = ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")


def renewal(found_in: str, host: str, scope: str = "") -> str:
    """What to do for another token, by where the present one was found; with that scope if one is named."""
    if found_in == _GH:
        where = "" if host == "github.com" else f" --hostname {host.partition(':')[0]}"
        return f"Run: gh auth refresh{where} --scopes {scope}" if scope else f"Run: gh auth login{where}"
    new = f"a token with the scope {scope}" if scope else "a new token"
    if found_in in (*_VARIABLES, *_ENTERPRISE):
        return f"Set {found_in} to {new}, then restart the hub: orch hub restart"
    return f"Have {found_in} print {new}." if found_in.endswith(_TABLE) else f"Write {new} to {found_in}."


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
        name = f"{places.table}{_TABLE}"
        return _checked(_printed(places.command, name), name, host)
    if places.file:
        return _checked(_read(Path(places.file).expanduser()), places.file, host)
    for name in variables(host, api) if places.environment else ():
        if env.get(name, "").strip():
            return _checked(env[name], name, host)
    return _checked(_by_gh(host), _GH, host)


def variables(host: str, api: str) -> tuple[str, ...]:
    """The variables that may have the token for that host. As with `gh`, those for github.com are never
    sent to an Enterprise server."""
    if is_public(host) or is_loopback(api):
        return _VARIABLES
    return _ENTERPRISE


def _checked(text: str, found_in: str, host: str) -> Token:
    value = text.strip()
    if not value or len(value) > _LONGEST or not value.isascii() or not value.isprintable() or " " in value:
        what, hint = f"{found_in} has no usable token", renewal(found_in, host)
        raise ForgeRefused(Trouble.NO_TOKEN, what, "it is not one word", hint)
    return Token(value, found_in)


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            said = opened.read(_LONGEST * 4)
    except OSError as error:
        why = error.strerror or str(error)
        hint = f"Write a token to {file}, or correct token_file."
        raise ForgeRefused(Trouble.NO_TOKEN, f"cannot read the token in {file}", why, hint) from error
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
            Trouble.NO_TOKEN, f"{name} failed", why, f"Run it by hand: {shlex.join(command)}"
        ) from error


def _by_gh(host: str) -> str:
    what = f"no token for {host}"
    variable = (_VARIABLES if is_public(host) else _ENTERPRISE)[1]
    how = f"{renewal(_GH, host)}. Or set {variable}, or token_command or token_file of its table."
    try:
        return _run(["gh", "auth", "token", "--hostname", host.partition(":")[0]])
    except FileNotFoundError:
        raise ForgeRefused(
            Trouble.NO_TOKEN, what, "gh is not installed, and no variable has one", how
        ) from None
    except (OSError, subprocess.SubprocessError) as error:
        raise ForgeRefused(Trouble.NO_TOKEN, what, f"gh: {_why(error)}", how) from None


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
