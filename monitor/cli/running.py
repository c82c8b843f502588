"""`monitor run`: the daemon, or its work done one time."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import resource
import signal
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import click

from monitor import systemd
from monitor.cli import logs
from monitor.cli.finding import config_option, find, read, volume_options
from monitor.errors import MonitorError
from monitor.store import Store, open_store

if TYPE_CHECKING:
    from monitor.daemon import Daemon

DESCRIPTORS: Final = 64
"""Without one poll or message under way, half of them are taken."""
_HEAP: Final = ((-8, 1), (-3, 128 * 1024), (-1, 128 * 1024))
"""M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD: the last two are glibc's own, which it would else let grow to megabytes."""
EXTENSION: Final = 60
"""Seconds more that the service manager is asked to wait, each time while the database is checked."""


@click.command()
@config_option
@volume_options
@click.option("--once", is_flag=True, help="Poll every outlet now, read, deliver, write the digest, and leave.")
def run(*, config: str | None, quiet: bool, verbose: bool, once: bool) -> None:
    """Watch: poll outlets, read what is new, send alerts, write digests. Ctrl-C or SIGTERM ends it, SIGHUP rereads the config."""
    # unheeded, it would end a monitor that is only starting; the daemon, once it runs, hears of it
    early: list[int] = []
    signal.signal(signal.SIGHUP, lambda sign, _: early.append(sign))
    supervisor = systemd.taken(os.environ)
    path = find(config)
    _check_room()
    # before there is a second thread, which would have a heap already
    _keep_memory_together()
    # before the first log line: a fault of the config is all that is to be said then
    settings = read(path)
    daemon: Daemon | None = None
    logs.set_up(quiet=quiet, verbose=verbose, timezone=lambda: (daemon.config if daemon else settings).timezone)
    _keep_no_core()
    with ThreadPoolExecutor(1) as beside:
        # the database is checked while the rest is loaded
        opening = beside.submit(open_store, settings)
        from monitor.daemon import Daemon  # noqa: PLC0415

        # what is loaded stays for good, and is never looked through for garbage
        gc.freeze()
        store = _opened(opening, supervisor)
    daemon = Daemon(settings, load=lambda: read(path), say=logs.say, store=store, supervisor=supervisor)
    with asyncio.Runner(loop_factory=_loop) as runner:
        runner.run(_live_once(daemon) if once else _live(daemon, heard=lambda: bool(early)))


def _check_room() -> None:
    """Raise MonitorError where so few descriptors are allowed that it would fail at every turn."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed < DESCRIPTORS:
        says = f"only {allowed} files may be open here at once, and {DESCRIPTORS} are needed at the least"
        raise MonitorError(f"{says}: raise it with `ulimit -n 1024`, or LimitNOFILE=1024 in the unit")


def _keep_no_core() -> None:
    """Write no memory to the disk when it dies: secrets are in it. What the programs of channels do is up to them."""
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _keep_memory_together() -> None:
    """Let all threads take memory from one heap, and large pieces from none: of what each frees in its own little comes back.

    In thirty days lived fast the process grew by 15 MB over its caches, and by nothing so. Of glibc alone (mallopt(3)).
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in _HEAP:
            mallopt(option, value)


def _opened(opening: Future[Store], supervisor: systemd.Supervisor, *, every: float = 15.0, limit: int = 240) -> Store:
    """Wait for the database, and have the service manager wait with us: a big one takes minutes to check, or to migrate.

    ``limit``: so many times; a disk that hangs is not waited for without end.
    """
    for _ in range(limit):
        if wait((opening,), every).done:
            break
        supervisor.extend(EXTENSION, "Checking the database")
    return opening.result()


def _loop() -> asyncio.AbstractEventLoop:
    """Make the loop: uvloop's where it is to be had, at a third less for each request."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop  # noqa: PLC0415  it knows no Windows

    return uvloop.new_event_loop()


async def _live(daemon: Daemon, *, heard: Callable[[], bool]) -> None:
    async with daemon:
        await daemon.run(heard=heard, leave=_leave)
    _leave(0)


async def _live_once(daemon: Daemon) -> None:
    async with daemon:
        well = await daemon.once()
    _leave(0 if well else 1)


def _leave(code: int) -> None:
    logs.flush()
    # here, not after asyncio.run, which waits for threads: a mail, a resolver or a reader that hangs must not keep it alive
    os._exit(code)
