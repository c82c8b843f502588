"""A database that has grown → what it costs to add an item and settle its story: at ten thousand items and at a million.

The database is filled with sketches as articles of 500 words have them, all within the two weeks for which they are kept; then
texts are added one by one, as the line does it: half of them new, a third copies that an editor had in hand, the rest forms that
are filled in with other numbers. Each in a transaction of its own. Processor time and the clock, medians of five rounds.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from array import array
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from run import say

from monitor.model import FeedId, Item, Outlet, OutletId, Sketch, StoryId
from monitor.pipeline.settle import Settling, settle, sketch_of
from monitor.store import Writing
from monitor.store.connect import open_writer, transaction

OUTLETS = 200
STEP = 20_000
ROUNDS = 5
ADDED = 200
"""Items a round."""
WORDS = 40_000
LEAD, REST, LEAST = 120, 250, 31
NOW = datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A text, and which one it is a copy of (-1: of none)."""

    title: str
    body: str
    base: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Milliseconds: of the sketch, of adding and settling on the processor and on the clock; how many joined as they should."""

    sketch: float
    cpu: float
    clock: float
    worst: float
    right: int
    wrong: int


def main() -> None:
    """Measure both sizes and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--items", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--folder", type=Path, help="make the databases here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as scratch:
        for items in given.items:
            path = Path(scratch) / f"{items}.db"
            feeds = opened(path)
            fill(path, items, feeds)
            report(items, path, measured(path, feeds))
            path.unlink()


def report(items: int, path: Path, rounds: list[Round]) -> None:
    """Print what was measured."""
    of = {name: statistics.median(getattr(one, name) for one in rounds) for name in ("sketch", "cpu", "clock", "worst")}
    say(f"{items:>9,} items stored, {path.stat().st_size / 1e9:.2f} GB")
    say(f"  sketch of a text of 500 words:  {of['sketch']:6.2f} ms of CPU, off the writer's thread")
    say(f"  an item added and settled:      {of['cpu']:6.2f} ms of CPU, {of['clock']:.2f} ms on the clock with its commit")
    say(f"  the slowest of {ADDED} in a round:   {of['worst']:6.2f} ms on the clock")
    say(f"  joined as they should: {sum(one.right for one in rounds)}, otherwise: {sum(one.wrong for one in rounds)}")


def opened(path: Path) -> list[FeedId]:
    """Make a database with its outlets."""
    db = open_writer(path)
    listed = tuple(Outlet(id=OutletId(f"outlet-{n}"), feeds=(f"https://outlet-{n}.example/feed",)) for n in range(OUTLETS))
    with transaction(db):
        feeds = Writing(db).sync(listed, (), due=lambda _place, _of: NOW)
    db.close()
    return [feed.id for feed in feeds]


# ------------------------------------------------------------------------------------------------------------- filling


def fill(path: Path, items: int, feeds: list[FeedId]) -> None:
    """Fill a database with so many items, each a story, and what it is known again by."""
    dice = random.Random(1)
    began = time.monotonic()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("CREATE TEMP TABLE pile (hash INTEGER, story INTEGER)")
        for start in range(0, items, STEP):
            db.execute("BEGIN")
            add(db, range(start + 1, min(start + STEP, items) + 1), items=items, feeds=feeds, dice=dice)
            db.execute("COMMIT")
        say(f"  filled {items:,} in {time.monotonic() - began:.0f} s; their hashes are sorted in")
        db.execute("INSERT OR IGNORE INTO shingle (hash, story) SELECT hash, story FROM pile ORDER BY hash, story")
        db.execute("DROP TABLE pile")
        say(f"  done in {time.monotonic() - began:.0f} s")


def add(db: sqlite3.Connection, numbers: range, *, items: int, feeds: list[FeedId], dice: random.Random) -> None:
    """Add some items with their stories, sketches and hashes."""
    moments = [int((NOW - timedelta(days=13) * (1 - number / items)).timestamp()) for number in numbers]
    db.executemany("INSERT INTO story (id, settled_at) VALUES (?, ?)", zip(numbers, moments, strict=True))
    db.executemany(
        "INSERT INTO item (id, feed_id, story_id, title, summary, seen_at, is_baseline, is_first_poll, article_state, is_indexed,"
        " canonical_url) VALUES (?, ?, ?, 'A headline of nine words that says what was', '', ?, 0, 0, 'read', 1, ?)",
        (
            (number, feeds[number % len(feeds)], number, at, f"https://outlet.example/{number}")
            for number, at in zip(numbers, moments, strict=True)
        ),
    )
    for number, at in zip(numbers, moments, strict=True):
        lead, rest = hashes(dice, LEAD), array("I", (each & ~1 for each in hashes(dice, REST)))
        db.execute(
            "INSERT INTO sketch (item_id, at, text_hash, tokens, lead, rest, numbers, words, title, is_headed)"
            " VALUES (?, ?, ?, 500, ?, ?, ?, ?, ?, 1)",
            (
                number,
                at,
                dice.randbytes(16),
                lead.tobytes(),
                rest.tobytes(),
                dice.randbytes(32),
                dice.randbytes(400),
                dice.randbytes(36),
            ),
        )
        found = [each for each in lead if each % 3 == 0] + sorted(each for each in rest if each % 16 == 0)[:16]
        db.executemany("INSERT INTO pile VALUES (?, ?)", [(each, number) for each in found])


def hashes(dice: random.Random, count: int) -> array[int]:
    """Give random hashes."""
    return array("I", (each >> 1 for each in array("I", dice.randbytes(4 * count))))


# ------------------------------------------------------------------------------------------------------------ measuring


def measured(path: Path, feeds: list[FeedId]) -> list[Round]:
    """Add the items of all rounds."""
    db = open_writer(path)
    dice = random.Random(2)
    try:
        return [one_round(Writing(db), feeds, dice) for _ in range(ROUNDS)]
    finally:
        db.close()


def one_round(tx: Writing, feeds: list[FeedId], dice: random.Random) -> Round:
    """Add the items of one round, each in its transaction."""
    sketching, cpu, clock = [], [], []
    stories: list[StoryId] = []
    right = wrong = 0
    for place, said in enumerate(texts(dice)):
        began = time.process_time()
        known_by = sketch_of(said.title, said.body)
        sketching.append(time.process_time() - began)
        began, at = time.process_time(), time.monotonic()
        with transaction(tx.db):
            stories.append(added(tx, feeds, place, said=said, known_by=known_by, number=dice.getrandbits(60)))
        cpu.append(time.process_time() - began)
        clock.append(time.monotonic() - at)
        is_right = stories[-1] == stories[said.base] if said.base >= 0 else stories[-1] not in stories[:-1]
        right, wrong = right + is_right, wrong + (not is_right)
    sketch, used, took = (1000 * statistics.median(each) for each in (sketching, cpu, clock))
    return Round(sketch=sketch, cpu=used, clock=took, worst=1000 * max(clock), right=right, wrong=wrong)


def added(tx: Writing, feeds: list[FeedId], place: int, *, said: Said, known_by: Sketch, number: int) -> StoryId:  # noqa: PLR0913
    """Add an item and settle its story."""
    address = f"https://outlet-{place % OUTLETS}.example/{number}"
    item = Item(
        keys=(f"gl:{number}",),
        guid=None,
        link=address,
        canonical_url=address,
        title=said.title,
        summary=said.body[:300],
        author=None,
        published=NOW,
        published_raw=None,
        language="en",
    )
    feed = feeds[place % len(feeds)]
    item_id, story_id = tx.add_item(feed, item, now=NOW, is_baseline=False, is_first_poll=False, read_page=True, entry_hash=b"")
    one = Settling(
        item_id=item_id,
        story_id=story_id,
        outlet_id=OutletId(f"outlet-{place % OUTLETS}"),
        address=address,
        seen_at=NOW,
        published=NOW,
        sketch=known_by,
    )
    return settle(tx, one, NOW).story_id


def texts(dice: random.Random) -> Iterator[Said]:
    """Give the texts of one round: new ones, copies with changes, and forms with other numbers."""
    made: dict[int, list[str]] = {}
    form = prose(dice, 120)
    for place in range(ADDED):
        kind = dice.choices(("copy", "form", "new"), weights=(7, 3, 10))[0]
        if kind == "copy" and made:
            base = dice.choice(list(made))
            at = dice.randrange(300)
            made[place] = [*made[base][:at], *prose(dice, 80), *made[base][at + 80 :]]
            yield Said(title=" ".join(prose(dice, 9)), body=" ".join(made[place]), base=base)
        elif kind == "form":
            filled = [str(dice.randrange(10, 9_999)) if at % 3 == 0 else word for at, word in enumerate(form)]
            yield Said(title=f"Rates of day {place}", body=" ".join(filled), base=-1)
        else:
            made[place] = prose(dice, 500)
            yield Said(title=" ".join(prose(dice, 9)), body=" ".join(made[place]), base=-1)


def prose(dice: random.Random, count: int) -> list[str]:
    """Give so many words."""
    return [f"w{int(WORDS ** dice.random()):05}" for _ in range(count)]


if __name__ == "__main__":
    main()
