"""Where log lines and the alerts of the log channel go: the terminal, a file, or the journal with priorities and fields.

Whoever reads them may stop reading. Log lines then wait in a queue, and are dropped and counted where it is full: nothing that
the monitor does waits for them. An alert is not dropped: ``say`` waits, and tells whether it was written.
"""

from __future__ import annotations

import atexit
import errno
import logging
import os
import re
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from logging.handlers import QueueHandler, QueueListener
from queue import Full, Queue
from typing import Final
from zoneinfo import ZoneInfo

from monitor.cli.journal import NOTICE, PRIORITIES, Journal, is_open
from monitor.text import scrub

NOISY = ("apscheduler", "httpx", "httpcore", "asyncio")
"""Libraries whose chatter is not for the desk; at DEBUG some of them log headers, and so secrets."""
LONGEST: Final = 100_000
"""Characters of a log line: a config can have many faults, and a traceback many lines."""
WAITING: Final = 10_000
"""So many lines wait at most for whoever reads them."""
PATIENCE: Final = 1.0
"""Seconds that the end waits for them."""

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_speaking = threading.Lock()


class Clean(logging.Formatter):
    """The words of a line, whatever they quote: nothing that a terminal would obey, no line that reads in another order."""

    def format(self, record: logging.LogRecord) -> str:
        """Put a record into words."""
        return scrub(super().format(record), LONGEST)


class JournalFormatter(Clean):
    """One priority prefix a line, as journald reads them."""

    def format(self, record: logging.LogRecord) -> str:
        """Put the prefix before every line."""
        return _with_priority(super().format(record), PRIORITIES.get(record.levelno, NOTICE))


class ClockFormatter(Clean):
    """The desk's time before each line. ``timezone`` gives the one in force, an IANA name."""

    def __init__(self, timezone: Callable[[], str]) -> None:
        """Take the clock."""
        super().__init__("%(levelname).1s %(message)s")
        self._timezone = timezone

    def format(self, record: logging.LogRecord) -> str:
        """Put date, time and distance from UTC before it: a file is read days later, and elsewhere."""
        return f"{self.at(record):%Y-%m-%d %H:%M:%S%z} {super().format(record)}"

    def at(self, record: logging.LogRecord) -> datetime:
        """Give when it was."""
        return datetime.fromtimestamp(record.created, ZoneInfo(self._timezone()))


class TerminalFormatter(ClockFormatter):
    """The time before each line, and a line with the date before the first of a day."""

    _day = ""

    def format(self, record: logging.LogRecord) -> str:
        """Put the time before it."""
        at = self.at(record)
        before, self._day = self._day, f"{at:%A %d %B %Y} ({self._timezone()})"
        day = "" if before == self._day else f"{self._day}\n"
        return f"{day}{at:%H:%M:%S} {Clean.format(self, record)}"


class Waiting(QueueHandler):
    """Takes log lines without ever waiting, and counts those that had no room."""

    def __init__(self, sink: logging.Handler, *, room: int = WAITING) -> None:
        """Hand what comes in to ``sink``, on a daemon thread: one that hangs in a write keeps no process alive."""
        self.lines: Queue[logging.LogRecord] = Queue(room)
        super().__init__(self.lines)
        self.dropped = 0
        _Writing(self, sink).start()

    def enqueue(self, record: logging.LogRecord) -> None:
        """Put the line in the queue, or drop it."""
        try:
            self.lines.put_nowait(record)
        except Full:
            self.dropped += 1

    def drain(self, seconds: float) -> None:
        """Wait until everything was written, or time is up."""
        with self.lines.all_tasks_done:
            self.lines.all_tasks_done.wait_for(lambda: not self.lines.unfinished_tasks, seconds)


class _Writing(QueueListener):
    """Writes what waits; says afterwards what was dropped."""

    def __init__(self, waiting: Waiting, sink: logging.Handler) -> None:
        super().__init__(waiting.lines, sink)
        self._waiting = waiting
        self._told = 0

    def handle(self, record: logging.LogRecord) -> None:
        super().handle(record)
        dropped = self._waiting.dropped
        if dropped > self._told and self._waiting.lines.empty():
            words = f"Log lines that nobody read in time and that were dropped: {dropped - self._told}"
            self._told = dropped
            super().handle(logging.LogRecord("monitor", logging.WARNING, __file__, 0, words, None, None))


def set_up(*, quiet: bool, verbose: bool, timezone: Callable[[], str]) -> None:
    """Send log lines to standard error, with the desk's time, or to the journal with priorities and fields.

    ``timezone``: gives the IANA name of the one in force.
    """
    sink = _sink(timezone)
    root = logging.getLogger()
    root.handlers[:] = [Waiting(sink)]
    root.setLevel(logging.WARNING)
    logging.getLogger("monitor").setLevel(logging.WARNING if quiet else logging.DEBUG if verbose else logging.INFO)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # it says each job that it cancels at the end, and each tick that takes longer than its second; the jobs' faults we say
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    logging.raiseExceptions = False
    atexit.register(flush)


def _sink(timezone: Callable[[], str]) -> logging.Handler:
    stream = logging.StreamHandler(sys.stderr)
    if not _is_journal():
        is_terminal = sys.stderr is not None and sys.stderr.isatty()
        stream.setFormatter(TerminalFormatter(timezone) if is_terminal else ClockFormatter(timezone))
        return stream
    stream.setFormatter(JournalFormatter())
    if not is_open():
        return stream
    journal = Journal(otherwise=stream)
    journal.setFormatter(Clean())
    return journal


def flush() -> None:
    """Let the last lines out, for at most PATIENCE seconds."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, Waiting):
            handler.drain(PATIENCE)


def say(words: str) -> None:
    """Write an alert to standard output, whole, and return once it is out: it is the data, and -q does not silence it.

    Raises OSError where it can't be written, UnicodeError where the words can't be encoded. Blocks while nobody reads.
    """
    text = _CONTROLS.sub(" ", words.rstrip("\n"))
    text = _with_priority(text, NOTICE) if _is_journal() else f"\n{text}"
    if sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    with _speaking:
        sys.stdout.flush()
        # past Python's buffer: what fails to leave it would come out later, once more
        left = memoryview(f"{text}\n".encode(sys.stdout.encoding, "backslashreplace"))
        while left:
            left = left[os.write(sys.stdout.fileno(), left) :]


def _is_journal() -> bool:
    return bool(os.environ.get("JOURNAL_STREAM"))


def _with_priority(text: str, priority: int) -> str:
    return "\n".join(f"<{priority}>{line}" for line in text.splitlines())
