"""A build of the daemon that can be frozen: `monitor`'s own command line, with a part of it that hangs while it is told to.

MONITOR_FREEZE names the part: ``loop`` (the event loop), ``writer`` (the thread that writes), ``tick``, ``poll`` (one that takes
no heed of its own deadline). SIGUSR1 freezes it and SIGUSR2 lets it go on; ``MONITOR_FROZEN=1``: frozen from the start. All of it
is wrapped round the program from outside.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from typing import Any

from monitor import rounds
from monitor.__main__ import main
from monitor.rounds import Rounds
from monitor.store import Store

MOMENT = 0.05


class Ice:
    """Whether the part hangs."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.is_thawed = threading.Event()
        if not os.environ.get("MONITOR_FROZEN"):
            self.is_thawed.set()

    def holds(self, part: str) -> bool:
        return part == self.part and not self.is_thawed.is_set()

    async def hang(self, part: str) -> None:
        while self.holds(part):  # noqa: ASYNC110  a signal's handler sets it
            await asyncio.sleep(MOMENT)


def wrap(ice: Ice) -> None:
    """Let the part hang."""
    tick, poll, commit = Rounds._tick, rounds.poll, Store._commit  # noqa: SLF001  from outside, or the product would have hooks
    if ice.part == "poll":
        # all that it may have to wait for beside its own answer
        rounds.SLACK, rounds.POLLS, rounds.READS, rounds.REREADS = 0.5, 1, 1, 1

    async def ticked(self: Rounds) -> None:
        if ice.holds("loop"):
            sys.stderr.write("the loop is frozen\n")
            sys.stderr.flush()
            ice.is_thawed.wait()
        await ice.hang("tick")
        await tick(self)

    async def polled(*about: Any) -> None:
        await ice.hang("poll")
        await poll(*about)

    def committed(self: Store, batch: Any) -> None:
        if ice.holds("writer"):
            ice.is_thawed.wait()
        commit(self, batch)

    Rounds._tick = ticked  # type: ignore[method-assign]  # noqa: SLF001
    rounds.poll = polled
    Store._commit = committed  # type: ignore[method-assign]  # noqa: SLF001
    signal.signal(signal.SIGUSR1, lambda *_: ice.is_thawed.clear())
    signal.signal(signal.SIGUSR2, lambda *_: ice.is_thawed.set())


if __name__ == "__main__":
    wrap(Ice(os.environ["MONITOR_FREEZE"]))
    sys.exit(main())
