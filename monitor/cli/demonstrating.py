"""`monitor demo`: the whole line over invented outlets on loopback."""

from __future__ import annotations

import click

from monitor.cli import logs
from monitor.cli.finding import volume_options
from monitor.cli.opening import open_page
from monitor.config.records import own_timezone
from monitor.demo.run import demonstrate


@click.command()
@volume_options
@click.option("--serve", is_flag=True, help="Go on serving the outlets until Ctrl-C, so that you can try the other commands.")
@click.option("--open", "opened", is_flag=True, help="Open the digest in the browser.")
def demo(*, quiet: bool, verbose: bool, serve: bool, opened: bool) -> None:
    """Run the whole line over a few invented outlets on this machine. No network, no config, no trace outside a new folder."""
    timezone = own_timezone()
    logs.set_up(quiet=quiet, verbose=verbose, timezone=lambda: timezone)
    demonstrate(say=logs.say, tell=click.echo, show=open_page if opened else None, serve=serve)
