"""Whether a feed that answers is silent: beside its own rhythm, its own pauses, and how long it is known."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.cadence import counted
from monitor.health import Silence, seems_silent, silence
from monitor.model import Heard, Rhythm

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SUNDAY = datetime(2026, 11, 22, 15, tzinfo=UTC)
"""The clock of all these tests: an afternoon."""
BEGAN = SUNDAY - 60 * DAY

Rate = Callable[[datetime], bool]


def each_hour(_: datetime) -> bool:
    return True


def on_weekdays(at: datetime) -> bool:
    """Each hour of a newsroom's day, Monday to Friday."""
    return at.weekday() < 5 and 8 <= at.hour < 17


def at_eight(at: datetime) -> bool:
    return at.hour == 8


def heard(brings: Rate, *, stopped: datetime, now: datetime = SUNDAY, began: datetime = BEGAN, items: int = 1) -> Heard:
    """Give what is known of a feed that brought items at ten past its hours, up to when it stopped."""
    hours = [began.replace(minute=10) + number * HOUR for number in range(int((now - began) / HOUR))]
    news = [at for at in hours if brings(at) and at <= stopped]
    rhythm = Rhythm()
    for at in news:
        rhythm = counted(rhythm, [at] * items, now=at)
    return Heard(
        rhythm=rhythm,
        hours=tuple(int(at.timestamp()) // 3600 for at in news),
        items=items * len(news),
        newest_at=news[-1],
        since=began,
        until=now,
    )


def judged(known: Heard) -> Silence | None:
    """Judge as the digest does: what the rhythm does not make suspect is not looked into."""
    return silence(known) if seems_silent(known.rhythm, known.until) else None


def test_an_hourly_feed_that_stopped_nine_hours_ago_is_silent() -> None:
    found = judged(heard(each_hour, stopped=SUNDAY - 9 * HOUR))
    assert found
    assert (found.since, found.longest) == (SUNDAY - 10 * HOUR + timedelta(minutes=10), HOUR)
    assert 8 <= found.items <= 10
    assert found.known == pytest.approx(timedelta(weeks=8), abs=DAY)
    assert judged(heard(each_hour, stopped=SUNDAY - 3 * HOUR)) is None


def test_so_many_items_are_missing_as_usually_come_in_such_a_time() -> None:
    found = judged(heard(each_hour, stopped=SUNDAY - 9 * HOUR, items=7))
    assert found
    assert 56 <= found.items <= 70


def test_a_feed_of_weekdays_is_not_silent_on_sunday_nor_on_monday_morning_but_on_tuesday() -> None:
    friday = SUNDAY - 2 * DAY + 2 * HOUR
    assert judged(heard(on_weekdays, stopped=friday)) is None
    assert judged(heard(on_weekdays, stopped=friday, now=SUNDAY + 17 * HOUR)) is None
    monday_evening = SUNDAY + 28 * HOUR
    found = judged(heard(on_weekdays, stopped=friday, now=monday_evening))
    assert found
    # it may as well be a public holiday
    assert found.sure == "probable"
    assert found.longest == 64 * HOUR
    a_week_on = judged(heard(on_weekdays, stopped=friday, now=SUNDAY + 8 * DAY))
    assert a_week_on
    assert a_week_on.sure == "certain"


def test_a_daily_feed_is_silent_when_it_has_been_left_out_some_days_and_not_after_one() -> None:
    after = {days: judged(heard(at_eight, stopped=SUNDAY - days * DAY)) for days in (1, 2, 3, 4, 5)}
    assert after[1] is None
    assert after[2] is None
    assert after[5]
    assert after[5].items == 5


@pytest.mark.parametrize(("known", "hours", "is_silent"), [(13, 200, False), (27, 5, False), (27, 30, True), (29, 5, True)])
def test_a_young_feed_is_judged_with_caution_or_not_at_all(known: int, hours: int, *, is_silent: bool) -> None:
    found = judged(heard(each_hour, stopped=SUNDAY - hours * HOUR, began=SUNDAY - known * DAY))
    assert (found is not None) == is_silent


def test_time_in_which_a_feed_could_not_be_seen_is_no_silence() -> None:
    known = heard(each_hour, stopped=SUNDAY - 9 * HOUR)
    last = int(SUNDAY.timestamp()) // 3600
    assert judged(known)
    assert judged(replace(known, unseen=((last - 9, last - 1),))) is None
    # nor is it one to compare with
    stopped_in_between = heard(lambda at: not 60 <= (SUNDAY - at) / HOUR < 120, stopped=SUNDAY - 9 * HOUR)
    assert judged(stopped_in_between) is None
    unseen = replace(stopped_in_between, unseen=((last - 120, last - 60),))
    found = judged(unseen)
    assert found
    assert found.longest
    assert found.longest <= 2 * HOUR


def test_a_feed_that_paused_for_as_long_before_is_not_silent() -> None:
    assert judged(heard(lambda at: not 100 <= (SUNDAY - at) / HOUR < 110, stopped=SUNDAY - 9 * HOUR)) is None


def test_bursts_are_counted_by_the_hours_that_have_any() -> None:
    luck = random.Random(7)
    moments = {BEGAN + luck.uniform(0, 60) * DAY for _ in range(90)}
    busy = {at.replace(minute=10, second=0, microsecond=0) for at in moments}
    newest = max(busy)
    known = heard(lambda at: at in busy, stopped=SUNDAY, items=50)
    assert judged(replace(known, until=newest + 30 * HOUR)) is None
    found = judged(replace(known, until=newest + 400 * HOUR))
    assert found
    assert found.items > 500


def test_a_weekly_feed_is_silent_after_weeks_and_is_called_so_for_as_long_as_it_is() -> None:
    def on_tuesdays(at: datetime) -> bool:
        return at.weekday() == 1 and at.hour == 10

    long_known = SUNDAY - 300 * DAY
    assert judged(heard(on_tuesdays, stopped=SUNDAY - 12 * DAY, began=long_known)) is None
    for weeks in (5, 12, 30):
        found = judged(heard(on_tuesdays, stopped=SUNDAY - weeks * 7 * DAY, began=long_known))
        assert found, weeks
        assert abs(found.items - weeks) <= 1


def test_a_feed_whose_past_was_deleted_is_still_silent_by_its_rhythm() -> None:
    known = replace(heard(each_hour, stopped=SUNDAY - 30 * DAY), hours=(), items=0)
    found = judged(known)
    assert found
    assert (found.longest, found.sure) == (None, "certain")
    assert judged(replace(known, until=known.newest_at + 6 * HOUR)) is None


def test_a_feed_that_never_brought_anything_is_not_called_silent() -> None:
    nothing = Heard(rhythm=Rhythm(), hours=(), items=0, newest_at=BEGAN, since=BEGAN, until=SUNDAY)
    assert not seems_silent(nothing.rhythm, SUNDAY)
    assert silence(nothing) is None
