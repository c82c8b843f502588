"""A database with a busy day → what its digest costs: of 100,000 items that were found in the window, and of 1,000, in one run.

The database is filled as the monitor fills it, with invented words: stories that one to forty outlets carry, each item found by
one to three of eight watches in its headline and its text, full texts of 500 words, edits, and 28 days before it at a tenth of
that pace. Then `monitor digest` makes it of the last day, start of the process included: processor time, median of five, and the
most memory that was seen; beside it the size of the page, and what putting it together takes alone.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import measured
from run import say

from monitor.config import load
from monitor.pipeline import compose, last
from monitor.store import DATABASE, Reading
from monitor.store.connect import open_reader, open_writer, transaction
from monitor.store.writing import Writing

OUTLETS = 400
WATCHES = ("idlib", "crossings", "camps", "water", "convoys", "fuel", "schools", "wheat")
DAYS = 28
WORDS = 8_000
TEXTS = 2_000
ROUNDS = 5
STEP = 5_000
EDITED = 50
"""One item of so many is edited."""
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What a digest took: seconds of processor, bytes of memory at the most, seconds to compose it, bytes of its page."""

    items: int
    cpu: float
    clock: float
    memory: int
    composing: float
    size: int


def main() -> None:
    """Measure both sizes and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--items", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--folder", type=Path, help="keep the databases here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        found = [of(Path(given.folder or scratch) / str(items), items) for items in given.items]
    for costs in found:
        say(
            f"{costs.items:>9,} items in the window: {costs.cpu:.2f} s of CPU ({costs.clock:.2f} s on the clock),"
            f" {costs.memory / 1e6:.0f} MB; composed in {costs.composing:.2f} s; the page has {costs.size / 1e3:.0f} kB"
        )


def of(folder: Path, items: int) -> Costs:
    """Fill a database, and measure on it."""
    config = configured(folder)
    if not (folder / DATABASE).exists():
        fill(folder, items)
    # a file that is there already stays as it is
    pages = [folder / f"digest-{number}.html" for number in range(ROUNDS)]
    for page in pages:
        page.unlink(missing_ok=True)
    command = (sys.executable, "-m", "monitor", "digest", "-c", str(folder / "config.toml"), "--since", "24h")
    costs = [measured.run((*command, "--format", "html", "-o", str(page)), folder=folder) for page in pages]
    if failed := [cost.code for cost in costs if cost.code]:
        raise SystemExit(f"monitor digest failed ({failed[0]}): {(folder / 'log').read_text()[-2_000:]}")
    return Costs(
        items=items,
        cpu=statistics.median(cost.cpu for cost in costs),
        clock=statistics.median(cost.seconds for cost in costs),
        memory=max(cost.memory for cost in costs),
        composing=composing(folder, config),
        size=pages[0].stat().st_size,
    )


def composing(folder: Path, path: Path) -> float:
    """Give the seconds of processor that putting it together takes, without start and words."""
    config = load(path, environ={}, home=folder)
    with closing(open_reader(folder / DATABASE)) as db:
        took = []
        for _ in range(ROUNDS):
            began = time.process_time()
            compose(Reading(db), config, last(DAY, NOW, "UTC"), NOW)
            took.append(time.process_time() - began)
    return statistics.median(took)


def configured(folder: Path) -> Path:
    """Write a config with all its outlets and watches."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.toml"
    outlets = "\n".join(
        f'outlet-{n} = {{ feed = "https://outlet-{n}.example/feed", name = "Outlet {n}" }}' for n in range(OUTLETS)
    )
    watches = "\n".join(f'{name} = ["{name}"]' for name in WATCHES)
    path.write_text(f'state = "{folder}"\ntimezone = "UTC"\n[outlets]\n{outlets}\n[watches]\n{watches}\n')
    return path


# -------------------------------------------------------------------------------------------------------------- filling


def fill(folder: Path, items: int) -> None:
    """Fill a database with a day of so many items that were found, and a tenth of that on each of the 28 days before."""
    dice = random.Random(7)
    config = load(folder / "config.toml", environ={}, home=folder)
    ranks = dice.choices(range(WORDS), weights=[1 / (rank + 10) for rank in range(WORDS)], k=TEXTS * 500)
    texts = [text(ranks[at : at + 500]) for at in range(0, len(ranks), 500)]
    began = time.monotonic()
    with closing(open_writer(folder / DATABASE)) as db:
        db.execute("PRAGMA synchronous = OFF")
        with transaction(db):
            Writing(db).sync(config.outlets, config.watches, due=lambda _place, _of: NOW + DAY)
            past = int((NOW - (DAYS + 3) * DAY).timestamp())
            db.execute("UPDATE watch SET since = ?", [past])
            db.execute(
                "UPDATE feed SET polled_at = ?1, answered_at = ?1, first_answered_at = ?2, pace = 900",
                [int(NOW.timestamp()), past],
            )
            db.execute("INSERT INTO run (started_at, seen_at, config) VALUES (?, ?, 'c0ffee')", [past, int(NOW.timestamp())])
        numbers = iter(range(1, 10_000_000))
        for day in range(DAYS, -1, -1):
            count = items if day == 0 else items // 10
            for start in range(0, count, STEP):
                with transaction(db):
                    add(db.conn, stories(dice, min(STEP, count - start)), numbers=numbers, day=day, dice=dice, texts=texts)
            if day % 7 == 0:
                say(f"  filled up to {day} days ago in {time.monotonic() - began:.0f} s")
        db.execute("ANALYZE")


def text(ranks: list[int]) -> str:
    """Make an article of words in paragraphs of five sentences."""
    sentences = [" ".join(f"w{rank:04}" for rank in ranks[at : at + 20]).capitalize() + "." for at in range(0, len(ranks), 20)]
    return "\n".join(" ".join(sentences[at : at + 5]) for at in range(0, len(sentences), 5))


def stories(dice: random.Random, items: int) -> Iterator[int]:
    """Part items into stories: most have one, few have dozens."""
    while items > 0:
        size = min(items, dice.choices([1, 2, 3, 5, 8, 40], weights=[60, 16, 10, 8, 5, 1])[0])
        yield size
        items -= size


def add(  # noqa: PLR0913  what items are made of
    db: sqlite3.Connection, sizes: Iterator[int], *, numbers: Iterator[int], day: int, dice: random.Random, texts: list[str]
) -> None:
    """Add stories with their items, articles and matches, as the line stores them."""
    stop = int((NOW - day * DAY).timestamp())
    for size in sizes:
        story = db.execute("INSERT INTO story (settled_at) VALUES (?)", (stop,)).lastrowid
        body = dice.choice(texts)
        seen = stop - dice.randrange(3_600, 86_000)
        watches = dice.sample(WATCHES, dice.choices([1, 2, 3], weights=[8, 2, 1])[0])
        for place, outlet in enumerate(dice.sample(range(OUTLETS), size)):
            number, at = next(numbers), min(seen + place * 90, stop - 60)
            item = db.execute(
                "INSERT INTO item (feed_id, story_id, copied, is_own_text, guid, link, canonical_url, title, summary, language,"
                " published_at, seen_at, unseen_at, is_baseline, is_first_poll, article_state, article_at, is_indexed)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'en', ?, ?, ?, 0, 0, 'read', ?, 1)",
                (
                    outlet + 1,
                    story,
                    0.9 if place else None,
                    int(place == 0 or dice.random() < 0.2),  # noqa: PLR2004
                    str(number),
                    f"https://outlet-{outlet}.example/{number}",
                    f"outlet-{outlet}.example/{number}",
                    f"{watches[0]} {body[:60]} {number}",
                    body[:200],
                    at - 300,
                    at,
                    at - 900,
                    at + 20,
                ),
            ).lastrowid
            said = f"{body} The {watches[0]} of {number} came later."
            db.execute(
                "INSERT INTO article (item_id, url, title, text, text_hash, source, read_at) VALUES (?, ?, '', ?, ?, 'page', ?)",
                (item, f"https://outlet-{outlet}.example/{number}", said, hashlib.sha256(said.encode()).hexdigest(), at + 20),
            )
            for watch in watches:
                for is_first, field, start in ((1, "title", 0), (0, "text", len(body) + 5)):
                    db.execute(
                        "INSERT INTO match (item_id, watch_id, field, term, form, start, stop, sentence, mark_start, mark_stop,"
                        " found_at, is_first, config) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 5, ?, ?, 'c0ffee')",
                        (item, watch, field, watch, watch, start, start + 5, f"{watch} {body[200:380]}", at + 20, is_first),
                    )
            if number % EDITED == 0:
                db.execute(
                    "INSERT INTO revision (item_id, number, part, seen_at, title, text, text_hash)"
                    " VALUES (?, 1, 'page', ?, '', ?, ?)",
                    (item, at + 30, said[300:], hashlib.sha256(said[300:].encode()).hexdigest()),
                )


if __name__ == "__main__":
    main()
