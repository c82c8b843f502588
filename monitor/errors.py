"""The error tree. Every error that the monitor raises on purpose stands here.

MonitorError
├── ConfigError        config.toml has faults (all of them, each with its line)        exit 2
├── AlreadyRunningError     another instance holds the database's lock                      exit 75
├── NoPermissionError       a path that must be read or written may not be                  exit 77
├── RefusedError            the monitor will not start on this database                     exit 78
├── FetchError         an answer could not be had                                      a value at the line's edge
├── ParseError         a body is not a feed that can be read                           a value at the line's edge
├── ExtractError       a page could not be read                                        a value at the line's edge
├── WorkerError        a worker process died, hung or spoke nonsense                   a ParseError or ExtractError outside
├── SearchError        words that cannot be searched for                               exit 2
├── QueryError         a query that cannot be read: where, and what would be right     exit 2
├── StoreError         the database could not do what was asked                        logged, tried again
│   └── NoRoomError    ... as there is no room for it on the disk                      the reserve is given up
├── ArchiveError       evidence could not be written, or read back                     logged; the news goes on without it
└── DeliveryError      a channel did not take a message                                recorded, tried again or given up
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import timedelta


class MonitorError(Exception):
    """What every error of the monitor is; its text addresses the person who can mend it."""


class ConfigError(MonitorError):
    """config.toml has faults: ``faults`` are whole lines, in the order of the file, without secrets."""

    def __init__(self, *faults: str) -> None:
        """Take the faults as they are to be printed."""
        super().__init__("\n".join(faults))
        self.faults = faults


class AlreadyRunningError(MonitorError):
    """Another instance runs on the same database; ``pid`` is its process id where known."""

    def __init__(self, pid: int | None, database: str) -> None:
        """Say who holds the lock of which database."""
        who = f"already running, pid {pid}" if pid else "already running"
        super().__init__(f"{who}, on {database}. `monitor status` shows what it does")
        self.pid = pid


class NoPermissionError(MonitorError):
    """A path that the monitor needs may not be read or written by this user."""


class RefusedError(MonitorError):
    """The monitor will not start on this database; the text says what to do instead."""


class FetchError(MonitorError):
    """No usable answer came from an address.

    ``kind`` is one of: dns, connect, tls, timeout, too_big, bad_encoding, truncated, protocol, redirect, blocked, http, robots,
    local (this machine's own trouble: never the outlet's fault). ``status`` is the HTTP status of kind ``http``,
    or 304 where that answered nothing that was asked.
    ``retry_after`` is what the server asked for (RFC 9110 §10.2.3), not yet clamped. ``host``: whose answer it was, after
    redirects.
    """

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        retryable: bool = True,
        status: int | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        """Name the kind, and say in one line what happened, without secrets."""
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.retryable = retryable
        self.status = status
        self.retry_after = retry_after
        self.host: str | None = None


class ParseError(MonitorError):
    """A body is no feed: ``kind`` is one of not_a_feed, html, empty, doctype, garbage, too_slow, crashed, local."""

    def __init__(self, kind: str, detail: str) -> None:
        """Name the kind, and say in one line what was found instead."""
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


class ExtractError(MonitorError):
    """A page holds no article that can be read.

    ``kind`` is one of not_html, too_big, hostile, empty, too_slow, crashed, local.
    """

    def __init__(self, kind: str, detail: str) -> None:
        """Name the kind, and say in one line what was found instead."""
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


class WorkerError(MonitorError):
    """A worker process failed on one job: ``kind`` is one of too_slow, crashed, garbage, local (none could be started)."""

    def __init__(self, kind: str, detail: str) -> None:
        """Name the kind, and say in one line what was seen."""
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


class SearchError(MonitorError):
    """Words were typed that cannot be searched for."""


class QueryError(MonitorError):
    """A query cannot be read. ``column``: where, in characters, from 1; ``says``: what is wrong, and what would be right."""

    _MOST_SHOWN: Final = 100

    def __init__(self, says: str, *, query: str, column: int) -> None:
        """Name the place; the text shows the query with a caret under it, of a long one what stands around the place."""
        begin = max(0, min(column - 1 - self._MOST_SHOWN // 2, len(query) - self._MOST_SHOWN))
        around = "…" * (begin > 0) + query[begin : begin + self._MOST_SHOWN] + "…" * (begin + self._MOST_SHOWN < len(query))
        shown = "".join(char if char.isprintable() else " " for char in around)
        before = "".join(" " * _width(char) for char in shown[: column - 1 - begin + (begin > 0)])
        super().__init__(f"column {column}: {says}\n  {shown}\n  {before}^")
        self.says = says
        self.column = column


class StoreError(MonitorError):
    """The database could not do what was asked (full, locked, gone); nothing was half done."""


class NoRoomError(StoreError):
    """The database could not write for want of room: the disk, a quota or a limit of the process is used up."""


class ArchiveError(MonitorError):
    """An answer could not be kept as evidence (disk full, no permission), and nothing is half kept; or it is there no more."""


class DeliveryError(MonitorError):
    """A channel did not take a message; ``retryable`` says whether trying again can help.

    ``is_whole``: it takes nothing at all for now (not reached, no login), whatever the message. ``taken``: which of its addresses
    took the message all the same; ``retry_after``: what it asked for, not yet clamped.
    """

    def __init__(
        self,
        detail: str,
        *,
        retryable: bool,
        retry_after: timedelta | None = None,
        is_whole: bool = False,
        taken: frozenset[str] = frozenset(),
    ) -> None:
        """Say in one line what came back, without secrets."""
        super().__init__(detail)
        self.detail = detail
        self.retryable = retryable
        self.retry_after = retry_after
        self.is_whole = is_whole
        self.taken = taken


def _width(char: str) -> int:
    """Give how many columns of a terminal a character takes (UAX #11)."""
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
