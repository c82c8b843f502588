"""When the jobs run: the only door to APScheduler. It only ticks; every due time lives in the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

Job = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """A job and the time between two of its starts. One that is still running when it is due again is not started twice."""

    name: str
    interval: timedelta
    job: Job


class Schedule:
    """Runs a handful of jobs on the running asyncio loop."""

    def __init__(self, *jobs: Every) -> None:
        """Take the jobs; nothing runs before `start`."""
        # the default grace of one second drops work, and one tick makes up for all that were missed
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        for each in jobs:
            self._scheduler.add_job(each.job, "interval", seconds=each.interval.total_seconds(), id=each.name, name=each.name)

    def start(self) -> None:
        """Start ticking."""
        self._scheduler.start()

    def stop(self) -> None:
        """Start no more jobs; what runs goes on."""
        self._scheduler.shutdown(wait=False)
