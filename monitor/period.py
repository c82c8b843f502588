"""A plan and a clock reading → the periods that are due, and the windows of the digests that are owed. Touches only zone data.

Local times are named as the wall clock shows them (*nominal*), whatever the zone then does with that hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim

from monitor.model import DigestPlan, PlanLife

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
MOST = 100
"""So many digests are owed at once at most: a clock that is wrong by a year must not make thousands."""
LATE = timedelta(minutes=5)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One nominal local time at which a digest is due: its name, "2026-11-23T06:00", and when that is, in UTC."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A digest that should be there by now: its period, and what it tells of. ``late``: made later than it should have been."""

    period: Period
    start: datetime
    stop: datetime
    late: bool


def owed(plan: DigestPlan, timezone: str, life: PlanLife, *, now: datetime) -> tuple[Owed, ...]:
    """Give the digests that are not there and should be, oldest first, MOST at most: one for each period since the last.

    The windows follow each other from where the last one ended; each ends at its own hour, that of the newest now. What was due
    before the plan was there was not missed; of what was due before it had these times, the newest counts alone.
    """
    # what lies ahead was written under a clock that ran wrong
    added_at = life.added_at if life.added_at <= now else _EVER
    missed = [period for period in _missed(plan, timezone, life.told_to or added_at - _MINUTE, now=now) if period.at >= added_at]
    old = [period for period in missed if period.at < min(life.since, now)]
    periods = (old[-1:] + missed[len(old) :])[-MOST:]
    if not periods:
        return ()
    starts = [_start(plan, timezone, life, periods[0]), *(period.at for period in periods[:-1])]
    stops = [*(period.at for period in periods[:-1]), now]
    return tuple(
        Owed(period=period, start=start, stop=stop, late=period is not periods[-1] or now - period.at > LATE)
        for period, start, stop in zip(periods, starts, stops, strict=True)
    )


def last_due(plan: DigestPlan, timezone: str, now: datetime) -> Period | None:
    """Give the newest period that is due at ``now``; None where the plan names no time, or none that ever was.

    A time that the clocks skip is due at the first instant after the gap; one that comes twice, at the first. Nominal times
    that a gap pushes onto one instant are one period, named for the last of them. ``timezone``: an IANA name.
    """
    zone = ZoneInfo(timezone)
    found = [period for line in _cron_lines(plan) for period in _last(line, zone, now)]
    return max(found, key=_order, default=None)


def next_due(plan: DigestPlan, timezone: str, now: datetime) -> Period | None:
    """Give the first period that is due after ``now``, told as in ``last_due``; None where there will be none."""
    zone = ZoneInfo(timezone)
    found = [period for line in _cron_lines(plan) for period in _next(line, zone, now)]
    first = min((period.at for period in found), default=None)
    return max((period for period in found if period.at == first), key=_order, default=None)


def times(plan: DigestPlan, timezone: str) -> str:
    """Give when a digest is made, in words that change when that does: its times, or its cron line, and the zone."""
    return f"{plan.cron or ' '.join(plan.at)} {timezone}"


def next_of(words: str, now: datetime) -> datetime | None:
    """Give when a digest is due next whose times are known by the words of `times` alone; None as in ``next_due``."""
    when, timezone = words.rsplit(" ", 1)
    # a time of day has a colon, and no part of a cron line has
    at, cron = (tuple(when.split()), None) if ":" in when else ((), when)
    period = next_due(DigestPlan(at=at, cron=cron, formats=(), send=(), directory=""), timezone, now)
    return period.at if period else None


def _start(plan: DigestPlan, timezone: str, life: PlanLife, first: Period) -> datetime:
    """Give where the window of the first digest that is owed begins: where the last one ended, or as long ago as a period is."""
    if life.told_to and life.told_to >= life.added_at:
        return life.told_to
    before = last_due(plan, timezone, first.at - _MINUTE)
    known = [moment for moment in (life.told_to or life.first_run, before.at if before else None) if moment and moment < first.at]
    return max(known, default=first.at - _DAY)


def _missed(plan: DigestPlan, timezone: str, after: datetime, *, now: datetime) -> list[Period]:
    """Give the newest periods that were due later than ``after`` and up to now, oldest first; MOST at most."""
    zone = ZoneInfo(timezone)
    found = [period for line in _cron_lines(plan) for period in islice(_back(line, zone, now, after=after), MOST)]
    # of those at one instant the last one's name stays
    return list({period.at: period for period in sorted(found, key=_order)}.values())[-MOST:]


def _order(period: Period) -> tuple[datetime, str]:
    return period.at, period.name


def _cron_lines(plan: DigestPlan) -> tuple[str, ...]:
    """Give the plan's times as cron lines: "06:30" is "30 6 * * *"."""
    hours = (time.split(":") for time in plan.at)
    times = tuple(f"{int(minute)} {int(hour)} * * *" for hour, minute in hours)
    return (*times, plan.cron) if plan.cron else times


def _last(line: str, zone: ZoneInfo, now: datetime) -> Iterator[Period]:
    return islice(_back(line, zone, now, after=_EVER), 1)


def _back(line: str, zone: ZoneInfo, now: datetime, *, after: datetime) -> Iterator[Period]:
    """Give the periods of one line that were due up to now, and later than ``after``, newest first."""
    # cronsim is given the naive wall clock: on zoned times it drops what the clocks skip, or tells it under another name
    named: datetime | None = None
    for nominal in CronSim(line, _latest_shown(now, zone) + _MINUTE, reverse=True):
        at = _instant(nominal, zone)
        if at <= after:
            return
        if at <= now and at != named:
            named = at
            yield Period(name=nominal.isoformat(timespec="minutes"), at=at)


def _next(line: str, zone: ZoneInfo, now: datetime) -> Iterator[Period]:
    first: datetime | None = None
    for nominal in CronSim(line, _wall_clock(now, zone) - _MINUTE):
        at = _instant(nominal, zone)
        if first is not None and at > first:
            return
        if at > now:
            first = at
            yield Period(name=nominal.isoformat(timespec="minutes"), at=at)


def _wall_clock(now: datetime, zone: ZoneInfo) -> datetime:
    return now.astimezone(zone).replace(tzinfo=None)


def _latest_shown(now: datetime, zone: ZoneInfo) -> datetime:
    """Give the latest local time that the wall clock has shown: it is shown again once the clock was set back."""
    here, yesterday = now.astimezone(zone).utcoffset(), (now - _DAY).astimezone(zone).utcoffset()
    assert here is not None
    assert yesterday is not None
    return _wall_clock(now, zone) + max(yesterday - here, timedelta())


def _instant(nominal: datetime, zone: ZoneInfo) -> datetime:
    """Give when a wall clock first shows this time, or, where it never does, the first instant after the gap."""
    real = nominal
    while (at := real.replace(tzinfo=zone).astimezone(UTC)).astimezone(zone).replace(tzinfo=None) != real:
        real += _MINUTE
    return at
