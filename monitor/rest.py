"""What the database refuses → until when nothing is polled, whether messages rest as well, and what a person is told of it.

Outlets are not asked for what can't be stored. Messages rest too where what becomes of them could not be recorded; on a full disk
the reserve is given up for that, so that what was promised before is still sent, and sent once.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import Final

from monitor.errors import NoRoomError, StoreError
from monitor.model import ChannelId
from monitor.pipeline import Line, tell_unstored
from monitor.store import Writing

log = logging.getLogger("monitor")

PAUSE, LONGEST_PAUSE = 10.0, 300.0
"""Seconds that nothing is polled after the database could not be written; twice as long each time, up to the longest."""
BLIND: Final = 60.0
"""Seconds for which nothing could be stored before somebody is told: another program may only hold the database for a moment."""


class Rest:
    """How long the work of one line rests."""

    def __init__(self, line: Line) -> None:
        """Rest from the start where the reserve was needed for it."""
        self._line = line
        self._clock = asyncio.get_running_loop().time
        self._polls_until = self._messages_until = 0.0
        self._pause = PAUSE
        self._since: tuple[float, datetime] | None = None
        self._is_told, self._told_next = False, 0.0
        self._had: dict[ChannelId, frozenset[str]] = {}
        self.fault: str | None = None
        """Why nothing is polled: what the database said when it could not be written; None: it can."""
        if line.store.reserve.is_spent:
            self.met(NoRoomError("the disk is full"))
            # what it waits for is room, and no time
            self._polls_until = 0.0

    @property
    def since(self) -> datetime | None:
        """Since when nothing can be stored; None: it can."""
        return self._since[1] if self._since else None

    @property
    def messages_rest(self) -> bool:
        """Whether nothing is sent now, as what comes of it could not be recorded."""
        return self._clock() < self._messages_until

    def polls_rest(self) -> bool:
        """Say whether nothing is polled now."""
        reserve = self._line.store.reserve
        # what was given back is for what was promised, and not for more of it
        return self._clock() < self._polls_until or (self.fault is not None and reserve.is_spent and not reserve.has_room())

    async def look(self, oldest: float) -> None:
        """End the rest once none failed for a while. Raises StoreError where nothing can be written after all.

        ``oldest``: when that which is under way for longest was begun, by the loop's clock: it may be what can't be stored.
        """
        if self.fault is None or min(self._clock(), oldest) <= self._polls_until + self._pause:
            return
        await self._line.store.write(Writing.try_writing)
        log.info("The database can be written again")
        self.fault, self._since, self._is_told, self._pause = None, None, False, PAUSE
        self._line.store.reserve.keep()

    def met(self, error: StoreError) -> None:
        """Take note that something could not be stored, and let what is in vain without that rest."""
        now = self._clock()
        if self.fault is None:
            log.error("%s; polling rests, and is tried now and then", error)
            self._since, self._had = (now, self._line.now()), {}
        if now > self._polls_until:
            self._pause = min(self._pause * 2, LONGEST_PAUSE) if self.fault else PAUSE
            self._polls_until = now + self._pause
        self.fault = str(error)
        if not (isinstance(error, NoRoomError) and self._line.store.reserve.spend()):
            self._messages_until = self._polls_until

    async def tell(self) -> None:
        """Tell a channel that nothing is seen of the news, once a time of trouble, by a message that wants no database."""
        if self.fault is None or self._since is None or self._is_told or self._clock() - self._since[0] < BLIND:
            return
        since = self._since
        if self._clock() < self._told_next:
            return
        # whoever does not take it is not asked again and again
        self._told_next = self._clock() + LONGEST_PAUSE
        is_told = await tell_unstored(self._line, self.fault, since=since[1], had=self._had)
        # it may have ended, and begun again, while that was on its way
        self._is_told = is_told and self._since is since
