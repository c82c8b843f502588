"""`monitor remove`, `pause`, `resume`: an outlet's own lines in config.toml, and a running monitor that follows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from monitor.cli.asking import state_folder
from monitor.cli.finding import config_option, find
from monitor.cli.reloading import taken_over
from monitor.config.altered import Altered, pause_outlet, remove_outlet, resume_outlet


@click.command()
@click.argument("outlet", metavar="ID")
@config_option
def remove(*, outlet: str, config: str | None) -> int:
    """Take an outlet out of config.toml. What is stored of it stays, and can still be searched, shown and exported."""
    path = find(config)
    was = remove_outlet(path, outlet)
    click.echo(f"Removed  {outlet}   ({path}:{was.line})")
    click.echo("What is stored of it stays: search, show and export have it, and so have the digests.")
    return taken_over(state_folder(config), "The running monitor polls it no more.")


@click.command()
@click.argument("outlet", metavar="ID")
@config_option
def pause(*, outlet: str, config: str | None) -> int:
    """Poll an outlet no more until `monitor resume`: writes paused = true into its lines in config.toml."""
    told = f"The running monitor polls it no more, until `monitor resume {outlet}`."
    return _switched(config, outlet, pause_outlet, ("Paused", "paused already", told))


@click.command()
@click.argument("outlet", metavar="ID")
@config_option
def resume(*, outlet: str, config: str | None) -> int:
    """Poll a paused outlet again."""
    return _switched(config, outlet, resume_outlet, ("Resumed", "not paused", "The running monitor polls it now."))


def _switched(config: str | None, outlet: str, edit: Callable[[Path, str], Altered], words: tuple[str, str, str]) -> int:
    """Edit, and say so. ``words``: what was done, what it was where it was so, and what a running monitor does."""
    path = find(config)
    done, state, told = words
    now = edit(path, outlet)
    if not now.is_new:
        click.echo(f"{outlet} was {state}, and config.toml stays as it is   ({path}:{now.line})")
        return 0
    click.echo(f"{done}  {outlet}   ({path}:{now.line})")
    return taken_over(state_folder(config), told)
