"""Who may ask now: one request at a time to a host with a pause between, and a bounded number at once in all."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import NamedTuple

KEPT_ALIVE = 8
"""Connections that are kept open at once. Feeds are minutes apart, so only a host with somebody waiting is worth one."""
KEPT_SECONDS = 5.0
"""How long an idle one is kept."""


class Turn(NamedTuple):
    """One's turn at a host. ``reuse``: a connection that was kept may be used. ``keep``: it is kept for whoever waits."""

    reuse: bool
    keep: bool


@dataclass(slots=True)
class _Line:
    """Those who stand behind the one whose turn it is."""

    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    is_kept: bool = False
    slots: tuple[asyncio.Semaphore, ...] = ()


class Turns:
    """Turns by host (host:port). Who waits for a host, or for its pause, holds no slot: the others keep their pace."""

    def __init__(self, at_once: int) -> None:
        """Take how many may have their turn at once, all hosts together."""
        self.allow(at_once)
        self._lines: dict[str, _Line] = {}
        self._kept = 0
        # When each host's last turn ended, oldest first; kept for as long as the longest pause that anybody asked for
        self._ended: OrderedDict[str, float] = OrderedDict()
        self._longest_pause = 0.0
        self._sweep: asyncio.TimerHandle | None = None

    def allow(self, at_once: int) -> None:
        """Let so many have their turn at once from now on; those who have it keep it."""
        self._all = asyncio.Semaphore(at_once)
        self._yielding = asyncio.Semaphore(max(at_once * 3 // 4, 1))

    async def begin(self, host: str, *, pause: float, yields: bool = False) -> Turn:
        """Wait for one's turn, at least ``pause`` seconds after the last one ended.

        Of those who yield, three quarters of all (one at least) have their turn at once: there is room for the others.

        Whoever got a turn must end it.
        """
        self._longest_pause = max(self._longest_pause, pause)
        line = self._lines.get(host)
        if line is None:
            line = self._lines[host] = _Line()
        else:
            await self._stand(host, line)
        try:
            if pause:
                await self._rest(host, pause)
            for slots in (self._yielding, self._all) if yields else (self._all,):
                await slots.acquire()
                line.slots = (*line.slots, slots)
        except BaseException:  # cancelled: the next one must not wait for ever
            self._leave(host, line)
            raise
        if line.waiting and not line.is_kept and self._kept < KEPT_ALIVE:
            line.is_kept = True
            self._kept += 1
        return Turn(reuse=line.is_kept, keep=line.is_kept and bool(line.waiting))

    def end(self, host: str) -> None:
        """Make room for the next one."""
        if self._longest_pause:
            self._remember(host)
        self._leave(host, self._lines[host])

    def close(self) -> None:
        """Let go of the timer."""
        if self._sweep is not None:
            self._sweep.cancel()

    async def _stand(self, host: str, line: _Line) -> None:
        turn = asyncio.get_running_loop().create_future()
        line.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it came just now, and is for the next one
                self._leave(host, line)
            raise

    async def _rest(self, host: str, pause: float) -> None:
        ended = self._ended.get(host)
        if ended is None:
            return
        left = ended + pause - asyncio.get_running_loop().time()
        if left > 0:
            await asyncio.sleep(left)

    def _leave(self, host: str, line: _Line) -> None:
        for slots in line.slots:
            slots.release()
        line.slots = ()
        while line.waiting:
            turn = line.waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        del self._lines[host]
        if line.is_kept:
            asyncio.get_running_loop().call_later(KEPT_SECONDS, self._let_go)

    def _let_go(self) -> None:
        self._kept -= 1

    def _remember(self, host: str) -> None:
        loop = asyncio.get_running_loop()
        self._ended[host] = loop.time()
        self._ended.move_to_end(host)
        if self._sweep is None:
            self._sweep = loop.call_later(self._longest_pause, self._forget)

    def _forget(self) -> None:
        """Forget the hosts whose pause is over, and come back when the next one's is: one timer for all of them."""
        loop = asyncio.get_running_loop()
        self._sweep = None
        while self._ended:
            oldest = next(iter(self._ended.values()))
            left = oldest + self._longest_pause - loop.time()
            if left > 0:
                self._sweep = loop.call_later(left, self._forget)
                return
            self._ended.popitem(last=False)
