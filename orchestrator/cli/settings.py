"""The configuration as the verbs ask for it: what is wrong with it is a usage error, in its own words."""

from pathlib import Path

import click

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


def _unusable(error: ConfigError) -> click.UsageError:
    return click.UsageError(f"the configuration can't be used.\n{error}")
