"""Invented feeds through a year → how often silence is called that is none, and how soon one that is.

Each kind of feed publishes by a rhythm of its own, with the public holidays, summer and fasting months, bursts and slow declines
that feeds have. Twice a day, at the hours of digests, each is judged as the digest does: by the rhythm that was counted and,
where that makes it suspect, by its own past. A feed-day counts as wrong if either judgement calls the feed silent. Then each feed
stops for good, and is judged every hour until it is called silent. `--seed` gives other years.
"""

from __future__ import annotations

import argparse
import random
import statistics
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from run import say

from monitor.cadence import counted
from monitor.health.silence import Heard, Silence, seems_silent, silence
from monitor.model import Rhythm

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BEGAN = datetime(2026, 1, 5, tzinfo=UTC)
DAYS = 365
JUDGED_AT = (5, 17)
PATIENCE = timedelta(days=150)
HOLIDAYS = frozenset({3, 60, 93, 94, 117, 143, 160, 234, 300, 349, 350, 351, 355, 356})
FEASTS = frozenset({*range(75, 80), *range(142, 147)})
FAST = range(45, 75)
SUMMER = range(205, 240)

Rate = Callable[[datetime], float]
"""Items an hour, at a time."""


@dataclass(slots=True, kw_only=True)
class Feed:
    """An invented feed: when it publishes, and the time between two polls of it."""

    published: list[datetime]
    pace: timedelta
    seen: list[datetime] = field(default_factory=list)

    def polled(self, luck: random.Random) -> None:
        """Let each item be seen some time after it was published, as polls come."""
        self.seen = sorted(at + luck.random() * self.pace for at in self.published)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What became of the feeds of one kind. ``wrong``: feed-days on which one was called silent; ``sure``: for certain.

    ``delays``: from its last item to its being called silent, for each that stopped; None: it never was.
    """

    days: int
    wrong: int
    sure: int
    delays: list[timedelta | None]
    looked_up: int


def main() -> None:
    """Let every kind of feed live through a year, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--feeds", type=int, default=40, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    say(f"{'feeds':<46}{'wrong':>10}{'certain':>10}{'looked up':>10}   named after: median, 90 %")
    for name, make in KINDS.items():
        luck = random.Random(f"{given.seed} {name}")
        found = summed([lived(make(luck), luck) for _ in range(given.feeds)])
        say(
            f"{name:<46}{share(found.wrong, found.days)}{share(found.sure, found.days)}{share(found.looked_up, found.days)}"
            f"   {delay(found.delays)}"
        )


def lived(feed: Feed, luck: random.Random) -> Found:
    """Judge a feed twice a day through its year, then every hour from a random moment on at which it stops."""
    feed.polled(luck)
    days = wrong = sure = looked_up = 0
    memory = Memory(feed)
    for day in range(7, DAYS):
        found = [memory.judged(BEGAN + day * DAY + hour * HOUR) for hour in JUDGED_AT]
        days += 1
        wrong += any(one.silence for one in found)
        sure += any(one.silence and one.silence.sure == "certain" for one in found)
        looked_up += any(one.looked_up for one in found)
    stops = BEGAN + luck.uniform(90, DAYS - 1) * DAY
    return Found(days=days, wrong=wrong, sure=sure, delays=[named_after(feed, stops)], looked_up=looked_up)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A judgement. ``looked_up``: the rhythm alone did not tell."""

    silence: Silence | None
    looked_up: bool


class Memory:
    """What the monitor remembers of a feed, counted up item by item as time goes on."""

    def __init__(self, feed: Feed) -> None:
        """Begin with the first poll: what it finds is no news."""
        self.feed = feed
        self.rhythm = Rhythm()
        self.done = 0

    def judged(self, now: datetime) -> Judged:
        """Say whether the feed is silent at a time, each later than the last."""
        self.count_up(now)
        looked_up = seems_silent(self.rhythm, now)
        return Judged(silence=silence(self.heard(now)) if looked_up else None, looked_up=looked_up)

    def count_up(self, now: datetime) -> None:
        """Count what was seen until then, in the polls that brought it."""
        seen = self.feed.seen
        while self.done < len(seen) and seen[self.done] <= now:
            ends = bisect_right(seen, seen[self.done] + self.feed.pace / 2)
            ends = min(ends, bisect_right(seen, now))
            self.rhythm = counted(self.rhythm, list(seen[self.done : ends]), now=seen[ends - 1])
            self.done = ends

    def heard(self, now: datetime) -> Heard:
        """Give what the store would."""
        seen = self.feed.seen[: self.done]
        newest = seen[-1]
        hours = [int(at.timestamp()) // 3600 for at in seen if at > newest - timedelta(weeks=52)]
        return Heard(
            rhythm=self.rhythm, hours=tuple(dict.fromkeys(hours)), items=len(hours), newest_at=newest, since=BEGAN, until=now
        )


def named_after(feed: Feed, stops: datetime) -> timedelta | None:
    """Let a feed stop, and give how long after its last item it is called silent; None: not within months."""
    before = [at for at in feed.seen if at <= stops]
    memory = Memory(Feed(published=[], pace=feed.pace, seen=before))
    now = before[-1]
    while now < before[-1] + PATIENCE:
        now += HOUR
        if memory.judged(now).silence:
            return now - before[-1]
    return None


def summed(lives: list[Found]) -> Found:
    """Put the lives of several feeds together."""
    return Found(
        days=sum(one.days for one in lives),
        wrong=sum(one.wrong for one in lives),
        sure=sum(one.sure for one in lives),
        delays=[delay for one in lives for delay in one.delays],
        looked_up=sum(one.looked_up for one in lives),
    )


def share(part: int, whole: int) -> str:
    """Say a share in per cent."""
    return f"{100 * part / whole:8.2f} %" if part else "      none"


def delay(delays: list[timedelta | None]) -> str:
    """Say the median and the slowest tenth."""
    hours = sorted(PATIENCE / HOUR if one is None else one / HOUR for one in delays)
    never = sum(one is None for one in delays)
    said = f"{span(statistics.median(hours))}, {span(hours[int(0.9 * (len(hours) - 1))])}"
    return said + (f"; {never} of {len(delays)} never" if never else "")


def span(hours: float) -> str:
    """Say hours, or days."""
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.1f} days"  # noqa: PLR2004  two days


# ------------------------------------------------------------------------------------------------------------- the feeds


def poisson(rate: Rate, most: float, luck: random.Random) -> Iterator[datetime]:
    """Give the times of items that come at random, at a rate that is never over ``most``."""
    at = BEGAN
    while (at := at + luck.expovariate(most) * HOUR) < BEGAN + DAYS * DAY:
        if luck.random() * most < rate(at):
            yield at


def flowing(rate: Rate, most: float, pace: timedelta) -> Callable[[random.Random], Feed]:
    """Make feeds whose items come at random."""
    return lambda luck: Feed(published=list(poisson(rate, most, luck)), pace=pace)


def at_times(days: Callable[[int, datetime], bool], hour: float, spread: float) -> Callable[[random.Random], Feed]:
    """Make feeds with one item on certain days, at an hour of the day, give or take ``spread`` hours."""

    def make(luck: random.Random) -> Feed:
        mornings = [(day, BEGAN + day * DAY) for day in range(DAYS)]
        published = [at + (hour + luck.gauss(0, spread)) * HOUR for day, at in mornings if days(day, at)]
        return Feed(published=published, pace=20 * timedelta(minutes=1))

    return make


def bursts(each: float, items: int, unevenness: float) -> Callable[[random.Random], Feed]:
    """Make feeds that bring some items at once, after ``each`` hours on the average; the pauses differ greatly."""

    def make(luck: random.Random) -> Feed:
        at, published = BEGAN, []
        while at < BEGAN + DAYS * DAY:
            published += [at + luck.random() * HOUR for _ in range(luck.randint(1, items))]
            at += each * luck.lognormvariate(-unevenness * unevenness / 2, unevenness) * HOUR
        return Feed(published=published, pace=timedelta(minutes=20))

    return make


def by_day(at: datetime) -> float:
    """More by day than at night."""
    return 2.0 if 5 <= at.hour < 20 else 0.5  # noqa: PLR2004  from eight to ten in the evening, local time


def office(at: datetime) -> float:
    """Give a newsroom's week: eight items on each weekday, local time with summer time."""
    begins = 6 if 83 <= day_of(at) < 293 else 7  # noqa: PLR2004  from the end of March to the end of October
    return 0.9 if at.weekday() < 5 and begins <= at.hour < begins + 9 else 0.0  # noqa: PLR2004  Monday to Friday


def day_of(at: datetime) -> int:
    """Give the day of the invented year."""
    return (at - BEGAN).days


def on_workdays(_: int, at: datetime) -> bool:
    """Monday to Friday."""
    return at.weekday() < 5  # noqa: PLR2004


KINDS: dict[str, Callable[[random.Random], Feed]] = {
    "busy: 6 an hour by day, 1 at night": flowing(lambda at: 3 * by_day(at), 6, timedelta(minutes=5)),
    "hourly: 2 an hour by day, 1 in 2 h at night": flowing(by_day, 2, timedelta(minutes=10)),
    "exactly one an hour": lambda luck: Feed(
        published=[BEGAN + hour * HOUR + luck.random() * timedelta(minutes=5) for hour in range(DAYS * 24)],
        pace=timedelta(minutes=10),
    ),
    "5 a day, at any hour": flowing(lambda _: 5 / 24, 5 / 24, timedelta(minutes=30)),
    "weekdays from 8 to 17": flowing(office, 0.9, timedelta(minutes=10)),
    "the same, with public holidays": flowing(
        lambda at: 0.0 if day_of(at) in HOLIDAYS else office(at), 0.9, timedelta(minutes=10)
    ),
    "the same, with two feasts of five days": flowing(
        lambda at: 0.0 if day_of(at) in FEASTS else office(at), 0.9, timedelta(minutes=10)
    ),
    "office hours that move for a month of fasting": flowing(
        lambda at: office(at - 4 * HOUR if day_of(at) in FAST else at), 0.9, timedelta(minutes=10)
    ),
    "daily at 8": at_times(lambda *_: True, 8, 0.2),
    "daily at 8, with public holidays": at_times(lambda day, _: day not in HOLIDAYS, 8, 0.2),
    "daily, within three hours of 14": at_times(lambda *_: True, 14, 1.5),
    "weekdays at 8": at_times(on_workdays, 8, 0.2),
    "Tuesdays at 10": at_times(lambda _, at: at.weekday() == 1, 10, 1),
    "every fourth Monday": at_times(lambda day, _: day % 28 == 0, 9, 2),
    "3 a week, at any hour": flowing(lambda _: 3 / 168, 3 / 168, timedelta(hours=2)),
    "bursts of up to 10, every 18 h, uneven": bursts(18, 10, 0.8),
    "bursts of up to 10, every 40 h, very uneven": bursts(40, 10, 1.2),
    "20 a day that become 1 through the year": flowing(
        lambda at: 20 / 24 * 0.05 ** (day_of(at) / DAYS), 20 / 24, 20 * timedelta(minutes=1)
    ),
    "8 a day, that halve in summer": flowing(lambda at: (4 if day_of(at) in SUMMER else 8) / 24, 8 / 24, timedelta(minutes=20)),
}

if __name__ == "__main__":
    main()
