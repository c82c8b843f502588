"""The ticking of the daemon: jobs run at their pace, whatever the wall clock is set to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from monitor.schedule import Every, Schedule, _Steady

SOON = timedelta(milliseconds=50)
NEVER = timedelta(days=7)
DEADLINE = 20.0

times = st.integers(0, 2**33).map(lambda second: datetime.fromtimestamp(second, UTC))
intervals = st.timedeltas(min_value=timedelta(milliseconds=1), max_value=timedelta(days=400))


class Counter:
    """A job that counts its starts, and lets a test wait for them."""

    def __init__(self) -> None:
        self.starts = 0
        self._started = asyncio.Condition()

    async def job(self) -> None:
        async with self._started:
            self.starts += 1
            self._started.notify_all()

    async def more(self, count: int = 1) -> None:
        wanted = self.starts + count
        async with asyncio.timeout(DEADLINE), self._started:
            await self._started.wait_for(lambda: self.starts >= wanted)


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """Give the wall clock into the test's hands; the loop's own goes on as ever."""
    with time_machine.travel(datetime.now(UTC), tick=True) as coordinates:
        yield coordinates


async def test_a_job_runs_again_and_again() -> None:
    counter = Counter()
    schedule = Schedule(Every(name="often", interval=SOON, job=counter.job))
    schedule.start()
    await counter.more(3)
    schedule.stop()


@pytest.mark.parametrize("seconds", [-3600, -86400 * 3650, 3600, 86400 * 365, 86400 * 36500])
async def test_l09_jobs_go_on_where_the_clock_is_set(clock: time_machine.Coordinates, seconds: int) -> None:
    often, seldom = Counter(), Counter()
    told: list[float] = []
    jobs = (Every(name="often", interval=SOON, job=often.job), Every(name="seldom", interval=NEVER, job=seldom.job))
    schedule = Schedule(*jobs, jumped=told.append)
    schedule.start()
    await often.more(2)
    clock.shift(seconds)
    # nobody waits a week for the upkeep because of a clock
    await seldom.more()
    while not told:
        await often.more()
    await often.more(3)
    schedule.stop()
    # forward it may be due on its own at first; what was missed is never made up for start by start
    assert seldom.starts <= 2
    assert told == [pytest.approx(seconds, abs=4)]


async def test_a_clock_that_is_put_right_by_a_little_is_no_jump(clock: time_machine.Coordinates) -> None:
    often, seldom = Counter(), Counter()
    told: list[float] = []
    jobs = (Every(name="often", interval=SOON, job=often.job), Every(name="seldom", interval=NEVER, job=seldom.job))
    schedule = Schedule(*jobs, jumped=told.append)
    schedule.start()
    await often.more()
    clock.shift(-1)
    # the clock is looked at once a second, so that it was looked at in the meantime
    await often.more(5)
    clock.shift(3)
    await often.more(30)
    schedule.stop()
    assert (seldom.starts, told) == (0, [])


async def test_a_job_that_still_runs_is_not_started_twice(clock: time_machine.Coordinates) -> None:
    often = Counter()
    running = 0
    most = 0

    async def slow() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.Event().wait()

    schedule = Schedule(Every(name="slow", interval=SOON, job=slow), Every(name="often", interval=SOON, job=often.job))
    schedule.start()
    await often.more(3)
    clock.shift(3600)
    await often.more(30)
    schedule.stop()
    assert most == 1


async def test_a_schedule_that_never_started_can_be_stopped() -> None:
    Schedule(Every(name="often", interval=SOON, job=Counter().job)).stop()


async def test_nothing_is_left_of_a_schedule_that_was_stopped_twice() -> None:
    before = asyncio.all_tasks()
    troubles: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, trouble: troubles.append(trouble))
    counter = Counter()
    schedule = Schedule(Every(name="often", interval=SOON, job=counter.job))
    schedule.start()
    await counter.more()
    schedule.stop()
    schedule.stop()
    for _ in range(100):
        await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
    assert not troubles


async def test_a_job_may_be_part_of_a_coroutine_function() -> None:
    counter = Counter()
    schedule = Schedule(Every(name="often", interval=SOON, job=partial(partial(counter.more, 0))))
    schedule.start()
    schedule.stop()


def test_a_job_that_nobody_would_await_is_refused() -> None:
    async def job() -> None:
        pass

    def plain() -> Awaitable[None]:
        return job()

    for wrong in (plain, partial(plain)):
        with pytest.raises(TypeError, match="the job wrong is no coroutine function"):
            Every(name="wrong", interval=SOON, job=wrong)


@pytest.mark.parametrize("interval", [timedelta(), timedelta(seconds=-1)])
def test_a_job_without_a_pause_is_refused(interval: timedelta) -> None:
    async def job() -> None:
        pass

    with pytest.raises(ValueError, match="no time between its starts"):
        Every(name="wild", interval=interval, job=job)


@given(st.none() | times, times, intervals)
def test_the_next_start_is_ahead_and_never_further_than_one_interval(
    previous: datetime | None, now: datetime, interval: timedelta
) -> None:
    following = _Steady(interval).get_next_fire_time(previous, now)
    assert now < following <= now + interval
    if previous and now - interval < previous <= now:
        assert following == previous + interval
