"""When a feed and a page are asked again: feeds' lives played over weeks, and laws that hold for any of them."""

from __future__ import annotations

import bisect
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.again import after_failure as after_page_failure
from monitor.cadence import (
    DAILY,
    after_answer,
    after_failure,
    counted,
    host_rests,
    missed,
    spread,
    usual,
)
from monitor.model import (
    Failure,
    Feed,
    FeedId,
    FeedState,
    FetchRules,
    Hints,
    Manner,
    Outlet,
    OutletId,
    Overlap,
    Rhythm,
    Validators,
)

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
QUARTER, SECOND = 15 * MINUTE, timedelta(seconds=1)
RULES = FetchRules()
DOWN = Failure(kind="http", detail="503 Service Unavailable", status=503)
FEED = Feed(
    id=FeedId(1), outlet=Outlet(id=OutletId("kuzey"), feeds=("https://kuzey.example/rss",)), url="https://kuzey.example/rss"
)
NEW = FeedState(feed=FEED, validators=Validators(), due_at=NOW)
START = datetime(2026, 2, 2, 12, tzinfo=UTC)
"""A Monday; what was published before stands in the feed when it is first polled."""


# ------------------------------------------------------------------------------------------------------------ lives of feeds


@dataclass(frozen=True)
class Life:
    """What a desk saw of a feed: when each item came out, and how long after it was seen; when it was polled; what was lost."""

    seen: tuple[tuple[datetime, timedelta], ...]
    polls: tuple[datetime, ...]
    paces: tuple[timedelta, ...]
    lost: int

    def part(self, since: datetime, until: datetime) -> Life:
        """Give what was published, and polled, in a stretch of it."""
        polls = [(at, pace) for at, pace in zip(self.polls, self.paces, strict=True) if since <= at < until]
        return Life(
            seen=tuple(one for one in self.seen if since <= one[0] < until),
            polls=tuple(at for at, _ in polls),
            paces=tuple(pace for _, pace in polls),
            lost=self.lost,
        )

    def median(self) -> timedelta:
        return median(delay for _, delay in self.seen)

    def worst(self) -> timedelta:
        return max(delay for _, delay in self.seen)

    def a_day(self) -> float:
        return (len(self.polls) - 1) / ((self.polls[-1] - self.polls[0]) / DAY)


def play(
    published: Iterable[datetime],
    days: float,
    *,
    holds: int = 30,
    is_dated: bool = True,
    clock: Callable[[datetime], datetime] | None = None,
) -> Life:
    """Poll a feed that holds its newest items, at the times that the cadence says; ``clock`` tells the true time wrongly."""
    times, true, end = sorted(published), START, START + days * DAY
    state, jitter = NEW, random.Random(3)
    seen: list[tuple[datetime, timedelta]] = []
    polls: list[tuple[datetime, timedelta]] = []
    known = lost = 0
    while true < end:
        out = bisect.bisect_right(times, true)
        held = min(out, holds)
        new = times[max(known, out - held) : out]
        if state.first_answered_at is not None:
            seen += [(at, true - at) for at in new]
            lost += out - known - len(new)
        known = out
        now = clock(true) if clock else true
        state = replace(state, rhythm=counted(state.rhythm, [at if is_dated else None for at in new], now=now))
        overlap = Overlap(entries=held, known=held - len(new)) if new else None
        coming = after_answer(state, overlap, every=None, rules=RULES, manner=Manner(), now=now, jitter=jitter.random())
        assert now < coming.due_at <= now + RULES.max * 1.05
        polls.append((true, coming.pace))
        state = replace(state, pace=coming.pace, first_answered_at=state.first_answered_at or now, answered_at=now)
        true = wakes(coming.due_at, true, clock) if clock else coming.due_at
    return Life(seen=tuple(seen), polls=tuple(at for at, _ in polls), paces=tuple(pace for _, pace in polls), lost=lost)


def wakes(due: datetime, true: datetime, clock: Callable[[datetime], datetime]) -> datetime:
    """Give the true time at which a service finds that a poll is due: it looks all the time, and what was polled later is due."""
    polled = clock(true)
    while polled - MINUTE <= clock(true) < due:
        true += timedelta(seconds=10)
    return true


def bulletin(hour: int, zone: str = "UTC") -> list[datetime]:
    """Give a daily bulletin at an hour of local time."""
    first = datetime(2026, 1, 1, hour, tzinfo=ZoneInfo(zone))
    return [(first + day * DAY).astimezone(UTC) for day in range(200)]


def agency(since: datetime, until: datetime) -> list[datetime]:
    """Give an agency's 200 items a day at random, six times as many by day as by night."""
    chance, times, at = random.Random(5), [], since
    while at < until:
        at += HOUR * chance.expovariate(200 / 24 * (1.4 if 6 <= at.hour < 20 else 0.24))
        times.append(at)
    return times


def blog() -> list[datetime]:
    """Give a weekly blog: on Mondays at about 15:00."""
    chance = random.Random(7)
    return [datetime(2025, 12, 1, 15, tzinfo=UTC) + week * WEEK + MINUTE * chance.randint(-90, 90) for week in range(40)]


def weekdays() -> list[datetime]:
    """Give a newsroom's 30 items a day from seven to five, none at weekends."""
    chance = random.Random(9)
    days = [datetime(2025, 12, 31, tzinfo=UTC) + day * DAY for day in range(200)]
    return [day + HOUR * chance.uniform(7, 17) for day in days if day.weekday() < 5 for _ in range(30)]


@dataclass(frozen=True)
class Row:
    """What a desk wants of a feed: half of the items within ``median``, all within ``worst``, and polls a day."""

    published: Sequence[datetime]
    median: timedelta
    worst: timedelta
    polls: tuple[float, float]
    is_dated: bool = True


TABLE = {
    "a daily bulletin": Row(bulletin(6), 30 * MINUTE, HOUR, (6, 10)),
    "a daily bulletin without dates": Row(bulletin(6), 30 * MINUTE, 70 * MINUTE, (6, 14)),
    "a 200-a-day agency": Row(agency(START - 20 * DAY, START + 50 * DAY), 3 * MINUTE, 16 * MINUTE, (260, 300)),
    "a 200-a-day agency without dates": Row(
        agency(START - DAY, START + 50 * DAY), 3 * MINUTE, 16 * MINUTE, (260, 300), is_dated=False
    ),
    "a weekly blog": Row(blog(), 4 * HOUR, 26 * HOUR, (0.9, 2)),
    "a newsroom that rests at weekends": Row(weekdays(), 5 * MINUTE, 40 * MINUTE, (90, 170)),
    "a feed that is new": Row([at for at in bulletin(6) if at > START], 30 * MINUTE, HOUR, (6, 16)),
}


@pytest.mark.untraced
@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE.keys())
def test_each_feed_is_asked_at_its_own_pace_and_loses_nothing(row: Row) -> None:
    life = play(row.published, 42, is_dated=row.is_dated)
    assert life.lost == 0
    assert life.median() <= row.median
    assert life.worst() <= row.worst
    assert row.polls[0] <= life.a_day() <= row.polls[1]


def test_a_bulletin_is_asked_often_around_its_hour_and_every_few_hours_else() -> None:
    polls = play(bulletin(6), 42).part(START + 21 * DAY, START + 42 * DAY).polls
    around = [at for at in polls if 5 <= at.hour < 8]
    waits = [later - sooner for sooner, later in pairwise(polls)]
    assert len(around) / 21 >= 3
    assert max(waits) <= 7 * HOUR


def test_a_feed_that_dies_slows_to_a_daily_look_and_one_that_returns_is_followed_again_at_once() -> None:
    dies, returns = START + 14 * DAY, START + 63 * DAY
    life = play([*agency(START - DAY, dies), *agency(returns, returns + 21 * DAY)], 80)
    first_days = life.part(dies, dies + 3 * DAY)
    assert first_days.a_day() > 8
    assert life.part(dies + DAY, dies + 7 * DAY).a_day() <= 24
    assert life.part(dies + 28 * DAY, returns).a_day() <= 1.5
    back = life.part(returns, returns + 17 * DAY)
    assert max(back.paces[1:5]) <= QUARTER  # the first look was the daily one, that found it alive
    assert life.part(returns + 2 * DAY, returns + 17 * DAY).worst() <= QUARTER


def test_a_feed_that_never_brings_anything_slows_to_a_daily_look() -> None:
    life = play([], 42)
    assert life.part(START, START + DAY).a_day() > 24
    assert life.paces[-1] == RULES.max
    assert play([START - 90 * DAY], 7).a_day() <= 1.1  # a dead feed says so at the first poll


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Europe/Helsinki"])
def test_a_bulletin_at_six_local_time_is_still_caught_soon_when_clocks_are_put_forward(zone: str) -> None:
    shift = datetime(2026, 3, 29, tzinfo=UTC)
    life = play(bulletin(6, zone), 90)
    assert life.part(shift - 7 * DAY, shift).worst() <= HOUR
    after = life.part(shift, shift + 14 * DAY)
    assert len(after.seen) == 14
    assert after.worst() <= HOUR


JUMPS = {"a year ahead": 365 * DAY, "an hour back": -HOUR, "to 1970": datetime(1970, 1, 1, tzinfo=UTC) - START - 9 * DAY}


@pytest.mark.untraced
@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS.keys())
def test_l09_a_clock_that_jumps_and_is_put_right_loses_nothing(jump: timedelta) -> None:
    wrong, right = START + 9 * DAY, START + 9 * DAY + 6 * HOUR
    life = play(agency(START - DAY, START + 20 * DAY), 16, clock=lambda at: at + jump if wrong <= at < right else at)
    assert all(RULES.min <= pace <= RULES.max for pace in life.paces)
    assert life.a_day() <= 300  # no storm
    assert life.part(wrong, right + DAY).worst() <= HOUR
    assert life.part(right + DAY, START + 16 * DAY).worst() <= QUARTER * 1.1
    assert life.lost == 0


# --------------------------------------------------------------------------------------------------------------------- laws

ANY_TIME = st.datetimes(timezones=st.just(UTC))
SANE_TIME = st.integers(0, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
JITTER = st.floats(0, 1, exclude_max=True)
A_WHILE = st.timedeltas(timedelta(), timedelta(days=400))
ANY_HINTS = st.builds(
    Hints, ttl=st.none() | A_WHILE, skip_hours=st.frozensets(st.integers(0, 23)), skip_days=st.frozensets(st.integers(0, 6))
)
ANY_MANNER = st.builds(Manner, max_age=st.none() | A_WHILE)
ANY_RHYTHM = st.just(Rhythm()) | st.builds(
    Rhythm,
    hours=st.just(()) | st.lists(st.floats(0, 1e6), min_size=168, max_size=168).map(tuple),
    since=st.none() | ANY_TIME,
    counted_at=st.none() | ANY_TIME,
)
ANY_STATE = st.builds(
    lambda rhythm, hints, pace, answered: replace(
        NEW, rhythm=rhythm, hints=hints, pace=pace, first_answered_at=answered, answered_at=answered
    ),
    ANY_RHYTHM,
    ANY_HINTS,
    st.none() | st.timedeltas(SECOND, timedelta(days=400)),
    st.none() | ANY_TIME,
)
ANY_OVERLAP = st.none() | st.tuples(st.integers(0, 60), st.integers(0, 60)).map(
    lambda two: Overlap(entries=max(two), known=min(two))
)
ANY_RULES = st.lists(st.timedeltas(MINUTE, timedelta(days=30)), min_size=3, max_size=3).map(
    lambda three: FetchRules(min=min(three), every=three[0], max=max(three))
)


@given(ANY_STATE, ANY_OVERLAP, ANY_RULES, ANY_TIME, JITTER)
def test_whatever_is_remembered_a_feed_is_asked_again_within_its_bounds(
    state: FeedState, overlap: Overlap | None, rules: FetchRules, now: datetime, jitter: float
) -> None:
    coming = after_answer(state, overlap, every=None, rules=rules, manner=Manner(), now=now, jitter=jitter)
    assert rules.min <= coming.pace <= rules.max
    assert coming.due_at - now <= max(rules.max, DAILY) * 1.05
    assert now < coming.due_at or coming.due_at == datetime.max.replace(tzinfo=UTC)


def test_a_clock_at_the_end_of_time_stops_nothing() -> None:
    last = datetime.max.replace(tzinfo=UTC)
    state = replace(NEW, hints=Hints(skip_hours=frozenset({23})))
    assert after_answer(state, None, every=None, rules=RULES, manner=Manner(), now=last - MINUTE, jitter=0).due_at == last
    assert after_failure(DOWN, every=None, rules=RULES, failures=1, strikes=0, now=last, jitter=0) == last
    assert counted(Rhythm(), [last], now=datetime.min.replace(tzinfo=UTC)).since == datetime.min.replace(tzinfo=UTC)


@given(ANY_STATE, ANY_OVERLAP, ANY_MANNER, st.timedeltas(MINUTE, timedelta(days=30)), JITTER)
def test_an_outlets_own_pace_overrides_rhythm_overlap_and_hints(
    state: FeedState, overlap: Overlap | None, manner: Manner, every: timedelta, jitter: float
) -> None:
    coming = after_answer(state, overlap, every=every, rules=RULES, manner=manner, now=NOW, jitter=jitter)
    assert coming.pace == every
    assert abs((coming.due_at - NOW) / every - 1) <= 0.05001


@given(ANY_STATE, ANY_OVERLAP, ANY_MANNER, ANY_RULES, SANE_TIME)
def test_a_publishers_hints_never_shorten_and_never_pass_their_ceiling(
    state: FeedState, overlap: Overlap | None, manner: Manner, rules: FetchRules, now: datetime
) -> None:
    coming = after_answer(state, overlap, every=None, rules=rules, manner=manner, now=now, jitter=0.5)
    assert coming.pace <= coming.due_at - now <= max(coming.pace, min(HOUR, rules.max))


@given(st.none() | st.timedeltas(-DAY, 999 * DAY), JITTER)
def test_n29_an_answers_retry_after_is_waited_for_between_a_minute_and_a_day(asked: timedelta | None, jitter: float) -> None:
    coming = after_answer(NEW, None, every=2 * MINUTE, rules=RULES, manner=Manner(retry_after=asked), now=NOW, jitter=jitter)
    least = min(max(asked, MINUTE), DAY) if asked is not None and asked > timedelta() else timedelta()
    assert max(least, 1.9 * MINUTE) <= coming.due_at - NOW <= max(least, 2 * MINUTE) * 1.05


@given(ANY_RHYTHM, st.lists(st.none() | ANY_TIME), ANY_TIME)
def test_counting_never_loses_an_hour_nor_falls_below_nothing(
    rhythm: Rhythm, moments: list[datetime | None], now: datetime
) -> None:
    after = counted(rhythm, moments, now=now)
    assert len(after.hours) in {0, 168}
    assert all(weight >= 0 for weight in after.hours)
    assert sum(after.hours) <= sum(rhythm.hours) + len(moments) + 1e-3
    if not moments:
        assert after is rhythm
    elif after is not rhythm:
        assert after.since is not None
        assert after.since <= now or after.since == rhythm.since


@given(st.integers(1, 20_000), st.timedeltas(MINUTE, DAY))
def test_l19_first_polls_are_spread_evenly_within_the_interval(of: int, every: timedelta) -> None:
    dues = [spread(place, of, every=every, now=NOW) for place in (0, of // 3, of // 2, of - 1)]
    assert dues == sorted(dues)
    assert dues[0] >= NOW
    assert dues[-1] <= NOW + every * 1.01  # an even share is rounded to microseconds


def test_sixteen_outlets_start_within_four_seconds_and_ten_thousand_over_the_interval() -> None:
    assert spread(15, 16, every=QUARTER, now=NOW) - NOW <= timedelta(seconds=4)
    assert spread(9_999, 10_000, every=QUARTER, now=NOW) - NOW > 0.99 * QUARTER


# ------------------------------------------------------------------------------------------------------------ single rules


def test_the_usual_pace_is_the_outlets_own_or_lies_within_the_bounds() -> None:
    assert usual(2 * MINUTE, FetchRules()) == 2 * MINUTE
    assert usual(None, FetchRules()) == QUARTER
    assert usual(None, FetchRules(every=MINUTE)) == 5 * MINUTE
    assert usual(None, FetchRules(every=3 * DAY)) == DAY


@pytest.mark.parametrize(
    ("pace", "known", "found"),
    [
        (QUARTER, 2, QUARTER / 2),  # under a third: shorter
        (6 * MINUTE, 2, 5 * MINUTE),  # but not under min
        (8 * MINUTE, 5, 8 * MINUTE),  # between: stays
        (8 * MINUTE, 9, 12 * MINUTE),  # over two thirds: longer
        (12 * MINUTE, None, QUARTER),  # nothing new: longer, up to what the rhythm allows
        (DAY, 5, QUARTER),
        (None, 0, QUARTER),
    ],
)
def test_the_share_of_known_entries_shortens_and_lengthens(pace: timedelta | None, known: int | None, found: timedelta) -> None:
    rhythm = Rhythm(since=NOW - HOUR, counted_at=NOW - HOUR)
    first = NOW - HOUR if pace else None
    state = replace(NEW, pace=pace, rhythm=rhythm, first_answered_at=first, answered_at=first)
    overlap = None if known is None else Overlap(entries=10, known=known)
    coming = after_answer(state, overlap, every=None, rules=RULES, manner=Manner(), now=NOW, jitter=0.5)
    assert coming.pace == found


@pytest.mark.parametrize(
    ("hints", "max_age", "wait"),
    [
        (Hints(ttl=30 * MINUTE), None, 30 * MINUTE),
        (Hints(ttl=MINUTE), MINUTE, QUARTER),
        (Hints(ttl=DAY), None, HOUR),
        (Hints(), 20 * MINUTE, 20 * MINUTE),
        (Hints(), 9 * DAY, HOUR),
        (Hints(skip_hours=frozenset({6, 7})), None, HOUR),
        (Hints(skip_hours=frozenset({7})), None, QUARTER),
        (Hints(skip_hours=frozenset({6}), ttl=40 * MINUTE), None, HOUR),
        (Hints(skip_days=frozenset({0})), None, HOUR),  # a Monday
        (Hints(skip_days=frozenset({1})), None, QUARTER),
    ],
)
def test_hints_lengthen_the_wait_to_an_hour_at_most(hints: Hints, max_age: timedelta | None, wait: timedelta) -> None:
    coming = after_answer(
        replace(NEW, hints=hints), None, every=None, rules=RULES, manner=Manner(max_age=max_age), now=NOW, jitter=0.5
    )
    assert (coming.due_at - NOW, coming.pace) == (wait, QUARTER)


def test_skipped_hours_end_the_wait_when_they_end() -> None:
    now = NOW + 30 * MINUTE
    state = replace(NEW, hints=Hints(skip_hours=frozenset({6})))
    coming = after_answer(state, None, every=None, rules=RULES, manner=Manner(), now=now, jitter=0.5)
    assert coming.due_at == NOW + HOUR


def test_dated_items_of_a_first_poll_give_a_rhythm_and_undated_ones_none() -> None:
    dated = counted(Rhythm(), [NOW - day * DAY for day in range(40)], now=NOW)
    assert dated.since == NOW - 28 * DAY
    assert max(dated.hours) == dated.hours[NOW.weekday() * 24 + NOW.hour]
    undated = counted(Rhythm(), [None] * 40, now=NOW)
    assert undated == Rhythm(since=NOW, counted_at=NOW)
    later = counted(undated, [None, NOW + 9 * DAY], now=NOW + HOUR)
    assert sum(later.hours) == pytest.approx(2)


def test_older_weeks_weigh_less() -> None:
    rhythm = counted(Rhythm(), [NOW, NOW - 14 * DAY - HOUR, NOW - 40 * DAY], now=NOW)
    assert sum(rhythm.hours) == pytest.approx(1.5, abs=0.01)
    assert rhythm.since == NOW - 28 * DAY  # it reaches back further: those were quiet weeks, not a quick start
    after = counted(rhythm, [NOW + 14 * DAY], now=NOW + 14 * DAY)
    assert sum(after.hours) == pytest.approx(1.75, abs=0.01)


# ---------------------------------------------------------------------------------------------------------------- failures


def fails(failure: Failure = DOWN, *, failures: int = 1, strikes: int = 0, jitter: float = 0.5) -> timedelta:
    due = after_failure(failure, every=None, rules=RULES, failures=failures, strikes=strikes, now=NOW, jitter=jitter)
    return due - NOW


@given(st.integers(0, 10_000), st.integers(0, 10), JITTER, ANY_TIME, st.none() | A_WHILE)
def test_a_feed_that_fails_for_ever_is_still_probed_daily(
    failures: int, strikes: int, jitter: float, now: datetime, asked: timedelta | None
) -> None:
    failure = replace(DOWN, retry_after=asked)
    due = after_failure(failure, every=None, rules=RULES, failures=failures, strikes=strikes, now=now, jitter=jitter)
    assert now <= due
    assert due - now <= DAILY * 1.05


def test_waits_double_from_failure_to_failure() -> None:
    assert [fails(failures=count) for count in (1, 2, 3, 99)] == [QUARTER, QUARTER * 2, QUARTER * 4, DAY]


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [(-5, 15, 15), (1, 15, 15), (3600, 60, 63), (99_999_999, 1440, 1512)],
)
def test_n29_what_a_server_asks_for_is_honoured_within_a_day(asked: int, least: int, most: int) -> None:
    for jitter in (0, 0.5, 0.99):
        wait = fails(replace(DOWN, retry_after=timedelta(seconds=asked)), jitter=jitter)
        assert 0.95 * least * MINUTE <= wait <= 1.05 * most * MINUTE
        assert wait >= min(timedelta(seconds=asked), DAY)


def test_n28_a_feed_that_is_gone_is_probed_daily_at_once() -> None:
    assert fails(Failure(kind="http", detail="410 Gone", status=410)) == DAY


def test_three_strikes_put_a_feed_aside_for_a_day() -> None:
    died = Failure(kind="crashed", detail="the worker died")
    assert [fails(died, strikes=count) for count in (2, 3, 4)] == [QUARTER, DAY, DAY]


def test_our_own_trouble_is_looked_at_again_in_a_minute() -> None:
    own = Failure(kind="local", detail="no network", local=True)
    assert MINUTE <= fails(own, failures=0, strikes=3, jitter=0.9) <= timedelta(seconds=90)


@pytest.mark.parametrize(
    ("status", "asked", "failures", "rest"),
    [
        (429, None, 1, MINUTE),
        (503, None, 3, 4 * MINUTE),
        (503, None, 500, HOUR),
        (429, timedelta(seconds=5), 9, MINUTE),
        (429, 40 * MINUTE, 1, 40 * MINUTE),
        (503, 99 * DAY, 1, HOUR),  # the feed itself waits for a day; its neighbours were not asked
        (429, -DAY, 2, 2 * MINUTE),
        (500, HOUR, 1, None),
        (None, None, 1, None),
    ],
)
def test_n29_a_host_that_is_too_busy_rests(
    status: int | None, asked: timedelta | None, failures: int, rest: timedelta | None
) -> None:
    failure = Failure(kind="http", detail="no", status=status, retry_after=asked)
    assert host_rests(failure, failures=failures, now=NOW) == (None if rest is None else NOW + rest)


def test_a_page_is_asked_for_three_times_more_and_then_given_up() -> None:
    waits = [after_page_failure(DOWN, tries=count, now=NOW) for count in (1, 2, 3, 4)]
    assert waits == [NOW + MINUTE, NOW + 5 * MINUTE, NOW + 30 * MINUTE, None]


def test_a_page_that_is_not_there_is_given_up_at_once() -> None:
    missing = Failure(kind="http", detail="404 Not Found", retryable=False)
    assert after_page_failure(missing, tries=1, now=NOW) is None


# ---------------------------------------------------------------------------------------------------------------- overflow

KNOWN = replace(NEW, first_answered_at=NOW - DAY, answered_at=NOW - HOUR, newest_at=NOW - 2 * HOUR)
ALL_NEW = Overlap(entries=3, known=0)
HALF = NOW - HOUR / 2


@pytest.mark.parametrize(
    ("state", "overlap", "moments", "stretch"),
    [
        pytest.param(KNOWN, ALL_NEW, [NOW, None, HALF], (NOW - 2 * HOUR, HALF), id="from the newest known to the oldest held"),
        pytest.param(KNOWN, ALL_NEW, [None] * 3, (NOW - 2 * HOUR, NOW), id="without dates, to now"),
        pytest.param(replace(KNOWN, newest_at=None), ALL_NEW, [HALF], (NOW - HOUR, HALF), id="from the last answer"),
        pytest.param(replace(KNOWN, newest_at=NOW + HOUR), ALL_NEW, [HALF], (NOW - HOUR, HALF), id="known from the future"),
        pytest.param(KNOWN, Overlap(entries=3, known=1), [HALF], None, id="one is known"),
        pytest.param(KNOWN, Overlap(entries=0, known=0), [], None, id="an empty feed"),
        pytest.param(KNOWN, ALL_NEW, [NOW, NOW - 2 * HOUR], None, id="all renamed"),
        pytest.param(NEW, ALL_NEW, [HALF], None, id="the first poll"),
        pytest.param(replace(KNOWN, newest_at=None, answered_at=NOW + DAY), ALL_NEW, [], None, id="a clock put back"),
    ],
)
def test_what_scrolled_away_between_two_polls_is_known(
    state: FeedState, overlap: Overlap, moments: list[datetime | None], stretch: tuple[datetime, datetime] | None
) -> None:
    assert missed(state, overlap, moments, now=NOW) == stretch
