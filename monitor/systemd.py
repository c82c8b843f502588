"""The environment of a service → whoever started it is told: sd_notify(3) datagrams. Silent where nobody listens."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

PATIENCE: Final = 5.0
"""Seconds that a datagram may wait for a service manager whose queue is full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervisor:
    """The service manager that started this process. ``address`` None: there is none.

    ``watchdog``: it takes the process for hung that gave no sign of life for so long; None: it does not look.
    """

    address: str | None = None
    watchdog: timedelta | None = None

    def tell(self, *lines: str) -> None:
        """Send assignments such as ``READY=1`` in one datagram."""
        if not self.address:
            return
        # an @ stands for the abstract namespace's NUL
        name = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
            to.settimeout(PATIENCE)
            to.connect(name)
            to.sendall("\n".join(lines).encode("utf-8", "replace"))

    def reloading(self) -> None:
        """Say that a reload begins; ``tell("READY=1")`` ends it. systemd ≥ 253 wants the monotonic time in the same datagram."""
        self.tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def extend(self, seconds: int, status: str) -> None:
        """Ask for so much more time to start, saying what takes it."""
        self.tell(f"EXTEND_TIMEOUT_USEC={seconds * 1_000_000}", f"STATUS={status}")


def taken(environ: MutableMapping[str, str]) -> Supervisor:
    """Take the service manager out of the environment: what this process starts does not speak for it."""
    address = environ.pop("NOTIFY_SOCKET", None)
    usec, pid = environ.pop("WATCHDOG_USEC", ""), environ.pop("WATCHDOG_PID", "")
    # inherited from a parent that was meant (sd_watchdog_enabled(3))
    is_meant = pid in {"", str(os.getpid())}
    watchdog = timedelta(microseconds=int(usec)) if is_meant and usec.isascii() and usec.isdecimal() else None
    return Supervisor(address=address or None, watchdog=watchdog or None)
