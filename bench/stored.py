"""A database that has grown → what it costs to poll, search and forget: at ten thousand items and at a million, in one run.

The database is filled as the monitor fills it (tables, keys, index), with invented words in the shares that languages have; then
the real poll of a real feed, real searches and the real retention run on it. Processor time, medians of five; how long the
writer was held is on the clock, the longest of all steps. `--folder` keeps the databases, and takes them where they are there.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TypeVar

from run import say

from monitor import upkeep
from monitor.config import load
from monitor.match import compile_watches
from monitor.model import Config, Fetched, ItemId, KeepRules, Manner, Request, Texts, Unchanged, Validators
from monitor.pipeline import Line, Network, Setup, poll
from monitor.search import compiled, searchable, snippet
from monitor.store import Store, Writing
from monitor.workers import Workers

T = TypeVar("T")
FEEDS = 2_000
ENTRIES = 30
ROUNDS = 5
WORDS = 40_000
SENTENCES = 20_000
STEP = 5_000
DAYS = 390
"""The items are spread over so many days up to now."""
NOW = datetime.now(UTC)
LETTERS = ("bdfghklmnprstvz", "aeiou")


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What things cost, in milliseconds. ``held``: the longest that one step of retention held the writer, on the clock."""

    items: int
    whole: float
    cut: float
    searches: tuple[tuple[str, float, int], ...]
    held: float
    forgotten: int


def main() -> None:
    """Measure both sizes and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--items", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--folder", type=Path, help="keep the databases here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        found = [asyncio.run(measured(folder / str(items), items)) for items in given.items]
    for costs in found:
        say(f"{costs.items:>9,} items stored")
        say(f"  a poll of {ENTRIES} known items, all read again: {costs.whole:6.2f} ms of CPU in the store")
        say(f"  a poll of which only the build date changed:  {costs.cut:6.2f} ms")
        for words, took, hits in costs.searches:
            say(f"  search {words:<24} {took:7.1f} ms, {hits:,} found")
        say(f"  retention: {costs.forgotten:,} items and texts forgotten, the writer held for {costs.held:.0f} ms at the longest")


async def measured(folder: Path, items: int) -> Costs:
    """Fill a database, and measure on it."""
    config, is_new = configured(folder)
    store = Store(folder / "monitor.db")
    async with Workers() as workers:
        line = await opened(config, store, workers)
        if is_new:
            await poll(line, (await store.read(lambda read: read.states()))[0])
            store.close()
            fill(folder / "monitor.db", items)
            store = Store(folder / "monitor.db")
            line = await opened(config, store, workers)
        whole = await known_poll(line, forget=True)
        cut = await known_poll(line, forget=False)
        searches = tuple([await searched(store, words) for words in (["w00001"], ["w00500"], ["w20000"], ["w00010", "w00020"])])
        held, forgotten = await retained(line)
    store.close()
    return Costs(items=items, whole=whole, cut=cut, searches=searches, held=held, forgotten=forgotten)


def configured(folder: Path) -> tuple[Config, bool]:
    """Write a config of one feed; say whether its database is still to be made."""
    folder.mkdir(parents=True, exist_ok=True)
    is_new = not (folder / "monitor.db").exists()
    path = folder / "config.toml"
    path.write_text(
        f'state = "{folder}"\ntimezone = "UTC"\n[outlets]\norontes-post = {{ feed = "https://orontes-post.example/feed.xml", '
        'lang = "en", full_text = false }\n[watches]\nidlib = ["Idlib"]\n'
    )
    return load(path, environ={}, home=folder), is_new


async def opened(config: Config, store: Store, workers: Workers) -> Line:
    """Make the line that polls the one feed."""
    feeds = await store.write(lambda tx: tx.sync(config.outlets, config.watches, due=lambda _place, _of: NOW))
    return Line(
        store=store,
        fetch=fetched,
        workers=workers,
        now=lambda: datetime.now(UTC),
        jitter=lambda: 0.5,
        network=Network.of(config.outlets),
        setup=Setup(config=config, feeds={feed.id: feed for feed in feeds}, matcher=compile_watches(config.watches), channels={}),
    )


async def fetched(request: Request, *, numbers: range = range(ENTRIES)) -> Fetched | Unchanged:
    """Give the feed: always the same items, and another build date each time."""
    entries = "".join(
        f"<item><title>{text_of(number)[:60]}</title><link>https://orontes-post.example/{number}</link>"
        f"<guid>https://orontes-post.example/{number}</guid><description>{text_of(number)}</description>"
        f"<pubDate>{format_datetime(NOW - timedelta(minutes=number))}</pubDate></item>"
        for number in numbers
    )
    built = f"<lastBuildDate>{format_datetime(datetime.now(UTC))}</lastBuildDate><!-- {time.time_ns()} -->"
    body = f'<rss version="2.0"><channel><title>Orontes Post</title>{built}{entries}</channel></rss>'.encode()
    return Fetched(
        requested_url=request.url,
        url=request.url,
        status=200,
        content_type="application/rss+xml",
        body=body,
        validators=Validators(body_hash=hashlib.sha256(body).hexdigest()),
        fetched_at=datetime.now(UTC),
        manner=Manner(),
    )


def text_of(number: int) -> str:
    """Give an item of the polled feed a text of its own."""
    return " ".join(word(random.Random(number * 1_000 + place).randrange(WORDS)) for place in range(40))


def word(rank: int) -> str:
    """Name the word of a rank."""
    return f"w{rank:05}"


# ------------------------------------------------------------------------------------------------------------- filling


def fill(path: Path, items: int) -> None:
    """Fill a database with so many items of other feeds, as the monitor would have stored them."""
    dice = random.Random(1)
    ranks = dice.choices(range(WORDS), weights=[1 / (rank + 10) for rank in range(WORDS)], k=SENTENCES * 15)
    sentences = [" ".join(map(word, ranks[at : at + 15])) + "." for at in range(0, len(ranks), 15)]
    began = time.monotonic()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        db.executemany("INSERT INTO outlet (id, is_listed) VALUES (?, 0)", [(f"outlet-{number}",) for number in range(FEEDS)])
        db.executemany(
            "INSERT INTO feed (outlet_id, url, host, is_listed, is_paused, due_at) VALUES (?, ?, ?, 0, 0, 0)",
            [(f"outlet-{n}", f"https://outlet-{n}.example/feed", f"outlet-{n}.example:443") for n in range(FEEDS)],
        )
        first = db.execute("SELECT max(id) FROM feed").fetchone()[0] - FEEDS + 1
        db.execute("COMMIT")
        for start in range(0, items, STEP):
            db.execute("BEGIN")
            add(db, range(start, min(start + STEP, items)), items=items, first=first, dice=dice, sentences=sentences)
            db.execute("COMMIT")
            join(db)
            if start % (20 * STEP) == 0:
                say(f"  filled {start:,} in {time.monotonic() - began:.0f} s")


def join(db: sqlite3.Connection) -> None:
    """Join the parts of the index as far as the monitor would have, which does it in smaller steps."""
    changes = 2
    while changes > 1:
        before = db.total_changes
        db.execute("INSERT INTO words (words, rank) VALUES ('merge', 1000)")
        changes = db.total_changes - before


def add(  # noqa: PLR0913  what items are made of
    db: sqlite3.Connection, numbers: range, *, items: int, first: int, dice: random.Random, sentences: list[str]
) -> None:
    """Add some items with their stories, keys, articles and words."""
    base = db.execute("SELECT max(id) FROM item").fetchone()[0]
    ids = range(base + 1, base + 1 + len(numbers))
    texts = [
        Texts(
            id=ItemId(id),
            title=dice.choice(sentences)[:60],
            summary=dice.choice(sentences),
            text="\n".join(dice.choices(sentences, k=12)),
        )
        for id in ids
    ]
    seen = [int(NOW.timestamp()) - (items - number) * DAYS * 86_400 // items for number in numbers]
    feeds = [first + dice.randrange(FEEDS) for _ in numbers]
    stories = db.execute("SELECT coalesce(max(id), 0) FROM story").fetchone()[0]
    db.executemany("INSERT INTO story (id, settled_at) VALUES (?, ?)", [(stories + 1 + n, at) for n, at in enumerate(seen)])
    db.executemany(
        "INSERT INTO item (id, feed_id, story_id, guid, link, canonical_url, title, summary, published_at, seen_at, is_baseline,"
        " is_first_poll, article_state, article_at, entry_hash, is_indexed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 'read', ?, ?, 1)",
        [
            (one.id, feed, stories + 1 + n, url, url, url, one.title, one.summary, at, at, at, dice.randbytes(16))
            for n, (one, feed, at) in enumerate(zip(texts, feeds, seen, strict=True))
            for url in (f"https://outlet-{feed}.example/{one.id}",)
        ],
    )
    db.executemany(
        "INSERT INTO item_key (feed_id, key, item_id) VALUES (?, ?, ?)",
        [
            (feed, f"{kind}:{dice.randbytes(16).hex()}", one.id)
            for one, feed in zip(texts, feeds, strict=True)
            for kind in ("l", "lt", "td")
        ],
    )
    db.executemany(
        "INSERT INTO article (item_id, url, text, text_hash, source, read_at) VALUES (?, ?, ?, ?, 'page', ?)",
        [(one.id, "https://outlet.example/", one.text, "0" * 64, at) for one, at in zip(texts, seen, strict=True)],
    )
    db.executemany(
        "INSERT INTO words (rowid, title, summary, text) VALUES (?, ?, ?, ?)",
        [(one.id, one.title, one.summary, one.text) for one in map(searchable, texts)],
    )


# ----------------------------------------------------------------------------------------------------------- measuring


class Timed:
    """A store that adds up what its reads and writes take of the processor, commits and all."""

    def __init__(self, store: Store) -> None:
        """Begin at zero."""
        self._store = store
        self.spent = 0.0

    async def write(self, unit: Callable[[Writing], T]) -> T:
        """Write, and count."""
        before = time.process_time()
        try:
            return await self._store.write(unit)
        finally:
            self.spent += time.process_time() - before

    async def read(self, question: Callable[..., T]) -> T:
        """Read, and count."""
        before = time.process_time()
        try:
            return await self._store.read(question)
        finally:
            self.spent += time.process_time() - before


async def known_poll(line: Line, *, forget: bool) -> float:
    """Poll the feed, all of whose items are known. ``forget``: what its document was made of, so that every item is read."""
    took = []
    for _ in range(ROUNDS + 1):
        if forget:
            await line.store.write(lambda tx: tx.db.conn.execute("DELETE FROM feed_memory"))
        state = (await line.store.read(lambda read: read.states()))[0]
        timed = Timed(line.store)
        before = line.store
        line.store = timed  # type: ignore[assignment]
        await poll(line, state)
        line.store = before
        took.append(timed.spent * 1_000)
    # the first one warms the cache, as every poll but the first finds it
    return statistics.median(took[1:])


async def searched(store: Store, words: list[str]) -> tuple[str, float, int]:
    """Search, with the snippets that are shown."""
    asked = compiled(words)
    took = []
    total = 0
    for _ in range(ROUNDS):
        before = time.process_time()
        hits = await store.read(lambda read: read.found(asked.query))
        total = await store.read(lambda read: read.count_found(asked.query))
        for hit in hits:
            snippet(asked, hit.texts)
        took.append((time.process_time() - before) * 1_000)
    return " ".join(words), statistics.median(took), total


class Held:
    """A store that notes how long each write held the writer, commits and all: nobody else writes here."""

    def __init__(self, store: Store) -> None:
        """Begin with no note."""
        self._store = store
        self.seconds: list[float] = []

    async def write(self, unit: Callable[[Writing], T]) -> T:
        """Write, and note."""
        before = time.perf_counter()
        try:
            return await self._store.write(unit)
        finally:
            self.seconds.append(time.perf_counter() - before)

    async def settle(self) -> None:
        """Settle, and note."""
        before = time.perf_counter()
        await self._store.settle()
        self.seconds.append(time.perf_counter() - before)


async def retained(line: Line) -> tuple[float, int]:
    """Let the texts of the oldest fiftieth go, then the items, and take them out of the index.

    Gives the longest hold in milliseconds, and how many texts and items went.
    """
    oldest = await line.store.read(lambda read: read.db.execute("SELECT min(seen_at) FROM item").fetchone()[0])
    oldest = datetime.fromtimestamp(oldest, UTC)
    age = NOW - oldest - (NOW - oldest) / 50
    store, upkeep.BREATH = line.store, 0.0
    held = Held(store)
    line.store = held  # type: ignore[assignment]
    texts = await upkeep.tidy(held, KeepRules(text=age), NOW)  # type: ignore[arg-type]
    await line.indexing.index(line.store)
    await line.indexing.join(line.store)
    items = await upkeep.tidy(held, KeepRules(text=age, items=age), NOW)  # type: ignore[arg-type]
    line.store = store
    return max(held.seconds) * 1_000, texts.texts + items.items


if __name__ == "__main__":
    main()
