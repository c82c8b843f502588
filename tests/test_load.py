"""Much at once, and much that is stored (P01-P03): what must hold then. How long it takes is for bench/: load.py, burst.py."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desks import outlet, rows
from fakes import Site
from test_outages import desk
from test_promises import poll_all

# the bench is a folder of scripts that import each other by name
sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))

import stored
from clients import Monitor
from invented import ITEMS
from load import EVERY, prepare, watch
from run import FarmProcess, farming

from monitor import upkeep
from monitor.errors import FetchError
from monitor.model import Fetched, KeepRules, Request, Unchanged
from monitor.pipeline import poll
from monitor.rounds import POLLS, READS
from monitor.store import Reading, Store
from monitor.store.copying import beside, found, indexes, links
from monitor.upkeep import ITEMS as A_STEP
from monitor.workers import Workers

MANY = 300
"""Feeds: more than are polled at once."""
SECONDS = 40


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FarmProcess]:
    with farming(tmp_path_factory.mktemp("feeds"), MANY) as farm:
        yield farm


@pytest.mark.long
def test_p01_of_more_feeds_than_are_polled_at_once_each_is_polled_once_an_interval(farm: FarmProcess, tmp_path: Path) -> None:
    assert MANY > POLLS
    monitor = Monitor(tmp_path / "monitor", sys.executable)
    monitor.begin(farm.addresses(MANY))
    monitor.configure(farm.addresses(MANY), every=EVERY)
    prepare(monitor, farm, MANY)
    with closing(sqlite3.connect(monitor.database)) as db, db:
        # all of them within half the look, where the bench spreads them over an interval
        db.execute("UPDATE feed SET due_at = unixepoch() + 5 + id * ? / ?", [SECONDS // 2, MANY])
    load = watch(monitor, farm, seconds=SECONDS)
    assert (load.polls, load.failed, load.waiting) == (MANY, 0, 0)
    assert (load.count.requests, load.count.asked, load.count.again) == (MANY, MANY, 0)
    assert load.count.unchanged + load.count.whole == MANY
    # each brought its own once, and one in ten three more
    assert monitor.items() == MANY * ITEMS + load.count.whole * 3


def feed(site: Site, name: str, entries: int) -> bytes:
    """Write a feed of news of one day; a watch stands in the last entry, which is the oldest. Every page has its own host."""
    dates = (datetime.now(UTC) - timedelta(seconds=30 * number) for number in range(entries))
    port = site.url.rpartition(":")[2]
    items = "".join(
        f"<item><title>{'Idlib' if number == entries - 1 else 'News'} {name} {number}</title><guid>{name}-{number}</guid>"
        f"<link>http://{name}{number}.example:{port}/{number}</link>"
        f"<pubDate>{date:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for number, date in enumerate(dates)
    )
    return f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>".encode()


@pytest.mark.parametrize("entries", [300, pytest.param(1_700, marks=pytest.mark.long, id="5,100 in all")])
async def test_p02_a_burst_is_stored_whole_and_its_pages_are_read_a_few_at_a_time_what_alerts_wait_for_first(
    tmp_path: Path, site: Site, entries: int
) -> None:
    names = ("feed", "b", "c")
    others = "".join(f'{name} = {{ feed = "{site.url}/{name}.xml", lang = "en", private = true }}\n' for name in names[1:])
    asked: list[str] = []
    goes_on = asyncio.Event()

    async def hangs(request: Request) -> Fetched | Unchanged:
        asked.append(request.url)
        await goes_on.wait()
        raise FetchError("timeout", "in the end")

    with site.serving():
        for name in names:
            site.pages[f"/{name}.xml"] = feed(site, name, entries)
        async with desk(tmp_path, outlet(site).replace("[watches]", f"{others}[watches]")) as daemon:
            await poll_all(daemon)
            stored_now = rows(daemon.config, "SELECT count(*), count(DISTINCT guid) FROM item")
            assert stored_now == [(len(names) * entries, len(names) * entries)]
            assert rows(daemon.config, "SELECT count(*) FROM alert WHERE state = 'held'") == [(len(names),)]
            daemon.line.fetch = hangs
            for _ in range(3):
                await daemon.rounds.tick()
                await asyncio.sleep(0)
            # however long the queue is
            assert (len(daemon.rounds.reading), len(asked)) == (READS, READS)
            assert {url.rpartition("/")[2] for url in asked[: len(names)]} == {str(entries - 1)}
            goes_on.set()


@pytest.mark.long
async def test_p03_in_a_big_database_what_is_known_stays_known_and_what_is_deleted_goes_in_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fiftieth of what bench/burst.py looks at, which takes a quarter of an hour to fill."""
    items = 20_000
    config, _ = stored.configured(tmp_path)
    Store(tmp_path / "monitor.db").close()
    store = Store(tmp_path / "monitor.db")
    async with Workers() as workers:
        line = await stored.opened(config, store, workers)
        await poll(line, (await store.read(Reading.states))[0])
        store.close()
        stored.fill(tmp_path / "monitor.db", items)
        store = Store(tmp_path / "monitor.db")
        line = await stored.opened(config, store, workers)
        monkeypatch.setattr(upkeep, "BREATH", 0.0)
        steps = stored.Held(store)
        before = (await store.read(lambda read: read.db.execute("SELECT min(seen_at) FROM item").fetchone()))[0]
        half = (stored.NOW - datetime.fromtimestamp(before, UTC)) / 2
        gone = await upkeep.tidy(steps, KeepRules(text=half, items=half), stored.NOW)  # type: ignore[arg-type]
        assert abs(gone.items - items // 2) < items // 100
        assert len(steps.seconds) > gone.items // A_STEP
        # what the feed still lists is no news, whether it was deleted or not
        await line.store.write(lambda tx: tx.db.conn.execute("DELETE FROM feed_memory"))
        await poll(line, (await store.read(Reading.states))[0])
        left = await store.read(lambda read: read.db.execute("SELECT count(*) FROM item").fetchone()[0])
        assert left == items + stored.ENTRIES - gone.items
    store.close()
    with closing(beside(tmp_path / "monitor.db")) as looking:
        assert found(looking, indexes, links) == ()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 400_000
