"""A plan and a clock reading → the period that is due. Touches only zone data.

Local times are named as the wall clock shows them (*nominal*), whatever the zone then does with that hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from monitor.model import DigestPlan

# Nominal times run in step with real ones, but for less than a day round a change of the clocks.
_MARGIN = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One nominal local time at which a digest is due: its name, "2026-11-23T06:00", and when that is, in UTC."""

    name: str
    at: datetime


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


def _order(period: Period) -> tuple[datetime, str]:
    return period.at, period.name


def _cron_lines(plan: DigestPlan) -> tuple[str, ...]:
    """Give the plan's times as cron lines: "06:30" is "30 6 * * *"."""
    hours = (time.split(":") for time in plan.at)
    times = tuple(f"{int(minute)} {int(hour)} * * *" for hour, minute in hours)
    return (*times, plan.cron) if plan.cron else times


def _last(line: str, zone: ZoneInfo, now: datetime) -> Iterator[Period]:
    # cronsim is given the naive wall clock: on zoned times it drops what the clocks skip, or tells it under another name
    for nominal in CronSim(line, _wall_clock(now, zone) + _MARGIN, reverse=True):
        at = _instant(nominal, zone)
        if at <= now:
            yield Period(name=nominal.isoformat(timespec="minutes"), at=at)
            return


def _next(line: str, zone: ZoneInfo, now: datetime) -> Iterator[Period]:
    first: datetime | None = None
    for nominal in CronSim(line, _wall_clock(now, zone) - _MARGIN):
        at = _instant(nominal, zone)
        if first is not None and at > first:
            return
        if at > now:
            first = at
            yield Period(name=nominal.isoformat(timespec="minutes"), at=at)


def _wall_clock(now: datetime, zone: ZoneInfo) -> datetime:
    return now.astimezone(zone).replace(tzinfo=None)


def _instant(nominal: datetime, zone: ZoneInfo) -> datetime:
    """Give when a wall clock first shows this time, or, where it never does, the first instant after the gap."""
    real = nominal
    while (at := real.replace(tzinfo=zone).astimezone(UTC)).astimezone(zone).replace(tzinfo=None) != real:
        real += _MINUTE
    return at
