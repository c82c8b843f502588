"""Outlets of which nothing is stored yet → what their feeds list now, in a database for a moment. Asks each feed once."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from monitor.daemon import Daemon
from monitor.model import Config
from monitor.pipeline import poll
from monitor.rounds import POLLS
from monitor.store import Reading


@contextmanager
def sampled(config: Config) -> Iterator[Path]:
    """Give a state folder with the entries of every feed that answers; it is gone afterwards. No page is read, nobody is told."""
    with tempfile.TemporaryDirectory(prefix="monitor-try-") as folder:
        # nothing of the desk's own is begun by it: neither its database, nor its watches, nor its channels
        asyncio.run(_poll(replace(config, state=folder, watches=(), channels=(), digests=())))
        yield Path(folder)


async def _poll(config: Config) -> None:
    async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
        gate = asyncio.Semaphore(POLLS)
        states = [state for state in await daemon.store.read(Reading.states) if not state.feed.outlet.paused]

        async def one(number: int) -> None:
            async with gate:
                await poll(daemon.line, states[number])

        await asyncio.gather(*map(one, range(len(states))))
