"""Programs by what they do with their arguments: only read and print, run them, or something else."""

import re
from collections.abc import Sequence

from orchestrator.core.rules.known import words

_VARIABLE = re.compile(r"[A-Za-z_]\w*(?:\[[^]]*\])?\+?=.*", re.DOTALL)

HARMLESS = words(
    """
    [ arch basename cat cksum cmp comm cut df diff dirname du echo egrep expr factor false fgrep
    fold free grep groups head hexdump id join ls md5sum nl nproc od paste printenv printf pwd
    readlink realpath rev seq sha1sum sha224sum sha256sum sha384sum sha512sum sleep stat strings sum
    tac tail test tr true tty type uname uptime wc which whoami
    """
)
"""They read and print, whatever their options."""

RUN_THEIR_ARGUMENTS = words(
    """
    . alias ash at awk bash batch bc busybox chroot crontab csh csplit dash dc dd ed emacs eval ex
    exec expect fish flock ftp gawk gdb install ksh less ltrace m4 man mawk more most mysql nano
    nawk nc ncat nsenter nvim parallel psql rbash rsync runuser scp script sftp sh socat source
    split sqlite3 ssh strace su tcsh telnet toybox trap unshare vi view vim watch wget xargs zip zsh
    """
)
"""They run or write what their arguments, or files named there, say."""

WITH_COMMANDS = words(
    """
    ant apt apt-get aws az brew bun bundle bunx cargo composer conda deno dnf docker dotnet fly
    gcloud gem gh glab go gradle hatch helm heroku hg ip jj kubectl mamba mvn nix nox npm npx pdm
    pip pip3 pipx pnpm podman poetry rake rustup svn systemctl terraform tox uv uvx vercel yarn yum
    """
)
"""Their first argument is a command."""

INTERPRETERS = words("python python2 python3 pypy node nodejs ruby perl php lua Rscript tclsh osascript pwsh")

LAUNCHERS = words(
    """
    at batch bwrap bundle catchsegv chpst conda daemonize dbus-launch direnv docker dtach entr expect
    fakeroot firejail gosu hyperfine kubectl lxc machinectl mise nix-shell npx nsenter parallel perf
    pipenv pkexec pnpm podman poetry proot prlimit pwsh run0 runuser screen script setpriv setuidgid sg
    softlimit ssh-agent start-stop-daemon su su-exec tmux tox unbuffer unshare uv valgrind watch yarn
    """
)
"""They run a program given somewhere in their arguments."""

# what precedes the program that they run: options with a value of their own
_WRAPPERS: dict[str, frozenset[str]] = {
    "sudo": words("-u -g -h -p -C -r -t -T -U -D -R --user --group --host --prompt --chdir --role"),
    "doas": frozenset({"-u", "-C"}),
    "env": frozenset({"-u", "-C", "--unset", "--chdir"}),
    "nice": frozenset({"-n", "--adjustment"}),
    "ionice": frozenset({"-c", "-n", "-p", "--class", "--classdata"}),
    "chrt": frozenset({"-T", "-P", "-D"}),
    "taskset": frozenset(),
    "nohup": frozenset(),
    "time": frozenset({"-f", "-o", "--format", "--output"}),
    "timeout": frozenset({"-k", "-s", "--kill-after", "--signal"}),
    "stdbuf": frozenset({"-i", "-o", "-e"}),
    "setsid": frozenset(),
    "setarch": frozenset(),
    "command": frozenset(),
    "builtin": frozenset(),
    "exec": frozenset({"-a"}),
    "coproc": frozenset(),
    "noglob": frozenset(),
    "nocorrect": frozenset(),
    "caffeinate": frozenset({"-t", "-w"}),
    "xvfb-run": frozenset({"-s", "-n", "-e", "-f", "-p", "-w"}),
    "xargs": words("-I -L -n -P -s -d -E -a --max-args --max-procs --arg-file --delimiter --replace"),
    "parallel": frozenset({"-j", "--jobs", "-a", "--arg-file", "-N", "--colsep"}),
    "watch": frozenset({"-n", "--interval"}),
    "flock": frozenset({"-w", "-E", "-c"}),
    "strace": frozenset({"-e", "-o", "-p", "-s", "-u"}),
    "ltrace": frozenset({"-e", "-o", "-p", "-s", "-u"}),
    "busybox": frozenset(),
    "toybox": frozenset(),
    "unshare": frozenset(),
    "chroot": frozenset({"--userspec", "--groups"}),
    "dbus-run-session": frozenset(),
    "systemd-run": frozenset({"-p", "--property", "--unit", "-u", "--slice", "-E"}),
    "systemd-inhibit": frozenset(),
    "npx": frozenset({"-p", "--package", "-c"}),
    "bunx": frozenset(),
    "uvx": frozenset({"--from", "--with"}),
    "then": frozenset(), "do": frozenset(), "else": frozenset(), "!": frozenset(),
}  # fmt: skip
_WORDS_BEFORE = {"timeout": 1, "taskset": 1, "setarch": 0, "flock": 1, "chrt": 1, "chroot": 1}


def base(word: str) -> str:
    """The program's name, without its folder."""
    return word.rstrip("/").rpartition("/")[2]


def runs_text(word: str) -> bool:
    """Whether the program may run its arguments as a script."""
    program = base(word)
    return program in RUN_THEIR_ARGUMENTS or program in LAUNCHERS or program in _WRAPPERS


def sets_variable(word: str) -> bool:
    """Whether the word is `NAME=value`."""
    return _VARIABLE.fullmatch(word) is not None


def inner(words: Sequence[str]) -> int | None:
    """The index of the program that the first word runs; `None` if it runs none, 0 if it names none."""
    program = base(words[0])
    if program not in _WRAPPERS:
        return None
    valued, skip, at = _WRAPPERS[program], _WORDS_BEFORE.get(program, 0), 1
    while at < len(words):
        word = words[at]
        if word == "--":
            at += 1
            break
        if word.startswith("-") and len(word) > 1:
            at += 2 if word in valued or _ends_in_valued(word, valued) else 1
        elif sets_variable(word) and program in ("env", "sudo", "doas"):
            at += 1
        elif skip:
            skip, at = skip - 1, at + 1
        else:
            break
    return at if at < len(words) else 0


def _ends_in_valued(word: str, valued: frozenset[str]) -> bool:
    """Whether the last of several letters is an option with a value: `-iu`."""
    if word.startswith("--"):
        return False
    letters = [f"-{letter}" in valued for letter in word[1:]]
    return letters[-1] and not any(letters[:-1])
