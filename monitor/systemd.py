"""The environment of a service → whoever started it is told: sd_notify(3) datagrams. Silent where nobody listens."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import MutableMapping
from datetime import timedelta


class Supervisor:
    """The service manager that started this process. ``address`` None: there is none.

    ``watchdog``: it takes the process for hung that gave no sign of life for so long; None: it does not look.
    """

    def __init__(self, *, address: str | None = None, watchdog: timedelta | None = None) -> None:
        """Say nothing yet."""
        self.address = address
        self.watchdog = watchdog
        # an @ stands for the abstract namespace's NUL
        self._name = "\0" + address[1:] if address and address.startswith("@") else address
        # one for good: a process that is out of descriptors still lives, and says so
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) if address else None
        if self._socket:
            self._socket.settimeout(0)

    def tell(self, *lines: str) -> bool:
        """Send assignments such as ``READY=1`` in one datagram. Never waits; False: it does not listen, or not now."""
        if self._socket is None:
            return False
        try:
            self._socket.sendto("\n".join(lines).encode("utf-8", "replace"), self._name or "")
        except OSError:
            return False
        return True

    def reloading(self) -> bool:
        """Say that a reload begins; ``tell("READY=1")`` ends it. systemd ≥ 253 wants the monotonic time in the same datagram."""
        return self.tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

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
