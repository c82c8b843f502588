"""What is due → tasks under way: polls, pages to read, messages to send. A fault in one of them ends nothing else."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from monitor.claim import A_HOST, claimed
from monitor.errors import StoreError
from monitor.model import ChannelId, FeedId, ItemId
from monitor.pipeline import LEASE, Line, poll, read, reread, tell
from monitor.rest import Rest
from monitor.store import Reading
from monitor.url import place

log = logging.getLogger("monitor")

POLLS = 200
"""So many polls are under way at once at most; the door lets [fetch] at_once of them out."""
READS = 48
REREADS = 24
"""Pages are read again only while no more than so many are read at all."""
LOOKED_AT = 2000
"""So many that are due are looked at in one tick, to find hosts that are free."""
PROBES = 3
"""So many feeds are asked at once while no network is there."""
A_FEED = 32
"""So many pages of one feed are looked at for being due."""
GRACE = 3.0
"""Seconds that polls and deliveries under way have to finish, once the monitor is told to stop."""
SLACK = 900.0
"""Seconds that a poll or a page may take beside all turns at the door: pauses, robots.txt, slow readers, the writer."""


class Rounds:
    """What is under way on a line, and what is begun of what is due."""

    def __init__(self, line: Line) -> None:
        """Begin nothing yet."""
        self.line = line
        self.polling: dict[FeedId, asyncio.Task[None]] = {}
        self.reading: dict[ItemId, asyncio.Task[None]] = {}
        self.telling: dict[ChannelId, asyncio.Task[None]] = {}
        self.rest = Rest(line)
        self._begun: dict[asyncio.Task[None], float] = {}
        self._ticked_at = asyncio.get_running_loop().time()

    async def end(self) -> None:
        """Let what is under way finish for GRACE seconds, and cancel the rest."""
        tasks = {*self.polling.values(), *self.reading.values(), *self.telling.values()}
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    @property
    def fault(self) -> str | None:
        """Why polling rests: what the database said when it could not be written; None: it can."""
        return self.rest.fault

    @property
    def since_tick(self) -> timedelta:
        """How long ago the last tick ended."""
        return timedelta(seconds=asyncio.get_running_loop().time() - self._ticked_at)

    def overdue(self, *, tick: float) -> str | None:
        """Say what is past its deadline; None: nothing is. ``tick``: so many seconds ago the last one ended, at most."""
        now = asyncio.get_running_loop().time()
        if now - self._ticked_at > tick:
            return f"no tick ended for {now - self._ticked_at:.0f} s"
        rules = self.line.setup.config.fetch
        # before its own turn at the door all the others may have theirs, and each its whole time
        longest = rules.timeout.total_seconds() * (1 + (POLLS + READS + REREADS) / rules.at_once) + SLACK
        late = [(task.get_name(), now - since) for task, since in self._begun.items() if now - since > longest]
        late += [(id, now - since) for id, since in self.line.sending.items() if now - since > LEASE.total_seconds()]
        return f"what was begun at {late[0][0]} has not ended for {late[0][1]:.0f} s" if late else None

    def woke(self) -> None:
        """Count from now on: neither the machine nor this process ran for a while, and nothing could end."""
        now = self._ticked_at = asyncio.get_running_loop().time()
        self._begun = dict.fromkeys(self._begun, now)
        self.line.sending.update(dict.fromkeys(self.line.sending, now))

    async def tick(self) -> None:
        """Begin the polls that are due, and the reading of pages, as far as there is room. Raises StoreError."""
        try:
            await self._tick()
        except StoreError:
            # it ended: whether the database can be written or not is another question
            self._ticked_at = asyncio.get_running_loop().time()
            raise
        self._ticked_at = asyncio.get_running_loop().time()

    async def _tick(self) -> None:
        if self.rest.polls_rest():
            return
        await self.rest.look(min(self._begun.values(), default=math.inf))
        busy, resting = await self.line.store.read(lambda store: store.resting_hosts(self.line.now()))
        is_down = self.line.network.is_down
        free = (PROBES if is_down or self.fault else POLLS) - len(self.polling)
        if free > 0:
            states = await self.line.store.read(lambda store: store.due_feeds(self.line.now(), LOOKED_AT, each=2 * A_HOST))
            unclaimed = [(place(state.feed.url), state) for state in states if state.feed.id not in self.polling]
            for state in claimed(unclaimed, _hosts(self.polling), free, resting=busy):
                self._start(self.polling, state.feed.id, place(state.feed.url), poll(self.line, state))
        # what was never read goes first
        for ask, job, most in (
            (Reading.due_articles, read, PROBES if is_down else READS),
            (Reading.due_rereads, reread, 0 if is_down else REREADS),
        ):
            if (free := most - len(self.reading)) > 0:
                items = await self.line.store.read(partial(ask, now=self.line.now(), limit=LOOKED_AT, each=A_FEED))
                waiting = [(place(item.link or ""), item) for item in items if item.id not in self.reading]
                for item in claimed(waiting, _hosts(self.reading), free, resting=resting):
                    self._start(self.reading, item.id, place(item.link or ""), job(self.line, item))

    async def tell(self) -> None:
        """Let every channel that is free take what is due for it."""
        if self.rest.messages_rest:
            return
        for channel in self.line.setup.channels.values():
            if channel.id not in self.telling:
                self._start(self.telling, channel.id, channel.id, tell(self.line, channel))

    def _start(self, running: dict[Any, asyncio.Task[None]], key: object, name: str, job: Coroutine[Any, Any, Any]) -> None:
        task = self.spawn(job, name)
        running[key] = task
        task.add_done_callback(lambda _: running.pop(key, None))
        if running is not self.telling:
            # a channel may have much to send; each message has a deadline of its own
            self._begun[task] = asyncio.get_running_loop().time()
            task.add_done_callback(lambda task: self._begun.pop(task, None))

    def spawn(self, job: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[None]:
        """Begin a job of which nobody waits for the end."""
        return asyncio.create_task(self.guard(job), name=name)

    async def guarded(self, job: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do a job as `guard` does."""
        await self.guard(job())

    async def guard(self, job: Coroutine[Any, Any, Any]) -> None:
        """Wait for a job whose faults are said and end nothing; polling rests while nothing can be stored."""
        try:
            await job
        except StoreError as error:
            self.rest.met(error)
        except Exception:
            log.exception("a fault of the monitor itself; it goes on")


def _hosts(under_way: dict[Any, asyncio.Task[None]]) -> Iterator[str]:
    """Give whose the tasks are: each bears the name of its host."""
    return (task.get_name() for task in under_way.values())
