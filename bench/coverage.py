"""A database of thousands of feeds → what it costs to say what was not seen of the last day, and whom it calls silent.

Filled with invented feeds of all paces, from one item a week to sixty a day, half of them on weekdays only, with eight weeks of
items and five of polls; one feed of fifty has stopped within the last days. Processor time and time on the clock of each part.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from run import say
from sqlite_utils import Database

from monitor.health import LEAST, seems_silent
from monitor.model import Outlet, OutletId, Rhythm
from monitor.pipeline.covered import coverage
from monitor.store import DATABASE, Reading
from monitor.store.connect import open_reader, open_writer, transaction
from monitor.store.rows import rhythm_blob
from monitor.store.writing import Writing

NOW = datetime.now(UTC).replace(microsecond=0)
AT = int(NOW.timestamp())
DAY = 86_400
WEEKS = 8
STOPPED = 50
STEP = 200


def main() -> None:
    """Fill a database, and measure on it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--feeds", type=int, default=20_000)
    parser.add_argument("--folder", type=Path, help="keep the database here, and take it where it is there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        path = (given.folder or Path(scratch)) / DATABASE
        if not path.exists():
            fill(path, given.feeds)
        with closing(open_reader(path)) as db:
            measure(Reading(db))


def measure(reading: Reading) -> None:
    """Say what each part takes."""
    items = sum(items for _, items in reading.items_by_feed(NOW - timedelta(weeks=WEEKS), NOW))
    say(f"{items:,} items, {len(reading.states()):,} feeds")
    window = (NOW - timedelta(days=1), NOW)
    timed("coverage, whole", lambda: coverage(reading, window, NOW))
    timed("the feeds' states", reading.states)
    rhythms = timed("rhythms of those that brought nothing for hours", lambda: tuple(reading.rhythms(NOW - LEAST)))
    suspects = timed("suspects by rhythm", lambda: [one for one in rhythms if seems_silent(one[1], NOW)])
    say(f"{len(rhythms):,} quiet for hours, {len(suspects):,} looked up")
    timed("outages", lambda: reading.outages(*window))
    timed("overflows", lambda: reading.overflows(*window))
    timed("missing texts", lambda: reading.text_gaps(*window))
    timed("unread pages", lambda: reading.unread_gap(NOW))
    found = coverage(reading, window, NOW)
    kinds = [gap.kind for gap in found.gaps]
    say(", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds))))
    stopped = {gap.feed.id for gap in found.gaps if gap.kind == "silent" and gap.feed}
    say(f"of them {sum(feed % STOPPED == 0 for feed in stopped)} had stopped")


def timed(name: str, ask: Callable[[], object]) -> object:
    """Ask, and say what it took."""
    clock, cpu = time.perf_counter(), time.process_time()
    answer = ask()
    say(f"  {name:<50} {(time.process_time() - cpu) * 1e3:6.0f} ms of CPU, {(time.perf_counter() - clock) * 1e3:6.0f} on a clock")
    return answer


def fill(path: Path, feeds: int) -> None:
    """Write the feeds with their items, rhythms and polls."""
    path.parent.mkdir(parents=True, exist_ok=True)
    outlets = tuple(Outlet(id=OutletId(f"o{number}"), feeds=(f"https://o{number}.example/",)) for number in range(feeds))
    luck = random.Random(1)
    with closing(open_writer(path)) as db:
        fill_feeds(db, outlets)
        for first in range(1, feeds + 1, STEP):
            with transaction(db):
                for feed in range(first, min(first + STEP, feeds + 1)):
                    write(db.conn.execute, db.conn.executemany, feed, sorted(moments(luck, feed)))


def fill_feeds(db: Database, outlets: tuple[Outlet, ...]) -> None:
    """Write the feeds as if they had been polled for long."""
    with transaction(db):
        Writing(db).sync(outlets, (), due=lambda *_: NOW + timedelta(hours=1))
        # one life, and one story for all: what they are is not asked here
        db.conn.execute("INSERT INTO run (started_at, seen_at, config) VALUES (?, ?, 'abc')", (AT - 400 * DAY, AT))
        db.conn.execute("INSERT INTO story (id) VALUES (1)")
        db.conn.execute(
            "UPDATE feed SET polled_at = ?, answered_at = ?, first_answered_at = ?, pace = 900", (AT - 60, AT - 60, AT - 99 * DAY)
        )


def moments(luck: random.Random, feed: int) -> Iterator[int]:
    """Give when a feed brought something."""
    each = luck.choice((0.15, 0.3, 0.5, 1, 1, 2, 2, 3, 5, 8)) if feed % 200 else 60
    stops = luck.uniform(1, 6) * DAY if feed % STOPPED == 0 else 60
    at = AT - WEEKS * 7 * DAY
    while (at := at + int(luck.expovariate(each / DAY)) + 1) < AT - stops:
        if feed % 2 or datetime.fromtimestamp(at, UTC).weekday() < 5:  # noqa: PLR2004  Monday to Friday
            yield at


def write(execute: Callable[..., object], many: Callable[..., object], feed: int, seen: list[int]) -> None:
    """Write what is stored of a feed."""
    hours = [0.0] * 168
    for at in seen:
        hours[(at // 3600 + 72) % 168] += 0.5 ** ((AT - at) / (14 * DAY))
    newest = seen[-1] if seen else AT - 50 * DAY
    rhythm = Rhythm(hours=tuple(hours), since=NOW - timedelta(weeks=WEEKS), counted_at=datetime.fromtimestamp(newest, UTC))
    execute(
        "INSERT INTO feed_memory (feed_id, pieces, rhythm, since, counted_at) VALUES (?, ?, ?, ?, ?)",
        (feed, bytes(48 * 20), rhythm_blob(rhythm), AT - WEEKS * 7 * DAY, newest),
    )
    many(
        "INSERT INTO item (feed_id, story_id, title, summary, seen_at, is_baseline, is_first_poll, article_state)"
        " VALUES (?, 1, 'Invented news of the day', 'Some words that say a little more of it.', ?, 0, 0, 'not_wanted')",
        [(feed, at) for at in seen],
    )
    days = range(AT - 35 * DAY, AT, DAY)
    many(
        "INSERT INTO poll (feed_id, at, until, late, outcome, kind, reason) VALUES (?, ?, ?, 0, ?, ?, ?)",
        [(feed, at, at + DAY - 900, *outcome(feed, at)) for at in days],
    )


def outcome(feed: int, at: int) -> tuple[str, str | None, str | None]:
    """Let one feed of a hundred fail for a day now and then."""
    failed = (feed + at // DAY) % 100 == 0
    return ("failed", "http", "503 Service Unavailable") if failed else ("new items", None, None)


if __name__ == "__main__":
    main()
