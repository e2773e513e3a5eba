"""Which variables of a client's environment are passed to a session that it starts."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

DEFAULT = (
    "PATH", "LANG", "LANGUAGE", "LC_*", "TZ", "EDITOR", "VISUAL", "PAGER", "BROWSER",
    "SSH_AUTH_SOCK", "SSH_AGENT_PID", "SSH_CONNECTION", "SSH_CLIENT", "SSH_ASKPASS", "GIT_SSH_COMMAND",
    "GPG_TTY", "GPG_AGENT_INFO", "GNUPGHOME",
    "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "KRB5CCNAME",
    "VIRTUAL_ENV", "CONDA_*", "PYENV_*", "NVM_*", "NODE_EXTRA_CA_CERTS", "RBENV_*", "GEM_HOME", "RUSTUP_HOME",
    "CARGO_HOME", "GOPATH", "GOROOT", "JAVA_HOME", "SDKMAN_*", "ASDF_*", "MISE_*", "DOCKER_*", "KUBECONFIG",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    "http_proxy", "https_proxy", "all_proxy", "no_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
    "AWS_*", "GOOGLE_*", "CLOUD_ML_REGION",
    "VERTEX_*", "AZURE_*", "*_API_KEY", "GH_TOKEN", "GITHUB_TOKEN", "GITLAB_TOKEN", "NPM_TOKEN", "HF_TOKEN",
)  # fmt: skip
"""Names and patterns, as in tmux's `update-environment`."""

_NEVER = (
    # orch's own, a terminal's, a shell's own, and those that affect every program
    "ORCH_*", "TMUX*", "TERM", "TERM_*", "COLORTERM", "COLUMNS", "LINES", "STY", "WINDOWID",
    "HOME", "USER", "LOGNAME", "SHELL", "PWD", "OLDPWD", "SHLVL", "_", "IFS", "ENV", "BASH_*", "PS[1-4]",
    "PROMPT_COMMAND", "LD_*", "DYLD_*", "PYTHONHOME", "PYTHONSTARTUP", "NODE_OPTIONS",
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_CONFIG*",
    # a session is no part of another one
    "AI_AGENT", "TRACEPARENT",
)  # fmt: skip
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Environment:
    """A client's variables, and its umask (`None` if unknown)."""

    names: Mapping[str, str] = field(default_factory=dict)
    umask: int | None = None

    def chosen(self, patterns: Iterable[str], never: Iterable[str] = ()) -> "Environment":
        """What of it goes with a session, where these names and patterns may; those of `never` do not."""
        wanted, out = tuple(patterns), tuple(never)
        names = {name: value for name, value in self.names.items() if travels(name, wanted, out)}
        return Environment(names, self.umask)

    def missing(
        self, others: Iterable[str], patterns: Iterable[str], never: Iterable[str] = ()
    ) -> tuple[str, ...]:
        """Those of the `others` that may be passed to a session and that this client lacks: they come from
        another client, and are unset."""
        wanted, out = tuple(patterns), tuple(never)
        names = {name for name in (*others, *wanted) if travels(name, wanted, out)}
        return tuple(sorted(names - set(self.names) - {"PATH"}))


def travels(name: str, patterns: Iterable[str], never: Iterable[str] = ()) -> bool:
    """Whether a variable of that name goes with a session. `never` are the marks of the agent programs."""
    if not _NAME.fullmatch(name) or any(fnmatchcase(name, each) for each in (*_NEVER, *never)):
        return False
    return any(fnmatchcase(name, each) for each in patterns)


def may_leave(name: str) -> bool:
    """Whether a client sends it to the hub at all; the hub selects what it needs."""
    return travels(name, ("*",))
