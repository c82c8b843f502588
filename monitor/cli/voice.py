"""What was typed wrongly → one line in the house's voice: where, what, and the remedy."""

from __future__ import annotations

import re
from collections.abc import Sequence

import click

from monitor.cli.examples import example

_INTEGER = re.compile(r"is not a valid integer( range)?")
_QUOTED = re.compile(r"(?<!\w)'([^']*)'(?!\w)")


def said(error: click.ClickException) -> str:
    """Say what was wrong, and what may be typed instead."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return f"monitor: {_plain(error.format_message())}"
    return f"{context.command_path}: {_what(error)}"


def _what(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "monitor"
    if isinstance(error, click.exceptions.NoSuchCommand):
        return f'no such command "{error.command_name}".{_nearest(error.possibilities)} `{path} --help` lists them'
    if isinstance(error, click.NoSuchOption):
        return f'no such option "{error.option_name}".{_nearest(error.possibilities)} `{path} --help` lists them'
    if isinstance(error, click.MissingParameter):
        return f"{_place(error)} is missing.{_example(path)}"
    if isinstance(error, click.BadParameter):
        # click gives the parameter, we its name
        words = _plain(error.message) if error.param_hint is None else error.message
        return ": ".join(filter(None, (_place(error), words)))
    if isinstance(error, click.BadOptionUsage):
        return f"{_plain(error.message)}{_example(path)}"
    return _plain(error.message)


def _nearest(names: Sequence[str] | None) -> str:
    return f' Did you mean "{names[0]}"?' if names else ""


def _place(error: click.BadParameter) -> str:
    """Name the option or argument as a person types it."""
    hint = error.param_hint
    if hint is None and isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    if hint is None and error.param is not None:
        return error.param.make_metavar(error.ctx).strip("[]") if error.ctx else error.param.human_readable_name
    return hint if isinstance(hint, str) else ", ".join(hint or ())


def _example(path: str) -> str:
    shown = example(path)
    return f" For example: {shown}" if shown else f" `{path} --help` tells more"


def _plain(words: str) -> str:
    """Write click's quotes as ours, and its sentences as clauses."""
    words = _INTEGER.sub("is no whole number", _QUOTED.sub(r'"\1"', words.rstrip(".")))
    return words[:1].lower() + words[1:] if words[1:2].islower() or words[1:2] == " " else words
