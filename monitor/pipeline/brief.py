"""The digest: store → health, digest → render → files, and the promise to send it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.model import MAIN, Digest, Format
from monitor.period import Period, last_due
from monitor.pipeline.composed import Window, compose
from monitor.pipeline.files import frozen, mend_files, worded, write
from monitor.pipeline.line import Line
from monitor.render.digest import sent_words
from monitor.render.tally import tally
from monitor.store import Writing

DAY = timedelta(days=1)
LATE = timedelta(minutes=5)


def last(span: timedelta, now: datetime, timezone: str) -> Window:
    """Give the window that ends now and holds what was stored within this very second, too."""
    # to the second, so that its files are never those of a digest that is due at this minute
    period = f"{now.astimezone(ZoneInfo(timezone)):%Y-%m-%dT%H:%M:%S}"
    return Window(period=period, start=now - span, stop=now + timedelta(seconds=1))


async def brief_due(line: Line) -> None:
    """Make the digest that is due, if any, and write what is missing of the newest one's files. Raises StoreError only."""
    if window := await due_period(line):
        await brief(line, window)
    await mend_files(line)


async def due_period(line: Line) -> Window | None:
    """Give the digest that should be there by now and is not; None where none is missing."""
    now = line.now()
    config = line.setup.config
    period = last_due(config.digest, config.timezone, now)
    if period is None:
        return None
    last = await line.store.read(lambda store: store.last_digest(MAIN, now))
    began = await line.store.read(lambda store: store.first_run())
    return _window(period, last, began, now)


def _window(period: Period, last: tuple[datetime, datetime] | None, began: datetime | None, now: datetime) -> Window | None:
    # what was due before the monitor first ran was not missed; a first run in the future ran under a clock that was wrong
    if began is None or period.at < began <= now or (last and last[0] >= period.at):
        return None
    start = last[1] if last else max(began, period.at - DAY)
    return Window(period=period.name, start=start, stop=now, late=now - period.at > LATE, due_at=period.at)


async def brief(line: Line, window: Window) -> tuple[Path, ...]:
    """Make a digest: store its words with the promises to send them, and write its files. Gives the files' paths.

    It is put together beside the writer, who would be held for seconds on a busy day: what is stored meanwhile is in the next
    one. Raises StoreError only; files that cannot be written are said, and written later by `mend_files`.
    """
    now = line.now()
    # what was found by now is stored before it is looked for
    await line.store.write(lambda _tx: None)
    config = line.setup.config
    last = window if window.due_at is None else replace(window, stop=now)
    digest = await line.store.read(lambda store: compose(store, config, last, now))
    files = await asyncio.to_thread(worded, digest, config.digest.formats)
    if not await line.store.write(partial(_keep, line=line, digest=digest, due_at=window.due_at, files=files)):
        return ()
    return await write(line, frozen(digest, files))


def _keep(tx: Writing, *, line: Line, digest: Digest, due_at: datetime | None, files: Mapping[Format, str]) -> bool:
    """Store a digest; False where that period has one already. ``due_at`` None: asked for, and kept for the archive alone."""
    now = digest.stop
    make = partial(
        tx.add_digest,
        digest,
        is_asked=due_at is None,
        now=now,
        sent=sent_words(digest),
        files=files,
        counts=tally(digest),
        send=line.setup.config.digest.send if due_at else (),
    )
    # two that are asked for within a second are two
    hours = (due_at,) if due_at else (now + timedelta(seconds=second) for second in range(60))
    return any(make(due_at=at) for at in hours)
