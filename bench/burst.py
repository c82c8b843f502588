"""A big database → what a burst of news, keys known again, a check, a copy and retention in earnest cost there (P02, P03).

It fills the database as `stored.py` does, or takes the one that is in the folder. All of it is on the clock. Beside retention,
whose pauses are left out, others ask for a transaction every tenth of a second: how long those had to wait is shown.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import tempfile
import time
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from run import say
from stored import NOW, Held, configured, fetched, fill, opened

from monitor import upkeep
from monitor.model import FeedId, Fetched, KeepRules, Request, Unchanged
from monitor.pipeline import Line, poll
from monitor.store import Reading, Store, Writing
from monitor.store.copying import beside, copy, found, indexes, pages
from monitor.workers import Workers

MET = 20_000
BURST = 5_100
"""New items that come at once: of a feed the newest 2,000 are taken, so it takes three polls."""
FIFTH = 5
"""The oldest part of the items that retention lets go."""


def main() -> None:
    """Measure, and say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="keep the database here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        asyncio.run(measured(folder, given.items))
        whole_file(folder / "monitor.db")


async def measured(folder: Path, items: int) -> None:
    """Measure what a running monitor does."""
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
        say(f"{await counted(store):>9,} items stored")
        await known_again(store)
        await burst(line)
        await retained(line)
        # of the workers, the largest
        peak = (resource.getrusage(who).ru_maxrss / 1_000 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        say("  memory, peak: {:.0f} MB, and {:.0f} MB a worker".format(*peak))
    store.close()


async def counted(store: Store) -> int:
    """Count the items."""
    return int(await store.read(lambda read: read.db.execute("SELECT count(*) FROM item").fetchone()[0]))


async def known_again(store: Store) -> None:
    """Ask for the keys of items that are there, feed by feed as polls do."""
    rows = await store.read(lambda read: read.db.execute("SELECT feed_id, key FROM item_key LIMIT ?", [MET]).fetchall())
    keys: dict[FeedId, list[str]] = {}
    for feed, key in rows:
        keys.setdefault(FeedId(feed), []).append(key)
    before = time.perf_counter()
    for feed, asked in keys.items():
        if len(await store.read(partial(Reading.known_items, feed_id=feed, keys=asked))) != len(asked):
            raise SystemExit("burst: a key was not known again")
    say(f"  {len(rows):,} keys of {len(keys):,} feeds known again: {1_000 * (time.perf_counter() - before):.0f} ms")


async def burst(line: Line) -> None:
    """Poll the feed with thousands of items that are new."""
    store, fetch, there = line.store, line.fetch, await counted(line.store)
    held = Held(store)
    line.store = held  # type: ignore[assignment]
    vars(held)["read"] = store.read
    asked = Request(url=line.setup.config.outlets[0].feeds[0], deadline=timedelta(seconds=9), max_size=1)
    each, took = BURST // 3, 0.0
    for first in range(there, there + BURST, each):
        answer = await fetched(asked, numbers=range(first, first + each))
        line.fetch = partial(_given, answer)
        state = (await store.read(lambda read: read.states()))[0]
        before = time.perf_counter()
        await poll(line, state)
        took += time.perf_counter() - before
    line.store, line.fetch = store, fetch
    if (new := await counted(store) - there) != BURST:
        raise SystemExit(f"burst: {new} items were stored, not {BURST}")
    says = f"the writer held for {sum(held.seconds):.2f} s, {max(held.seconds):.2f} s at once"
    say(f"  {BURST:,} new items in three polls: {took:.1f} s in all, {says}")


async def _given(answer: Fetched | Unchanged, _: Request) -> Fetched | Unchanged:
    return answer


async def retained(line: Line) -> None:
    """Let the oldest fifth of the items go while others want to write."""
    oldest = await line.store.read(lambda read: read.db.execute("SELECT min(seen_at) FROM item").fetchone()[0])
    age = (NOW.timestamp() - oldest) * (FIFTH - 1) / FIFTH
    kept = timedelta(seconds=age)
    waited: list[float] = []
    upkeep.BREATH = 0.0
    writing = asyncio.create_task(_writes(line.store, waited))
    before = time.perf_counter()
    gone = await upkeep.tidy(line.store, KeepRules(text=kept, items=kept), datetime.now(NOW.tzinfo))
    took = time.perf_counter() - before
    writing.cancel()
    waited.sort()
    says = f"median {1_000 * waited[len(waited) // 2]:.0f} ms, most {1_000 * waited[-1]:.0f} ms"
    say(f"  retention: {gone.items:,} items in {took:.0f} s; {len(waited):,} others wrote meanwhile and waited {says}")


async def _writes(store: Store, waited: list[float]) -> None:
    while True:
        before = time.perf_counter()
        await store.write(_nothing)
        waited.append(time.perf_counter() - before)
        await asyncio.sleep(0.1)


def _nothing(_: Writing) -> None:
    """Write nothing: what is measured is the turn."""


def whole_file(path: Path) -> None:
    """Check a file as a start does, and as the weekly look does, and copy it as a backup does."""
    said = [f"  the file: {path.stat().st_size / 1e6:,.0f} MB"]
    with closing(beside(path)) as looking:
        for name, check in (("quick_check", pages), ("integrity_check", indexes)):
            before = time.perf_counter()
            if faults := found(looking, check):
                raise SystemExit(f"burst: {faults}")
            said.append(f"{name} {time.perf_counter() - before:.1f} s")
    copied = path.with_name("copied.db")
    copied.unlink(missing_ok=True)
    before = time.perf_counter()
    copy(path, copied)
    said.append(f"a checked copy {time.perf_counter() - before:.1f} s")
    copied.unlink()
    say(", ".join(said))


if __name__ == "__main__":
    main()
