"""`monitor run`: the daemon, or its work done one time."""

from __future__ import annotations

import asyncio
import logging
import os
import sys

import click

from monitor.cli import logs
from monitor.cli.finding import config_option, find, read, volume_options
from monitor.daemon import Daemon


@click.command()
@config_option
@volume_options
@click.option("--once", is_flag=True, help="Poll every outlet now, read, deliver, write the digest, and leave.")
def run(*, config: str | None, quiet: bool, verbose: bool, once: bool) -> None:
    """Watch: poll outlets, read what is new, send alerts, write digests. Ctrl-C or SIGTERM ends it, SIGHUP rereads the config."""
    path = find(config)
    # before the first log line: a fault of the config is all that is to be said then
    settings = read(path)
    logs.set_up(quiet=quiet, verbose=verbose)
    os.umask(0o077)
    voice = logs.alert_voice()
    daemon = Daemon(settings, load=lambda: read(path), say=lambda words: voice.info("%s", words))
    well = asyncio.run(_live(daemon, once=once))
    logging.shutdown()
    sys.stdout.flush()
    # a mail or a resolver that hangs in a thread must not keep a stopped daemon alive
    os._exit(0 if well else 1)


async def _live(daemon: Daemon, *, once: bool) -> bool:
    async with daemon:
        if once:
            return await daemon.once()
        await daemon.run()
        return True
