"""Which config.toml a command works with, and the options that every command has."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from monitor.cli.volume import detail, heard
from monitor.config import load, locate
from monitor.errors import ConfigError
from monitor.model import Config

NOTHING_YET = """\
No config.toml here yet.
  monitor init     writes one
  monitor demo     shows the whole with invented outlets
  monitor --help   lists the commands"""
FOUND = """\
  monitor check    names its faults
  monitor run      starts watching
  monitor --help   lists the commands"""

F = TypeVar("F", bound=Callable[..., Any])


def find(explicit: str | None) -> Path:
    """Give the config.toml in force. Raises ConfigError where there is none, saying what to do."""
    context = click.get_current_context(silent=True)
    named = explicit or (context.find_root().obj if context else None)
    path = locate(named, environ=os.environ, cwd=Path.cwd(), home=Path.home())
    if path is None:
        raise ConfigError(
            "no config.toml: not in -c, $MONITOR_CONFIG, ./config.toml, ~/.config/monitor/config.toml, /etc/monitor/config.toml."
            " `monitor init` writes one here, `monitor demo` shows the whole without one"
        )
    detail(f"config: {path}")
    return path


def read(path: Path) -> Config:
    """Load it. Raises ConfigError with every fault."""
    return load(path, environ=os.environ, home=Path.home())


def next_step(explicit: str | None) -> str:
    """Say which config was found, and what can be done with it."""
    try:
        path = find(explicit)
    except ConfigError:
        return NOTHING_YET
    return f"Found {path}\n{FOUND}"


def config_option(command: F) -> F:
    """Give a command -c, as the group has it."""
    return click.option("-c", "--config", "config", metavar="FILE", help="The config.toml to use.")(command)


def volume_options(command: F) -> F:
    """Give a command -q and -v as arguments; every other command has them, too, and heeds them in what it says."""
    quiet = click.option("-q", "--quiet", is_flag=True, callback=heard, help="Say only what is wrong.")
    verbose = click.option("-v", "--verbose", is_flag=True, callback=heard, help="Say more.")
    return verbose(quiet(command))
