"""Lock files and manifests: half of all branches change them, and few of these changes are in each other's
way. They are counted apart."""

import re

_LOCK_FILES = frozenset(
    (
        *("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"),
        *("deno.lock", "uv.lock", "poetry.lock", "pdm.lock", "pipfile.lock", "pixi.lock", "conda-lock.yml"),
        *("cargo.lock", "go.sum", "go.work.sum", "gemfile.lock", "composer.lock", "mix.lock", "pubspec.lock"),
        *("podfile.lock", "package.resolved", "cartfile.resolved", "gradle.lockfile", "packages.lock.json"),
        *("paket.lock", "flake.lock", "module.bazel.lock", "conan.lock", "cabal.project.freeze"),
        *("stack.yaml.lock", "manifest.toml", "rebar.lock", "shard.lock", ".terraform.lock.hcl"),
    )
)
_MANIFESTS = frozenset(
    (
        *("package.json", "pnpm-workspace.yaml", "deno.json", "jsr.json", "pyproject.toml", "setup.cfg"),
        *("setup.py", "pipfile", "pixi.toml", "environment.yml", "cargo.toml", "go.mod", "go.work"),
        *("gemfile", "composer.json", "mix.exs", "pubspec.yaml", "podfile", "package.swift", "cartfile"),
        *("pom.xml", "build.gradle", "build.gradle.kts", "settings.gradle", "libs.versions.toml"),
        *("directory.packages.props", "packages.config", "paket.dependencies", "flake.nix", "module.bazel"),
        *("vcpkg.json", "conanfile.txt", "conanfile.py", "stack.yaml", "project.toml", "rebar.config"),
        *("shard.yml",),
    )
)
_PATTERNS = re.compile(r"(requirements|constraints)[\w.-]*\.(txt|in)|[\w.-]+\.(gemspec|csproj|cabal|lock)")


def is_manifest(path: str) -> bool:
    """Whether a file lists dependencies, by its name alone."""
    name = path.rpartition("/")[2].casefold()
    return name in _LOCK_FILES or name in _MANIFESTS or _PATTERNS.fullmatch(name) is not None
