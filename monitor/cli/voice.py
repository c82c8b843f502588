"""What was typed wrongly → one line in the house's voice: where, what, and the remedy."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

import click

from monitor.cli.examples import example

_NEAR = 0.65
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
        return _unknown("command", error.command_name, error.possibilities, path=path)
    if isinstance(error, click.NoSuchOption):
        return _unknown("option", error.option_name, error.possibilities, path=path)
    if isinstance(error, click.MissingParameter):
        return f"{_place(error)} is missing.{_example(path)}"
    if isinstance(error, click.BadParameter):
        # click gives the parameter, we its name
        words = _plain(error.message) if error.param_hint is None else error.message
        return ": ".join(filter(None, (_place(error), words)))
    if isinstance(error, click.BadOptionUsage):
        return f"{_plain(error.message)}{_example(path)}"
    return _plain(error.message)


def _unknown(kind: str, typed: str, names: Sequence[str] | None, *, path: str) -> str:
    """Ask whether the nearest was meant, where one is near: click has "digest" for "list"."""
    near = difflib.get_close_matches(typed, names or (), 1, _NEAR)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    return f'no such {kind} "{typed}".{hint} `{path} --help` lists them'


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
