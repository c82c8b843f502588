"""What the service manager is told: sd_notify(3) datagrams. Silent where nobody listens."""

from __future__ import annotations

import contextlib
import os
import socket
import time


def notify(*lines: str) -> None:
    """Send assignments such as ``READY=1`` in one datagram to $NOTIFY_SOCKET; nothing where it is not set."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    # an @ stands for the abstract namespace's NUL
    name = "\0" + address[1:] if address.startswith("@") else address
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
        to.connect(name)
        to.sendall("\n".join(lines).encode())


def reloading() -> None:
    """Say that a reload begins; `notify("READY=1")` ends it. systemd ≥ 253 wants the monotonic time beside it."""
    notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
