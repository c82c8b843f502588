"""When the jobs run: the only door to APScheduler. It only ticks; every due time lives in the database."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

Job = Callable[[], Awaitable[None]]

LOOK = 1.0
"""Seconds between two looks at the wall clock."""
JUMP = 5.0
"""Seconds that the wall clock may gain or lose between two looks before it counts as set, and not as corrected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """A job and the time between two of its starts. One that is still running when it is due again is not started twice.

    Raises TypeError where the job is neither a coroutine function nor a functools.partial of one, ValueError where the time
    between two starts is none.
    """

    name: str
    interval: timedelta
    job: Job

    def __post_init__(self) -> None:
        """Refuse what would never run, or never let go."""
        # APScheduler calls anything else in a thread, where nobody would await what it gives
        if not inspect.iscoroutinefunction(self.job):
            raise TypeError(f"the job {self.name} is no coroutine function")
        if self.interval <= timedelta():
            raise ValueError(f"the job {self.name} has no time between its starts")


class Schedule:
    """Runs a handful of jobs on the running asyncio loop, whatever the wall clock does."""

    def __init__(self, *jobs: Every, jumped: Callable[[float], None] | None = None) -> None:
        """Take the jobs; nothing runs before `start`.

        ``jumped`` is told by how many seconds the wall clock was set (below 0: back), once a jump.
        """
        self._jumped = jumped
        self._watching: asyncio.Task[None] | None = None
        # the default grace of one second drops work, and one tick makes up for all that were missed
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        for each in jobs:
            self._scheduler.add_job(each.job, _Steady(each.interval), id=each.name, name=each.name)

    def start(self) -> None:
        """Start ticking: every job for the first time one interval from now."""
        self._scheduler.start()
        self._watching = asyncio.create_task(self._watch(), name="clock")

    def stop(self) -> None:
        """Start no more jobs, and cancel those under way. Does nothing where nothing was started."""
        if self._watching is None:
            return
        self._watching.cancel()
        self._watching = None
        self._scheduler.shutdown(wait=False)

    async def _watch(self) -> None:
        """Compare the wall clock, by which APScheduler ticks, with the loop's own, which nobody can set."""
        loop = asyncio.get_running_loop()
        apart = time.time() - loop.time()
        while True:
            await asyncio.sleep(LOOK)
            before, apart = apart, time.time() - loop.time()
            if abs(apart - before) > JUMP:
                self._make_due()
                if self._jumped:
                    self._jumped(apart - before)

    def _make_due(self) -> None:
        now = datetime.now(UTC)
        for job in self._scheduler.get_jobs():
            self._scheduler.modify_job(job.id, next_run_time=now)


class _Steady(BaseTrigger):  # type: ignore[misc]  # APScheduler ships no types
    """A start every interval, none of them in the past.

    APScheduler's own trigger names every start that was missed, one by one: 31 million of them where a clock that was a year
    behind is set right.
    """

    __slots__ = ("_interval",)

    def __init__(self, interval: timedelta) -> None:
        self._interval = interval

    def __str__(self) -> str:
        return f"every {self._interval}"

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """Give the next start: after ``now``, and at most one interval after it. Both times are aware."""
        latest = now + self._interval
        following = previous + self._interval if previous else latest
        return following if now < following < latest else latest
