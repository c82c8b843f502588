"""The test build of the daemon: `monitor`'s own command line, killed at the n-th passing of a named point.

MONITOR_CRASH_AT=point:n says where; MONITOR_CLOCK=start:speed lets the clock and everything that ticks by it run so many times
faster since ``start`` (seconds since 1970); MONITOR_CHILDREN names the file that is told every process that is started. All of
it is wrapped round the program from outside: the product has no hooks, and knows nothing of this.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor import daemon, schedule
from monitor.__main__ import main
from monitor.channels import CHANNELS
from monitor.daemon import Daemon
from monitor.fetch import Door
from monitor.pipeline import shelves
from monitor.pipeline.line import PAGE_TYPES
from monitor.render import html, markdown, plain
from monitor.store import Store
from monitor.workers import Workers

POINTS = (
    *("in_migration", "after_fetch", "after_parse", "in_ingest", "after_ingest"),
    *("after_article_fetch", "in_article", "in_settle", "after_article"),
    *("before_send", "after_send", "after_send_of_mail", "in_record", "after_record"),
    *("in_digest_render", "in_archive", "before_digest_send", "after_digest_send", "in_reload", "at_shutdown"),
)
"""Every point at which it can be killed. ``in_``: inside the transaction. ``after_send``: the channel took the message, and the
database does not know. ``in_digest_render``: once a form. ``in_archive``: twice a file, half written and written.
``at_shutdown``: told to stop, the line closed, the database closed."""

_HAPPENS = (
    ("ingest", re.compile(r"INSERT INTO item ")),
    ("article", re.compile(r"INSERT INTO \W?article\b")),
    # of what was taken, not of what was refused: sqlite gives the statement with its values
    ("record", re.compile(r"INSERT INTO \W?delivery\b.*'sent'", re.DOTALL)),
    ("reload", re.compile(r"UPDATE run SET config")),
)
"""What a unit of work was, told by a statement in it: whatever the deeds of the store are called, its tables are named so."""
_PASSES = (
    ("in_migration", re.compile(r"CREATE (?!.*_sqlite_migrations)")),
    # an item's story is settled, or it joins another item's: the rows of its article stand already
    ("in_settle", re.compile(r"UPDATE story SET settled_at|UPDATE item SET story_id")),
)
"""Points that are passed with a statement itself."""


class Crash:
    """Kills this process when ``at`` ("point:n") is passed for the n-th time; None: never."""

    def __init__(self, at: str | None) -> None:
        self._point, _, times = (at or "").rpartition(":")
        self._left = int(times or 0)
        self._counting = threading.Lock()
        # `after_settle` and their like are no points, and would never be passed
        assert at is None or self._point in POINTS, f"there is no point {self._point}"

    def passed(self, point: str) -> None:
        if point != self._point:
            return
        with self._counting:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def wrap(crash: Crash) -> None:
    """Wrap every point of the program."""
    written: set[str] = set()
    _wrap_database(crash, written)
    _wrap_writes(crash, written)
    _wrap_fetches(crash)
    _wrap_channels(crash)
    _wrap_digests(crash)
    _wrap_archive(crash)
    _wrap_the_end(crash)


def _wrap_database(crash: Crash, written: set[str]) -> None:
    connect = sqlite3.connect

    def seen(statement: str) -> None:
        written.update(name for name, pattern in _HAPPENS if pattern.match(statement))
        for point, pattern in _PASSES:
            if pattern.match(statement):
                crash.passed(point)

    def connected(*where: Any, **how: Any) -> sqlite3.Connection:
        made = connect(*where, **how)
        if not how.get("uri"):
            made.set_trace_callback(seen)
        return made

    sqlite3.connect = connected  # type: ignore[assignment]


def _wrap_writes(crash: Crash, written: set[str]) -> None:
    write = Store.write

    async def watched(self: Store, unit: Callable[[Any], Any]) -> Any:
        happened: set[str] = set()

        def whole(tx: Any) -> Any:
            # units run one after the other, on the writer's thread
            written.clear()
            value = unit(tx)
            happened.update(written)
            for name in sorted(happened):
                crash.passed(f"in_{name}")
            return value

        value = await write(self, whole)
        for name in sorted(happened):
            crash.passed(f"after_{name}")
        return value

    Store.write = watched  # type: ignore[method-assign,assignment]


def _wrap_fetches(crash: Crash) -> None:
    fetch, parse, start = Door.fetch, Workers.parse, asyncio.create_subprocess_exec
    children = os.open(os.environ.get("MONITOR_CHILDREN", os.devnull), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC)

    async def fetched(self: Door, request: Any) -> Any:
        answer = await fetch(self, request)
        if request.method == "GET":
            crash.passed("after_article_fetch" if request.accept == PAGE_TYPES else "after_fetch")
        return answer

    async def parsed(self: Workers, *about: Any, **how: Any) -> Any:
        document = await parse(self, *about, **how)
        crash.passed("after_parse")
        return document

    async def started(*words: Any, **how: Any) -> Any:
        process = await start(*words, **how)
        os.write(children, f"{process.pid}\n".encode())
        return process

    Door.fetch = fetched  # type: ignore[method-assign]
    Workers.parse = parsed  # type: ignore[method-assign]
    asyncio.create_subprocess_exec = started


class Watched:
    """A channel that is open, with the points before and after each delivery."""

    def __init__(self, opened: Any, crash: Crash) -> None:
        self._opened = opened
        self._crash = crash

    def __getattr__(self, name: str) -> Any:
        """Be the channel itself in all else."""
        return getattr(self._opened, name)

    async def deliver(self, message: Any, *more: Any, **about: Any) -> Any:
        what = "digest_send" if json.loads(message.json)["kind"] == "digest" else "send"
        self._crash.passed(f"before_{what}")
        answer = await self._opened.deliver(message, *more, **about)
        self._crash.passed(f"after_{what}")
        if type(self._opened).__name__ == "Email":
            self._crash.passed(f"after_{what}_of_mail")
        return answer


def _wrap_channels(crash: Crash) -> None:
    def watched(opener: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *about: Watched(opener(*about), crash)

    for kind, opener in CHANNELS.items():
        CHANNELS[kind] = watched(opener)


def _wrap_digests(crash: Crash) -> None:
    def watched(render: Callable[..., str]) -> Callable[..., str]:
        def rendered(*about: Any, **how: Any) -> str:
            words = render(*about, **how)
            crash.passed("in_digest_render")
            return words

        return rendered

    for form in (plain, html, markdown):
        form.digest = watched(form.digest)  # type: ignore[attr-defined]


def _wrap_archive(crash: Crash) -> None:
    put, make = shelves.put, tempfile.mkstemp

    begins = 0

    def begun(*about: Any, **how: Any) -> Any:
        nonlocal begins
        begins += 1
        made = make(*about, **how)
        crash.passed("in_archive")
        return made

    def written(*about: Any) -> None:
        before = begins
        put(*about)
        # what says the same already is left as it is
        if begins > before:
            crash.passed("in_archive")

    tempfile.mkstemp = begun
    shelves.put = written


def _wrap_the_end(crash: Crash) -> None:
    end, close = Daemon.__aexit__, Store.close

    async def ended(self: Daemon, *why: object) -> None:
        crash.passed("at_shutdown")
        await end(self, *why)

    def closed(self: Store) -> None:
        crash.passed("at_shutdown")
        close(self)
        crash.passed("at_shutdown")

    Daemon.__aexit__ = ended  # type: ignore[method-assign]
    Store.close = closed  # type: ignore[method-assign]


def hurry(clock: str) -> None:
    """Let time pass faster: the clock of everything that is stored, and the pace of the jobs."""
    start, speed = map(float, clock.split(":"))
    daemon.utc_now = lambda: datetime.fromtimestamp(at(start, speed), UTC)
    begin = schedule.Schedule.__init__

    def begun(self: schedule.Schedule, *jobs: schedule.Every, **how: Any) -> None:
        begin(self, *(replace(job, interval=_hurried(job.interval, speed)) for job in jobs), **how)

    schedule.Schedule.__init__ = begun  # type: ignore[method-assign]


def _hurried(interval: timedelta, speed: float) -> timedelta:
    """Give the real time between two starts of a job.

    Not all the way: a look takes its time, and a second of the world would be over before the last one is. What comes seldom is
    hurried as fast as the clock runs, or an hour's job would come once in days.
    """
    return max(interval / speed, min(interval / 40, timedelta(seconds=0.25)))


def at(start: float, speed: float) -> float:
    """Give what the clock of this world shows now, in seconds since 1970."""
    return start + (time.time() - start) * speed


if __name__ == "__main__":
    wrap(Crash(os.environ.get("MONITOR_CRASH_AT")))
    if given := os.environ.get("MONITOR_CLOCK"):
        hurry(given)
    sys.exit(main())
