"""`monitor run`: the daemon, or its work done one time."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import click

from monitor.cli import logs
from monitor.cli.finding import config_option, find, read, volume_options
from monitor.store import open_store

if TYPE_CHECKING:
    from monitor.daemon import Daemon


@click.command()
@config_option
@volume_options
@click.option("--once", is_flag=True, help="Poll every outlet now, read, deliver, write the digest, and leave.")
def run(*, config: str | None, quiet: bool, verbose: bool, once: bool) -> None:
    """Watch: poll outlets, read what is new, send alerts, write digests. Ctrl-C or SIGTERM ends it, SIGHUP rereads the config."""
    # unheeded, it would end a monitor that is only starting; the daemon heeds it once it runs
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    path = find(config)
    # before the first log line: a fault of the config is all that is to be said then
    settings = read(path)
    logs.set_up(quiet=quiet, verbose=verbose)
    os.umask(0o077)
    with ThreadPoolExecutor(1) as beside:
        # the database is checked while the rest is loaded
        opening = beside.submit(open_store, settings)
        from monitor.daemon import Daemon  # noqa: PLC0415

        # what is loaded stays for good, and is never looked through for garbage
        gc.freeze()
    daemon = Daemon(settings, load=lambda: read(path), say=logs.say, store=opening.result())
    with asyncio.Runner(loop_factory=_loop) as runner:
        runner.run(_live(daemon, once=once))


def _loop() -> asyncio.AbstractEventLoop:
    """Make the loop: uvloop's where it is to be had, at a third less for each request."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop  # noqa: PLC0415  it knows no Windows

    return uvloop.new_event_loop()


async def _live(daemon: Daemon, *, once: bool) -> None:
    well = True
    async with daemon:
        if once:
            well = await daemon.once()
        else:
            await daemon.run()
    logs.flush()
    # here, not after asyncio.run, which waits for threads: a mail, a resolver or a reader that hangs must not keep it alive
    os._exit(0 if well else 1)
