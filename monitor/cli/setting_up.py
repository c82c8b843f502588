"""`monitor init`: from nothing to a config.toml."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.mask import as_asked
from monitor.cli.volume import is_quiet
from monitor.config import short_config
from monitor.errors import MonitorError


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Write a short config.toml and say what to do next."""
    path = folder / "config.toml"
    with as_asked():
        folder.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(short_config())
    except FileExistsError as error:
        raise MonitorError(f"{path} is there already, and stays as it is") from error
    if is_quiet():
        return
    where = "" if folder == Path() else f" -c {path}"
    click.echo(f"Wrote {path}. Next:")
    click.echo(f"  monitor{where} add URL             finds the feed behind any page")
    click.echo(f"  monitor{where} import FILE.opml    takes the feeds of a feed reader")
    click.echo(f"  monitor{where} check               names every fault")
    click.echo(f"  monitor{where} run                 starts watching")
