"""What a command found → JSON for a program: one object or list on standard output, UTF-8, times in ISO 8601, UTC."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

Plain = dict[str, Any] | list[Any]
F = TypeVar("F", bound=Callable[..., Any])


def json_option(command: F) -> F:
    """Give a command --json, as every command has it that gives data."""
    return click.option("--json", "as_json", is_flag=True, help="For a program: one object or list, as JSON.")(command)


def give(found: Plain) -> None:
    """Print it. Times are written by ``asking.iso`` before."""
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))
