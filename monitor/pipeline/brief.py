"""The digest: store → health, digest → render → files, and the promise to send it."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor import __version__
from monitor.digest import Period, last_due
from monitor.digest import compose as compose_digest
from monitor.health import gaps, health
from monitor.model import Config, Digest, Format, Gap
from monitor.pipeline.line import Line
from monitor.render import html, markdown, plain
from monitor.render.words import digest_subject
from monitor.store import Reading

log = logging.getLogger("monitor.digest")

DAY = timedelta(days=1)
LATE = timedelta(minutes=5)
RENDERERS = {"html": html.digest, "md": markdown.digest}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The window of a digest. ``late``: made later than it should have been. ``kept`` False: files only, no period of its own."""

    period: str
    start: datetime
    stop: datetime
    late: bool = False
    kept: bool = True


def last(span: timedelta, now: datetime, timezone: str) -> Window:
    """Give the window that ends now and holds what was stored within this very second, too."""
    period = f"{now.astimezone(ZoneInfo(timezone)):%Y-%m-%dT%H:%M}"
    return Window(period=period, start=now - span, stop=now + timedelta(seconds=1), kept=False)


def compose(reading: Reading, config: Config, window: Window, now: datetime) -> Digest:
    """Put together what is stored of a window: findings, gaps, the outlets' health."""
    states = reading.states()
    run = reading.last_run()
    fault = run.config_fault if run and run.stopped_at is None else None
    refused = (Gap(kind="config", feed=None, since=None, reason=fault),) if fault else ()
    return compose_digest(
        config=config,
        period=window.period,
        start=window.start,
        stop=window.stop,
        late=window.late,
        findings=reading.findings(window.start, window.stop),
        gaps=(
            *_there(reading.down_gap(window.start, min(window.stop, now))),
            *refused,
            *gaps(states, now=now),
            *_there(reading.unread_gap(window.start, window.stop)),
            *reading.text_gaps(window.start, window.stop),
            *_there(reading.baseline_gap(window.start, window.stop)),
        ),
        outlets=health(states, reading.items_by_feed(window.start, window.stop), now=now),
        last_matches=reading.last_matches(),
        items_read=reading.items_seen(window.start, window.stop),
        version=__version__,
    )


def _there(gap: Gap | None) -> tuple[Gap, ...]:
    return (gap,) if gap else ()


async def due_period(line: Line) -> Window | None:
    """Give the digest that should be there by now and is not; None where none is missing."""
    now = line.now()
    config = line.setup.config
    period = last_due(config.digest, config.timezone, now)
    if period is None:
        return None
    last = await line.store.read(lambda store: store.last_digest())
    began = await line.store.read(lambda store: store.first_run())
    return _window(period, last, began, now)


def _window(period: Period, last: tuple[str, datetime] | None, began: datetime | None, now: datetime) -> Window | None:
    # what was due before the monitor first ran was not missed
    if began is None or period.at < began or (last and (last[0] == period.name or last[1] > period.at)):
        return None
    start = last[1] if last else max(began, period.at - DAY)
    return Window(period=period.name, start=start, stop=now, late=now - period.at > LATE)


async def brief(line: Line, window: Window) -> tuple[Path, ...]:
    """Make a digest: write its files, and store its words with the promises to send them. Gives the files' paths.

    Files first: a kill between the two makes the same digest again, and the other way round it would have no file for ever.
    Raises StoreError only.
    """
    now = line.now()
    config = line.setup.config
    digest = await line.store.read(lambda store: compose(store, config, window, now))
    try:
        paths = await asyncio.to_thread(write_files, digest, config.digest.formats, Path(config.digest.directory))
        log.info("Digest %s: %s", window.period, ", ".join(str(path) for path in paths))
    except OSError as error:
        # what is sent to a channel does not need the files
        log.error("Digest %s: %s cannot be written: %s", window.period, error.filename, error.strerror)  # noqa: TRY400
        paths = ()
    if window.kept:
        await _keep(line, window, digest)
    return paths


async def _keep(line: Line, window: Window, digest: Digest) -> None:
    page, text = await asyncio.to_thread(lambda: (html.digest(digest), plain.digest(digest)))
    await line.store.write(
        lambda tx: tx.add_digest(
            period=window.period,
            start=window.start,
            stop=window.stop,
            now=line.now(),
            late=window.late,
            subject=digest_subject(digest),
            text=text,
            html=page,
            send=line.setup.config.digest.send,
        )
    )


def write_files(digest: Digest, formats: tuple[Format, ...], folder: Path) -> tuple[Path, ...]:
    """Write a digest under its period's name, and as the latest one, each file whole or not at all. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    paths = []
    for kind in formats:
        words = RENDERERS[kind](digest)
        path = folder / f"{digest.period.replace(':', '')}.{kind}"
        for target in (path, folder / f"latest.{kind}"):
            _replace(target, words)
        paths.append(path)
    return tuple(paths)


def _replace(path: Path, words: str) -> None:
    fd, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(words)
    Path(name).replace(path)
