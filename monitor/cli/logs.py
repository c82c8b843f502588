"""Where log lines and the alerts of the log channel go: the terminal, or the journal with its priorities."""

from __future__ import annotations

import logging
import os
import sys

NOISY = ("apscheduler", "httpx", "httpcore", "aiohttp", "asyncio")
"""Libraries whose chatter is not for the desk; at DEBUG some of them log headers, and so secrets."""
PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
"""sd-daemon(3)'s prefixes."""
NOTICE = 5


class JournalFormatter(logging.Formatter):
    """One priority prefix a line, as journald reads them."""

    def format(self, record: logging.LogRecord) -> str:
        """Put the prefix before every line."""
        prefix = f"<{PRIORITIES.get(record.levelno, NOTICE)}>"
        return "\n".join(prefix + line for line in super().format(record).splitlines())


def set_up(*, quiet: bool, verbose: bool) -> None:
    """Send log lines to standard error: with the time on a terminal, with priorities to the journal."""
    handler = logging.StreamHandler(sys.stderr)
    if os.environ.get("JOURNAL_STREAM"):
        handler.setFormatter(JournalFormatter("%(message)s"))
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname).1s %(message)s", datefmt="%H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("monitor").setLevel(logging.WARNING if quiet else logging.DEBUG if verbose else logging.INFO)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.raiseExceptions = False


def alert_voice() -> logging.Logger:
    """Give the logger that says alerts, on standard output: they are the data, and -q does not silence them."""
    voice = logging.getLogger("monitor.alert")
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        JournalFormatter("%(message)s") if os.environ.get("JOURNAL_STREAM") else logging.Formatter("\n%(message)s")
    )
    voice.handlers[:] = [handler]
    voice.propagate = False
    voice.setLevel(logging.INFO)
    return voice
