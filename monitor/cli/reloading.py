"""An edited config.toml → the running monitor, which is asked to take it over; what came of it → the terminal."""

from __future__ import annotations

from pathlib import Path

import click

from monitor import control
from monitor.store import DATABASE, holder


def taken_over(state: Path, says: str) -> int:
    """Ask for a reload, and say what happened: ``says`` where it was done. Gives the exit code."""
    reply = control.ask(state, "reload")
    if reply is None and (pid := holder(state / DATABASE)):
        # it is busy or stopped, or could not open its socket: what is written is not what it does
        click.echo(f"The running monitor (pid {pid}) does not answer. `monitor service reload` asks it again", err=True)
        return 1
    if reply is None:
        click.echo("No monitor answers here, so it holds from the next `monitor run` on.")
        return 0
    if reply.ok:
        click.echo(says)
        return 0
    click.echo(f"The running monitor goes on with its last good config:\n{reply.says}", err=True)
    return 1
