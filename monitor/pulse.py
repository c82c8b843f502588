"""What is under way → what the service manager hears of it: that the monitor is ready, how it fares, and signs of life.

A sign of life is given for work that finishes, never for a thread that is merely alive: the last tick ended lately, the writer
committed a transaction lately, and nothing under way is past its deadline. Where nothing is due all of this holds as well.
None of it is waited for longer than the next sign allows: slow work must not look like a hang.

A database that cannot be written (a full disk, another program's lock) does not end the signs of life: the writer answered, what
is wrong is said, and polling rests. A new start could not write either, and might not even get as far as this.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from monitor.errors import StoreError
from monitor.model import Config
from monitor.period import next_due
from monitor.rounds import Rounds
from monitor.store import Writing
from monitor.systemd import Supervisor
from monitor.text import one_line

log = logging.getLogger("monitor")

UNWATCHED: Final = 30.0
"""Seconds between two looks at how it fares, where no watchdog wants signs of life more often."""
PATIENCE: Final = 2.0
"""Seconds that a service manager has to make room for what it must hear."""
MOMENT: Final = 0.05
"""Seconds between two tries."""
LONGEST: Final = 300
"""Characters of a fault in the status line."""


class Pulse:
    """Tells the service manager; without one it does nothing."""

    def __init__(self, supervisor: Supervisor, rounds: Rounds, *, config: Callable[[], Config]) -> None:
        """Say nothing yet. ``config``: gives the one in force."""
        self.refused: str | None = None
        """Why a newer config.toml is not in force."""
        self._to = supervisor
        self._rounds = rounds
        self._config = config
        self._watchdog = supervisor.watchdog.total_seconds() if supervisor.watchdog else None
        self._said = ""
        self._owed: tuple[str, ...] = ()
        self._why: str | None = None
        self._writing: asyncio.Task[None] | None = None
        self._written_at = asyncio.get_running_loop().time()

    async def ready(self) -> None:
        """Say that it works, or works again after a reload."""
        if self._to.address:
            self._owed, self._said = ("READY=1",), await self._status()
            if await self._insisted(lambda: self._to.tell(*self._owed, f"STATUS={self._said}")):
                self._owed = ()

    async def reloading(self) -> None:
        """Say that a reload begins; `ready` ends it."""
        if self._to.address:
            await self._insisted(self._to.reloading)

    def stopping(self) -> None:
        """Say that the end begins."""
        self._to.tell("STOPPING=1", "STATUS=Stopping")

    async def beat(self) -> None:
        """Give signs of life and say how it fares, until cancelled."""
        if not self._to.address:
            return
        clock = asyncio.get_running_loop().time
        every = self._watchdog / 3 if self._watchdog else UNWATCHED
        self._written_at = clock()
        while True:
            before = clock()
            await asyncio.sleep(every)
            if clock() - before > 2 * every:
                # the machine, or this process, was stopped for a while: nothing is late for that
                self._rounds.woke()
                self._written_at = clock()
            if self._watchdog:
                await self._sign(self._watchdog, wait=every / 2)
            await self._rounds.guard(self._tell(every / 2))

    async def _tell(self, wait: float) -> None:
        with contextlib.suppress(TimeoutError):
            # who reads before it may take long
            async with asyncio.timeout(wait):
                status = await self._status()
                if (status != self._said or self._owed) and self._to.tell(*self._owed, f"STATUS={status}"):
                    self._owed, self._said = (), status

    async def _insisted(self, tell: Callable[[], bool]) -> bool:
        """Try again while the manager is busy with others; the loop goes on meanwhile. False: it has no ear for us."""
        for _ in range(round(PATIENCE / MOMENT)):
            if tell():
                return True
            await asyncio.sleep(MOMENT)
        return False

    async def _sign(self, patience: float, *, wait: float) -> None:
        why = await self._unwritten(patience, wait) or self._rounds.overdue(tick=patience)
        if why is None:
            self._to.tell("WATCHDOG=1")
            if self._why is not None:
                log.info("The watchdog gets its signs of life again")
        elif self._why is None:
            log.error("No sign of life for the watchdog: %s", why)
        self._why = why

    async def _unwritten(self, patience: float, wait: float) -> str | None:
        """Say that no transaction of nothing, behind all that waits to be written, ended lately; None: one did, well or not."""
        if self._writing is None:
            self._writing = asyncio.create_task(self._write(), name="probe")
        await asyncio.wait((self._writing,), timeout=wait)
        if self._writing.done():
            self._writing = None
        late = asyncio.get_running_loop().time() - self._written_at
        return f"nothing was committed for {patience:g} s" if late > patience else None

    async def _write(self) -> None:
        with contextlib.suppress(StoreError):
            await self._rounds.line.store.write(_nothing)
        self._written_at = asyncio.get_running_loop().time()

    async def _status(self) -> str:
        try:
            feeds, answering = await self._rounds.line.store.read(lambda store: store.answering())
        except StoreError as error:
            return one_line(str(error), LONGEST)
        said = [f"Polling {feeds} feeds" if feeds != 1 else "Polling 1 feed"]
        said += [f"{feeds - answering} failing"] if feeds > answering else []
        said += [f"next digest {due}"] if (due := _next_digest(self._config(), self._rounds.line.now())) else []
        status = "; ".join(said)
        if self._rounds.fault:
            status = f"Polling rests: {one_line(self._rounds.fault, LONGEST)}"
        return f"{_refusal(self.refused)}; {status}" if self.refused else status


def _refusal(fault: str) -> str:
    first, *more = fault.splitlines()
    besides = f" (and {len(more)} more)" if more else ""
    return f"config.toml refused: {one_line(first, LONGEST)}{besides}"


def _next_digest(config: Config, now: datetime) -> str:
    periods = [next_due(plan, config.timezone, now) for plan in config.plans]
    first = min((period.at for period in periods if period), default=None)
    if first is None:
        return ""
    zone = ZoneInfo(config.timezone)
    at = first.astimezone(zone)
    return f"{at:%H:%M}" if at.date() == now.astimezone(zone).date() else f"{at:%a %H:%M}"


def _nothing(_: Writing) -> None:
    """Write nothing: what is committed is the transaction itself."""
