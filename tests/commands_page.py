"""The commands' own help → docs/commands.md. `python tests/commands_page.py` writes it anew; a test compares the two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from monitor.cli import COMMANDS, cli

PAGE = Path(__file__).parent.parent / "docs" / "commands.md"
HEAD = """\
# Commands

What `monitor COMMAND --help` says of each command, in one place.

`-c FILE`, `-q` and `-v` stand before a command's name or after it. What was asked for goes to standard output, all else to
standard error, so that a pipe or a file gets data only. `--json` gives one object or list, in UTF-8, with times in ISO 8601, UTC.
On a terminal there are colours, unless `NO_COLOR` is set, and a bar for what takes over a second, unless `-q` is given.

| it ends with | which means |
|---|---|
| 0 | well |
| 1 | failed |
| 2 | typed wrongly, or config.toml has faults |
| 3 | `check --online`: some outlet did not answer |
| 75 | another instance runs |
| 77 | no permission |
| 78 | refused to start |
| 130 | interrupted: Ctrl-C |
"""
WIDTH = 110


def page() -> str:
    """Give the whole page."""
    top = click.Context(cli, info_name="monitor", terminal_width=WIDTH, **cli.context_settings)
    return "\n".join((HEAD, *(f"## {path}\n\n```text\n{_help(command, path, top)}\n```\n" for path, command in commands())))


def commands() -> Iterator[tuple[str, click.Command]]:
    """Give each command by its path, groups before what is in them."""
    yield "monitor", cli
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        yield from _below(command, f"monitor {name}")


def _below(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    for name, each in command.commands.items() if isinstance(command, click.Group) else ():
        yield from _below(each, f"{path} {name}")


def _help(command: click.Command, path: str, top: click.Context) -> str:
    context = top if command is cli else click.Context(command, parent=top, info_name=path.removeprefix("monitor "))
    context.terminal_width = WIDTH
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
