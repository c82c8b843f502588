"""The digest: store → health, digest → render → files, and the promise to send it."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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
from monitor.store import Reading, Writing

log = logging.getLogger("monitor.digest")

DAY = timedelta(days=1)
LATE = timedelta(minutes=5)
RENDERERS: dict[Format, Callable[[Digest], str]] = {"html": html.digest, "md": markdown.digest}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The window of a digest. ``late``: made later than it should have been. ``due_at`` None: asked for, no period of its own."""

    period: str
    start: datetime
    stop: datetime
    late: bool = False
    due_at: datetime | None = None


def last(span: timedelta, now: datetime, timezone: str) -> Window:
    """Give the window that ends now and holds what was stored within this very second, too."""
    period = f"{now.astimezone(ZoneInfo(timezone)):%Y-%m-%dT%H:%M}"
    return Window(period=period, start=now - span, stop=now + timedelta(seconds=1))


def compose(reading: Reading, config: Config, window: Window, now: datetime) -> Digest:
    """Put together what is stored of a window: findings, gaps, the outlets' health."""
    states = reading.states()
    seen = reading.items_by_feed(window.start, window.stop)
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
            *reading.outages(window.start, window.stop),
            *reading.overflows(window.start, window.stop),
            *reading.delivery_gaps(window.start, window.stop),
            *_there(reading.unread_gap()),
            *reading.text_gaps(window.start, window.stop),
            *_there(reading.baseline_gap(window.start, window.stop)),
        ),
        outlets=health(states, seen, now=now),
        last_matches=reading.last_matches(),
        history=reading.history(window.start, window.stop),
        items_read=sum(items for _, items in seen),
        version=__version__,
    )


def _there(gap: Gap | None) -> tuple[Gap, ...]:
    return (gap,) if gap else ()


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
    last = await line.store.read(lambda store: store.last_digest(now))
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

    It is put together in the transaction that stores it, so that what comes in meanwhile is in this window or in the next.
    Raises StoreError only; files that cannot be written are said, and written later by `mend_files`.
    """
    if window.due_at is None:
        now = line.now()
        digest = await line.store.read(lambda store: compose(store, line.setup.config, window, now))
    else:
        made = await line.store.write(lambda tx: _keep(tx, line, window))
        if made is None:
            return ()
        digest = made
    formats = line.setup.config.digest.formats
    words = await asyncio.to_thread(lambda: {kind: RENDERERS[kind](digest) for kind in formats})
    return await _write(line, digest.period, words)


def _keep(tx: Writing, line: Line, window: Window) -> Digest | None:
    """Store a digest; None where that period has one already."""
    now = line.now()
    config = line.setup.config
    digest = compose(tx, config, replace(window, stop=now), now)
    is_new = tx.add_digest(
        due_at=window.due_at or now,
        period=window.period,
        start=window.start,
        stop=now,
        now=now,
        late=window.late,
        subject=digest_subject(digest),
        text=plain.digest(digest),
        html=html.digest(digest),
        markdown=markdown.digest(digest),
        send=config.digest.send,
    )
    return digest if is_new else None


async def mend_files(line: Line) -> None:
    """Write the newest digest's files where they are missing: the folder could not be written, or the monitor was killed."""
    if not line.files_due:
        return
    folder = Path(line.setup.config.digest.directory)
    frozen = await line.store.read(lambda store: store.frozen_digest())
    if frozen is None:
        line.files_due = False
        return
    words: dict[Format, str] = {"html": frozen.html, "md": frozen.markdown}
    missing = {kind: text for kind, text in words.items() if not (folder / file_name(frozen.period, kind)).exists()}
    if set(missing) & set(line.setup.config.digest.formats):
        await _write(line, frozen.period, words)
    else:
        line.files_due = False


async def _write(line: Line, period: str, words: dict[Format, str]) -> tuple[Path, ...]:
    config = line.setup.config
    line.files_due = True
    chosen = {kind: words[kind] for kind in config.digest.formats}
    try:
        paths = await asyncio.to_thread(write_files, period, chosen, Path(config.digest.directory))
    except OSError as error:
        # what is sent to a channel does not need the files; said once, not every time it is tried
        if line.files_fault != (fault := f"{error.filename}: {error.strerror}"):
            log.error("Digest %s cannot be written to %s", period, fault)  # noqa: TRY400
        line.files_fault = fault
        return ()
    line.files_due, line.files_fault = False, None
    log.info("Digest %s: %s", period, ", ".join(str(path) for path in paths))
    return paths


def file_name(period: str, kind: str) -> str:
    """Name a digest's file; a colon is not for file names everywhere."""
    return f"{period.replace(':', '')}.{kind}"


def write_files(period: str, words: Mapping[Format, str], folder: Path) -> tuple[Path, ...]:
    """Write a digest under its period's name, and as the latest one, each file whole or not at all. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for kind, text in words.items():
        for name in (file_name(period, kind), f"latest.{kind}"):
            _replace(folder / name, text)
    return tuple(folder / file_name(period, kind) for kind in words)


def _replace(path: Path, words: str) -> None:
    fd, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(words)
    Path(name).replace(path)
