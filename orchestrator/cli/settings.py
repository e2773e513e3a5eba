"""The configuration as the verbs ask for it: what is wrong with it is said in its own words."""

from pathlib import Path

from orchestrator.cli.failures import Unusable
from orchestrator.config import Config, ConfigError, Setting, load, sources


def load_config(repo: Path | None = None) -> Config:
    try:
        return load(repo)
    except ConfigError as error:
        raise _unusable(error) from error


def settings_of(repo: Path | None) -> list[Setting]:
    try:
        return sources(repo)
    except ConfigError as error:
        raise _unusable(error) from error


def _unusable(error: ConfigError) -> Unusable:
    return Unusable(f"the configuration can't be used.\n{error}")
