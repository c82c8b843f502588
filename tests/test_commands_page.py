"""docs/commands.md is the commands' own help, whole: no command and no option is without its line in the manual."""

from __future__ import annotations

import click
from commands_page import PAGE, commands, page


def test_the_manual_says_of_every_command_what_its_help_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python tests/commands_page.py"


def test_every_option_says_what_it_does() -> None:
    for path, command in commands():
        for param in command.params:
            assert not isinstance(param, click.Option) or param.help, f"{path} {param.name}"
