"""When a feed brought something new → whether it is silent for longer than its own past makes plausible. Touches nothing.

Items come in bursts, so that counting them would make any pause look unlikely: what is counted is hours in which anything came.
Each feed has a clock that runs by how often such an hour brings something, by weekday and hour: a night, or a weekend, of a
newsroom takes next to no time on it, its busy hours a lot. On it, what comes at random stays away for longer than t once in e^t
times; but a silence is judged beside the feed's own longest ones on the same clock, since nothing comes quite at random.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, pairwise

from monitor.model import LONG_AGO, RECENT, SEVERAL, Heard, Hours, Rhythm, Sureness

HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)
LEAST = timedelta(hours=4)
"""A shorter silence is none, whoever keeps it."""
YOUNG = timedelta(weeks=2)
"""A feed that is known for less is never called silent: its weeks may not be alike."""
HALF_YOUNG = timedelta(weeks=4)
"""A feed that is known for less must be silent for twice as long."""
FEWEST = 4
"""So many hours with news must be known: with fewer, no silence is longer than usual."""
SCREENED = 2.0
"""Hours with news, by the rhythm alone, that must be missing before the past of a feed is looked up."""
OWED = 3.0
"""So long a silence must be, on the clock, however regular the feed."""
BEYOND, FAR_BEYOND = 1.5, 3.0
"""A silence is one from somewhere between so many times the longest known: the more those differ, the later."""
LONGEST = 8
"""So many of the longest known say how much they differ."""
SELDOM = 20
"""A silence is one that would come once in so many times the past that is known."""
MOST = 0.95
"""No hour is sure to bring news."""
UNKNOWN = 12.0
"""Hours with news that must be missing, by the rhythm alone, where too little of its past is stored."""
SURE = 2.0
"""From so many times the silence on that is called one, it is hardly chance ..."""
NO_HOLIDAY = 3
"""... nor a holiday, from so many times the longest pause by the clock on the wall: where weekends are, holidays are, too."""

_HOURS = 168
_HALF_LIFE = 4 * _HOURS
_RHYTHM_WEEKS = 2 / math.log(2)
_MONDAY = 72
"""1970 began on a Thursday: so many hours of that week were over."""
_GUESSED = 1.5
"""Weeks of an hour of the week that the guess from its day and its hour is worth, beside what was counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A silence that is longer than plausible. ``items``: so many are usual in such a time.

    ``longest``: the longest time without news that was known before, in ``known`` of the feed's past; None: that is not stored.
    ``sure`` probable: it may still be chance; certain: hardly.
    """

    since: datetime
    items: int
    longest: timedelta | None
    known: timedelta
    sure: Sureness


def seems_silent(rhythm: Rhythm, until: datetime) -> bool:
    """Say, cheaply, whether a feed that answered last at ``until`` may be silent, so that its past is worth looking up."""
    return rhythm.counted_at is not None and until - rhythm.counted_at >= LEAST and _owed(rhythm, until) >= SCREENED


def silence(heard: Heard) -> Silence | None:
    """Say whether a feed that answers is silent; None: it is not, or too little is known of it to say."""
    known = heard.until - heard.since
    caution = 2 if known < HALF_YOUNG else 1
    if known < YOUNG or heard.until - heard.newest_at < LEAST * caution:
        return None
    past = _past(heard)
    judged = _by_its_past(heard, past) if len(past) >= FEWEST else _by_its_rhythm(heard)
    limit = judged.limit * caution
    if judged.owed < limit:
        return None
    return Silence(
        since=heard.newest_at,
        items=max(round(judged.items), 1),
        longest=judged.longest,
        known=min(heard.newest_at - heard.since, RECENT if len(past) > SEVERAL else LONG_AGO),
        sure="certain" if judged.owed >= limit * SURE and _is_no_holiday(heard, judged.longest) else "probable",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """How long a silence is, and from where on it is one; items usual in such a time; the longest pause by the wall’s clock."""

    owed: float
    limit: float
    items: float
    longest: timedelta | None


def _by_its_past(heard: Heard, past: tuple[int, ...]) -> _Judged:
    clock = _Clock.of(past, heard)
    pauses = list(pairwise(past))
    return _Judged(
        owed=clock.since_newest(heard, clock.week),
        limit=_limit(sorted(clock.between(before, after + 1) for before, after in pauses)),
        items=clock.since_newest(heard, tuple(map(_share, clock.week))) * heard.items / len(heard.hours),
        longest=max(after - before - clock.unseen(before, after) for before, after in pauses) * HOUR,
    )


def _by_its_rhythm(heard: Heard) -> _Judged:
    owed, hours = _owed(heard.rhythm, heard.until), heard.rhythm.hours
    return _Judged(owed=owed, limit=UNKNOWN, items=owed * sum(hours) / max(sum(map(_share, hours)), 1.0), longest=None)


def _limit(gaps: list[float]) -> float:
    """Give from where on a gap is longer than plausible, beside those known, in ascending order.

    Weissman's estimator of a high quantile with Hill's of the tail (J. Am. Stat. Assoc. 73 (1978) 812; Ann. Stat. 3 (1975) 1163):
    how far the longest are apart says how long the next may be.
    """
    count = min(LONGEST, len(gaps) - 1)
    base, *longest = gaps[-count - 1 :]
    base = max(base, 1e-3)
    apart = sum(math.log(max(gap, base) / base) for gap in longest) / count
    seldom = base * math.pow(SELDOM * count, apart)
    return max(OWED, min(max(seldom, BEYOND * gaps[-1]), FAR_BEYOND * gaps[-1]))


def _is_no_holiday(heard: Heard, longest: timedelta | None) -> bool:
    return longest is None or heard.until - heard.newest_at >= NO_HOLIDAY * longest


def _owed(rhythm: Rhythm, until: datetime) -> float:
    """Give how many hours with news are usual from a feed's newest item until then, by its rhythm alone."""
    if rhythm.since is None or rhythm.counted_at is None or not rhythm.hours or until <= rhythm.counted_at:
        return 0.0
    counted = (rhythm.counted_at - rhythm.since) / (2 * WEEK)
    # what was counted within a day says little of a week
    weeks = max(_RHYTHM_WEEKS * (1 - math.exp2(-counted)), 1 / 7)
    whole, rest = divmod(until - rhythm.counted_at, WEEK)
    first = _of_week(_hour(rhythm.counted_at)) + 1
    passed = sum(_share(items / weeks) for items in (rhythm.hours * 2)[first : first + rest // HOUR])
    return passed + (whole * sum(_share(items / weeks) for items in rhythm.hours) if whole else 0.0)


def _past(heard: Heard) -> tuple[int, ...]:
    """Give the hours with news that a feed is judged by."""
    newest = _hour(heard.newest_at)
    recent = tuple(hour for hour in heard.hours if hour > newest - RECENT // HOUR)
    if len(recent) > SEVERAL:
        return recent
    return tuple(hour for hour in heard.hours if hour > newest - LONG_AGO // HOUR)[-SEVERAL:]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """How long each hour of the week is on a feed's clock; hours in which it could not be seen, ``dark``, are no time.

    ``passed``: how long all hours are together, from ``first`` on up to each of the past.
    """

    week: tuple[float, ...]
    first: int
    passed: tuple[float, ...]
    dark: tuple[Hours, ...]

    @classmethod
    def of(cls, past: tuple[int, ...], heard: Heard) -> _Clock:
        first, last = past[0], past[-1] + 1
        blind = list(_within(heard.unseen, first, last))
        week = _shaped(past, blind) if len(past) > SEVERAL else _even(past, blind)
        begins = _of_week(first)
        rates = [*(week * ((last - first) // _HOURS + 2))[begins : begins + last - first]]
        for hour in blind:
            rates[hour - first] = 0.0
        return cls(week=week, first=first, passed=tuple(accumulate(rates, initial=0.0)), dark=heard.unseen)

    def between(self, newest: int, end: int) -> float:
        """Give how long it is from the hour after ``newest`` on, up to ``end``."""
        return self.passed[end - self.first] - self.passed[newest + 1 - self.first]

    def unseen(self, start: int, stop: int) -> int:
        """Count the hours between two that could not be seen."""
        return sum(1 for _ in _within(self.dark, start, stop))

    def since_newest(self, heard: Heard, week: tuple[float, ...]) -> float:
        """Sum up from the newest item on until the feed answered last; hours that could not be seen are no time."""
        first, last = _hour(heard.newest_at) + 1, _hour(heard.until)
        if last < first:
            return 0.0
        weeks, rest = divmod(last - first, _HOURS)
        whole = weeks * sum(week) + sum(week[_of_week(hour)] for hour in range(last - rest, last))
        part = week[_of_week(last)] * ((heard.until.timestamp() / 3600) % 1)
        return whole + part - sum(week[_of_week(hour)] for hour in _within(heard.unseen, first, last))


def _even(past: tuple[int, ...], blind: list[int]) -> tuple[float, ...]:
    """Give each hour the same length."""
    return (_rate((len(past) - 1) / max(past[-1] - past[0] - len(blind), 1)),) * _HOURS


def _shaped(past: tuple[int, ...], blind: list[int]) -> tuple[float, ...]:
    """Give for each hour of the week how long it is, by how often it brought news; newer weeks count more.

    Few weeks say little of a single hour: as far as it is not counted yet, it is guessed from its weekday and its hour of day.
    """
    newest = past[-1]
    news = [0.0] * _HOURS
    for hour in past:
        news[_of_week(hour)] += _WEIGHTS[newest - hour]
    seen = _watched(past[0], newest)
    for hour in blind:
        seen[_of_week(hour)] -= _WEIGHTS[newest - hour]
    # clocks are put forward and back, and editors are late: half of an hour's news is taken from the hours beside
    near = [(news[hour - 1] + 2 * news[hour] + news[(hour + 1) % _HOURS]) / 4 for hour in range(_HOURS)]
    days = [_ratio(near[day * 24 : day * 24 + 24], seen[day * 24 : day * 24 + 24]) for day in range(7)]
    hours = [_ratio(near[hour::24], seen[hour::24]) for hour in range(24)]
    mean = _ratio(near, seen)
    guess = [min(days[hour // 24] * hours[hour % 24] / mean, 1.0) for hour in range(_HOURS)]
    return tuple(_rate((near[hour] + _GUESSED * guess[hour]) / (max(seen[hour], 0.0) + _GUESSED)) for hour in range(_HOURS))


def _rate(share: float) -> float:
    """Give how long an hour is on the clock that brings news in such a share of the weeks."""
    return -math.log(1 - min(share, MOST))


def _share(rate: float) -> float:
    """Undo that: give how often what comes so often comes at least once."""
    return 1 - math.exp(-rate)


def _watched(first: int, newest: int) -> list[float]:
    """Give the weight of all hours from the first to the newest, by the hour of the week."""
    seen = [0.0] * _HOURS
    for age in range(min(newest - first + 1, _HOURS)):
        weeks = (newest - first - age) // _HOURS + 1
        seen[_of_week(newest - age)] = _WEIGHTS[age] * (1 - _LASTING**weeks) / (1 - _LASTING)
    return seen


def _ratio(news: list[float], seen: list[float]) -> float:
    return sum(news) / max(sum(seen), 1e-9) if sum(news) else 0.0


def _within(ranges: tuple[Hours, ...], first: int, last: int) -> Iterator[int]:
    """Give the hours of some ranges that lie in first <= hour < last."""
    for start, stop in ranges:
        yield from range(max(start, first), min(stop, last))


def _hour(at: datetime) -> int:
    return int(at.timestamp()) // 3600


def _of_week(hour: int) -> int:
    """Give the hour of the week, from Monday 00:00 UTC on."""
    return (hour + _MONDAY) % _HOURS


_LASTING = 0.5 ** (_HOURS / _HALF_LIFE)
"""What a week leaves of a weight."""
_WEIGHTS = tuple(0.5 ** (age / _HALF_LIFE) for age in range(RECENT // HOUR + 1))
