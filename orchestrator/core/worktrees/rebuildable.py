"""Which ignored files can be rebuilt, so that removing them loses nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

FOLDERS = frozenset(
    (
        *("node_modules", "bower_components", "jspm_packages", ".pnpm-store", ".yarn", ".npm"),
        *(".venv", "venv", "virtualenv", ".tox", ".nox", ".eggs", "__pycache__", "site-packages"),
        *(".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".ipynb_checkpoints", "htmlcov"),
        *(
            "target",
            ".gradle",
            ".m2",
            ".ivy2",
            ".bsp",
            ".metals",
            ".bloop",
            ".dart_tool",
            "Pods",
            "DerivedData",
        ),
        *(
            ".next",
            ".nuxt",
            ".output",
            ".svelte-kit",
            ".parcel-cache",
            ".turbo",
            ".angular",
            ".vite",
            ".astro",
        ),
        *(".cache", ".sass-cache", ".eslintcache", ".nyc_output", ".terraform", ".serverless", ".ccache"),
        *(
            "CMakeFiles",
            "cmake-build-debug",
            "cmake-build-release",
            "bazel-bin",
            "bazel-out",
            "_build",
            "zig-cache",
        ),
        *(".zig-cache", "dist-newstyle", ".stack-work", "elm-stuff", ".elixir_ls", ".direnv", ".bundle"),
    )
)
"""Folders that tools create, by name."""
BUILDS = frozenset(("build", "dist", "out", "obj", "coverage"))
"""Folders that a tool creates next to one of `MANIFESTS`, and a person otherwise."""
MANIFESTS = frozenset(
    (
        *("package.json", "pyproject.toml", "setup.py", "setup.cfg", "Cargo.toml", "go.mod", "composer.json"),
        *(
            "pom.xml",
            "build.gradle",
            "build.gradle.kts",
            "build.sbt",
            "CMakeLists.txt",
            "Makefile",
            "makefile",
        ),
        *("meson.build", "mix.exs", "Gemfile", "build.zig", "pubspec.yaml", "dune-project", "Package.swift"),
    )
)
MARKS = frozenset(("CACHEDIR.TAG", "pyvenv.cfg"))
"""A folder that contains one of these declares itself rebuildable."""
FILES = (
    *("*.pyc", "*.pyo", "*.pyd", "*.o", "*.obj", "*.class", "*.gcda", "*.gcno", "*.tsbuildinfo"),
    *(
        ".DS_Store",
        "Thumbs.db",
        ".eslintcache",
        ".stylelintcache",
        ".coverage",
        ".coverage.*",
        "coverage.xml",
    ),
)


@dataclass(frozen=True, slots=True)
class Rebuildable:
    """Which ignored files are not a loss, and how much of the rest a rescue accepts.

    `patterns` are the user's: `name/` a folder anywhere, `*.ext` a file anywhere, `a/b` a path from the top.
    `limit` is in bytes.
    """

    patterns: tuple[str, ...] = ()
    limit: int = 1024**3

    def folder(self, path: str, beside: Iterable[str], within: Iterable[str]) -> bool:
        """Whether the folder at this path can be rebuilt; `beside` and `within` are names of files."""
        name = path.rpartition("/")[2]
        if name in FOLDERS or not MARKS.isdisjoint(within):
            return True
        return (name in BUILDS and not MANIFESTS.isdisjoint(beside)) or self._given(path)

    def file(self, path: str) -> bool:
        """Whether the file at this path can be rebuilt, by its name or the user's patterns."""
        name = path.rpartition("/")[2]
        return any(fnmatchcase(name, pattern) for pattern in FILES) or self._given(path)

    def _given(self, path: str) -> bool:
        name = path.rpartition("/")[2]
        for pattern in self.patterns:
            wanted = pattern.strip("/").removeprefix("**/")
            if fnmatchcase(path if "/" in wanted else name, wanted):
                return True
        return False
