"""Who may ask now: at most one request at a time to a host, and a bounded number at once in all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

KEPT_ALIVE = 8
"""Connections that are kept open at once. Feeds are minutes apart, so only a host with somebody waiting is worth one."""
KEPT_SECONDS = 5.0
"""How long an idle one is kept."""


@dataclass(slots=True)
class _Queue:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    length: int = 0
    is_kept: bool = False


class Turns:
    """Turns by host. Who waits for a host holds no slot, so fifty slow feeds of one host leave the others their pace."""

    def __init__(self, at_once: int) -> None:
        """Take how many may have their turn at once, all hosts together."""
        self._slots = asyncio.Semaphore(at_once)
        self._queues: dict[str, _Queue] = {}
        self._kept = 0

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[bool]:
        """Wait for one's turn at ``host`` (host:port), and give whether the connection is worth keeping for the next."""
        queue = self._queues.setdefault(host, _Queue())
        queue.length += 1
        try:
            async with queue.lock, self._slots:
                yield self._keeps(queue)
        finally:
            queue.length -= 1
            if not queue.length:
                self._forget(host)

    def _keeps(self, queue: _Queue) -> bool:
        if not queue.is_kept and queue.length > 1 and self._kept < KEPT_ALIVE:
            queue.is_kept = True
            self._kept += 1
        return queue.is_kept

    def _forget(self, host: str) -> None:
        if self._queues.pop(host).is_kept:
            asyncio.get_running_loop().call_later(KEPT_SECONDS, self._let_go)

    def _let_go(self) -> None:
        self._kept -= 1
