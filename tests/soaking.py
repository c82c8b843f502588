"""The daemon of the soak: crashing.py's, with names of its own, and real waits made as short as its clock is fast.

In comes what crashing.py and named.py take from the environment. The program itself knows nothing of it.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from datetime import timedelta
from typing import Any

import crashing
import named

from monitor import fetch, rest
from monitor.__main__ import main
from monitor.channels.email import Email
from monitor.channels.webhook import Webhook

RECEIVER = timedelta(seconds=2)
"""Real time that a channel waits for a receiver that hangs."""
LEAST = 0.25
"""Real seconds: what the monitor waits for by the machine's own clock is shortened to no less."""


def shorten(speed: float) -> None:
    """Shorten what runs by no clock that can be handed in: rests after a full disk, what robots.txt said, receivers that hang."""
    rest.PAUSE = max(rest.PAUSE / speed, LEAST)  # type: ignore[misc]
    rest.LONGEST_PAUSE = max(rest.LONGEST_PAUSE / speed, 4 * LEAST)  # type: ignore[misc]
    fetch._monotonic = lambda: asyncio.get_running_loop().time() * speed  # noqa: SLF001 - the clock of robots.txt
    for channel in (Webhook, Email):
        how: dict[str, Any] = channel.__init__.__kwdefaults__  # type: ignore[misc]
        how["deadline"] = RECEIVER


if __name__ == "__main__":
    sys.addaudithook(named.fence)
    socket.getaddrinfo = named.getaddrinfo
    crashing.wrap(crashing.Crash(os.environ.get("MONITOR_CRASH_AT")))
    clock = os.environ["MONITOR_CLOCK"]
    crashing.hurry(clock)
    shorten(float(clock.partition(":")[2]))
    sys.exit(main())
