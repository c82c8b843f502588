"""Digest periods over clocks that jump."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import (
    DigestPlan,
)
from monitor.period import Period, last_due, next_due

ZONES = [
    "Europe/Berlin",
    "Asia/Beirut",
    "Africa/Cairo",
    "America/Santiago",
    "Australia/Lord_Howe",
    "America/Havana",
    "UTC",
]
HOUR = timedelta(hours=1)


def plan(*at: str, cron: str | None = None) -> DigestPlan:
    return DigestPlan(at=at, cron=cron, formats=("html",), send=(), directory="/srv/digest")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def two_years_of_hours(zone: str) -> list[datetime]:
    """Give every hour for a day round a change of the clocks, and every twelfth in between."""
    first = utc("2025-01-01T00:07")
    hours = [first + hour * HOUR for hour in range(2 * 365 * 24)]
    return [now for hour, now in enumerate(hours) if hour % 12 == 0 or is_near_a_change(now, ZoneInfo(zone))]


def is_near_a_change(now: datetime, zone: ZoneInfo) -> bool:
    return len({(now + side * 30 * HOUR).astimezone(zone).utcoffset() for side in (-1, 1)}) == 2


def nominal_times(*at: str, days: int = 2 * 365) -> list[str]:
    first = datetime.fromisoformat("2025-01-03")
    return [f"{first + timedelta(days=day):%Y-%m-%d}T{time}" for day in range(days - 5) for time in sorted(at)]


@pytest.mark.untraced
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", [("00:00", "12:00"), ("02:30",)])
def test_every_nominal_local_time_is_due_exactly_once(zone: str, at: tuple[str, ...]) -> None:
    due = [last_due(plan(*at), zone, now) for now in two_years_of_hours(zone)]
    fresh = [after.name for before, after in pairwise(due) if before and after and before != after]
    assert len(fresh) == len(set(fresh))
    wanted = nominal_times(*at)
    first = fresh.index(wanted[0])
    assert fresh[first : first + len(wanted)] == wanted


@pytest.mark.untraced
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", ["00:00", "02:30"])
def test_stepping_from_one_period_to_the_next_leaves_none_out(zone: str, at: str) -> None:
    now = utc("2025-01-02T00:00")
    names = []
    for _ in range(2 * 365):
        period = next_due(plan(at), zone, now)
        assert period is not None
        assert period.at > now
        assert last_due(plan(at), zone, period.at) == period
        assert last_due(plan(at), zone, period.at - timedelta(seconds=1)) != period
        names.append(period.name)
        now = period.at
    wanted = nominal_times(at)
    first = names.index(wanted[0])
    assert names[first : first + len(wanted) - 10] == wanted[:-10]


@pytest.mark.parametrize(
    ("zone", "nominal", "at"),
    [
        ("Asia/Beirut", "2026-03-29T00:00", "2026-03-28T22:00"),  # the clock goes from 00:00 to 01:00
        ("Africa/Cairo", "2026-04-24T00:00", "2026-04-23T22:00"),
        ("America/Santiago", "2026-09-06T00:00", "2026-09-06T04:00"),
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00"),  # 02:00 to 03:00
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),  # twice; the first, at UTC+2
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"),  # half an hour: 02:00 to 02:30
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45"),
        ("UTC", "2026-03-29T02:30", "2026-03-29T02:30"),
    ],
)
def test_l10_a_skipped_time_is_due_right_after_the_gap_and_a_double_one_at_its_first(zone: str, nominal: str, at: str) -> None:
    wanted = Period(name=nominal, at=utc(at))
    times = plan(nominal[-5:])
    assert last_due(times, zone, wanted.at) == wanted
    assert next_due(times, zone, wanted.at - timedelta(minutes=1)) == wanted


def test_times_that_a_gap_pushes_onto_one_instant_are_one_period() -> None:
    times = plan("02:15", "02:45")
    gap_end = utc("2026-03-29T01:00")
    wanted = Period(name="2026-03-29T02:45", at=gap_end)
    assert last_due(times, "Europe/Berlin", gap_end) == wanted
    assert next_due(times, "Europe/Berlin", gap_end - HOUR) == wanted


@pytest.mark.untraced
@pytest.mark.parametrize("zone", ZONES)
def test_a_cron_line_is_due_once_on_each_of_its_days(zone: str) -> None:
    due = [last_due(plan(cron="30 2 * * mon-fri"), zone, now) for now in two_years_of_hours(zone)]
    fresh = [after.name for before, after in pairwise(due) if before and after and before != after]
    wanted = [name for name in nominal_times("02:30") if datetime.fromisoformat(name).weekday() < 5]
    first = fresh.index(wanted[0])
    assert fresh[first : first + len(wanted)] == wanted


def test_an_hourly_cron_line_is_one_period_an_hour_of_the_wall_clock() -> None:
    night = utc("2026-10-24T23:00")
    due = [last_due(plan(cron="0 * * * *"), "Europe/Berlin", night + hour * HOUR) for hour in range(5)]
    names = [period.name[-5:] for period in due if period]
    assert names == ["01:00", "02:00", "02:00", "03:00", "04:00"]


def test_a_plan_without_a_time_is_never_due() -> None:
    assert last_due(plan(), "UTC", utc("2026-11-23T06:00")) is None
    assert next_due(plan(), "UTC", utc("2026-11-23T06:00")) is None


def test_times_and_a_cron_line_stand_beside_each_other() -> None:
    both = plan("06:00", cron="0 12 * * *")
    names = [last_due(both, "UTC", utc(f"2026-11-23T{hour}:30")) for hour in ("07", "13")]
    assert [period.name for period in names if period] == ["2026-11-23T06:00", "2026-11-23T12:00"]


@settings(max_examples=150)
@given(
    now=st.datetimes(
        min_value=datetime.fromisoformat("2015-01-01"), max_value=datetime.fromisoformat("2035-01-01"), timezones=st.just(UTC)
    ),
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
)
def test_the_last_period_is_past_the_next_is_to_come_and_none_lies_between(
    now: datetime, zone: str, hour: int, minute: int
) -> None:
    times = plan(f"{hour:02}:{minute:02}")
    last, coming = last_due(times, zone, now), next_due(times, zone, now)
    assert last is not None
    assert coming is not None
    assert last.at <= now < coming.at
    assert next_due(times, zone, last.at) == coming
    dates = [datetime.fromisoformat(period.name).date() for period in (last, coming)]
    assert dates[1] - dates[0] == timedelta(days=1)
    local = coming.at.astimezone(ZoneInfo(zone))
    assert local.replace(tzinfo=None).isoformat(timespec="minutes") >= coming.name
