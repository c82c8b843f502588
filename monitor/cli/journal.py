"""Log records → the journal, each whole and with its fields: systemd's native protocol, one datagram an entry."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator
from typing import Final

SOCKET: Final = "/run/systemd/journal/socket"
PRIORITIES: Final = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
"""syslog(3)'s levels, as sd-daemon(3) and the journal count them."""
NOTICE: Final = 5
FIELDS: Final = ("outlet", "feed", "item", "watch", "channel", "digest")
"""What a line is about, as its `extra` names it: `journalctl MONITOR_OUTLET=orontes-post` asks for it."""


class Journal(logging.Handler):
    """Sends records to the journal; what it does not take (it is restarted, the line is too long) goes ``otherwise``."""

    def __init__(self, *, otherwise: logging.Handler, address: str = SOCKET) -> None:
        """Connect nothing yet."""
        super().__init__()
        self._otherwise = otherwise
        self._address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)

    def emit(self, record: logging.LogRecord) -> None:
        """Send one entry."""
        entry = b"".join(_field(name, value) for name, value in self._fields(record))
        try:
            self._socket.sendto(entry, self._address)
        except OSError:
            self._otherwise.handle(record)

    def _fields(self, record: logging.LogRecord) -> Iterator[tuple[str, str]]:
        yield "MESSAGE", self.format(record)
        yield "PRIORITY", str(PRIORITIES.get(record.levelno, NOTICE))
        yield "SYSLOG_IDENTIFIER", "monitor"
        yield "LOGGER", record.name
        for name in FIELDS:
            value = getattr(record, name, None)
            if value is not None:
                yield f"MONITOR_{name.upper()}", str(value)


def is_open() -> bool:
    """Say whether standard error leads into the journal, and not into a file or pipe to which it was turned since."""
    device, _, inode = os.environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        at = os.fstat(2)
    except OSError:
        return False
    return (device, inode) == (str(at.st_dev), str(at.st_ino))


def _field(name: str, value: str) -> bytes:
    # a value of several lines has its length before it: it can forge no field
    text = value.encode("utf-8", "backslashreplace")
    return b"%b\n%b%b\n" % (name.encode(), len(text).to_bytes(8, "little"), text)
