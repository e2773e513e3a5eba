"""The configuration for the verbs, with its errors."""

from pathlib import Path

from orchestrator.cli.failures import Unusable
from orchestrator.config import Config, ConfigError, Setting, load, sources


def load_config(repo: Path | None = None) -> Config:
    """Raises `Unusable` with the configuration's errors."""
    try:
        return load(repo)
    except ConfigError as error:
        raise _unusable(error) from error


def settings_of(repo: Path | None) -> list[Setting]:
    """Every setting with its source. Raises `Unusable` with the configuration's errors."""
    try:
        return sources(repo)
    except ConfigError as error:
        raise _unusable(error) from error


def _unusable(error: ConfigError) -> Unusable:
    return Unusable(f"cannot use the configuration.\n{error}")
