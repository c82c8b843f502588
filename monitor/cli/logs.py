"""Where log lines and the alerts of the log channel go: the terminal, or the journal with its priorities.

Whoever reads them may stop reading. Log lines then wait in a queue, and are dropped and counted where it is full: nothing that
the monitor does waits for them. An alert is not dropped: ``say`` waits, and tells whether it was written.
"""

from __future__ import annotations

import atexit
import errno
import io
import logging
import os
import sys
import threading
from logging.handlers import QueueHandler, QueueListener
from queue import Full, Queue
from typing import Final

NOISY = ("apscheduler", "httpx", "httpcore", "asyncio")
"""Libraries whose chatter is not for the desk; at DEBUG some of them log headers, and so secrets."""
PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
"""sd-daemon(3)'s prefixes."""
NOTICE = 5
WAITING: Final = 10_000
"""So many lines wait at most for whoever reads them."""
PATIENCE: Final = 1.0
"""Seconds that the end waits for them."""

_speaking = threading.Lock()


class JournalFormatter(logging.Formatter):
    """One priority prefix a line, as journald reads them."""

    def format(self, record: logging.LogRecord) -> str:
        """Put the prefix before every line."""
        return _with_priority(super().format(record), PRIORITIES.get(record.levelno, NOTICE))


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


def set_up(*, quiet: bool, verbose: bool) -> None:
    """Send log lines to standard error: with the time on a terminal, with priorities to the journal."""
    for stream in (sys.stdout, sys.stderr):
        # a terminal that lacks some letters gets their numbers, not nothing
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sink = logging.StreamHandler(sys.stderr)
    if _is_journal():
        sink.setFormatter(JournalFormatter("%(message)s"))
    else:
        sink.setFormatter(logging.Formatter("%(asctime)s %(levelname).1s %(message)s", datefmt="%H:%M:%S"))
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


def flush() -> None:
    """Let the last lines out, for at most PATIENCE seconds."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, Waiting):
            handler.drain(PATIENCE)


def say(words: str) -> None:
    """Write an alert to standard output, whole, and return once it is out: it is the data, and -q does not silence it.

    Raises OSError where it can't be written, UnicodeError where the words can't be encoded. Blocks while nobody reads.
    """
    text = words.rstrip("\n")
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
