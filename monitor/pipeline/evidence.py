"""What must be provable later: answers of outlets → archive, as they came. It never stands in the way of the news."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from monitor.archive import Archive
from monitor.errors import ArchiveError
from monitor.model import FeedId, Fetched, ItemId, Record

if TYPE_CHECKING:
    from monitor.store import Writing

log = logging.getLogger("monitor.evidence")

HELD = 64_000_000
"""Bytes of feeds, as they came, that are held until the pages of their new items are read: only then is it known what matched."""


@dataclass(slots=True)
class Evidence:
    """The archive, and the feeds that may still have to be kept in it. ``archive`` None: nothing is kept at all.

    What is held is lost with the process: of an item whose page is read after a restart only the page is kept.
    """

    archive: Archive | None = None
    fault: str | None = None
    _held: OrderedDict[tuple[FeedId, datetime], Fetched | Record] = field(default_factory=OrderedDict)
    _size: int = 0

    async def keep(self, answer: Fetched) -> Record | None:
        """Keep an answer; None where it could not be, which is logged once until it can."""
        if self.archive is None:
            return None
        try:
            record = await asyncio.to_thread(self.archive.keep, answer)
        except ArchiveError as error:
            if self.fault != str(error):
                log.error("%s; the news goes on without it", error)  # noqa: TRY400  a full disk needs no traceback
            self.fault = str(error)
            return None
        if self.fault:
            log.info("Evidence can be written again")
        self.fault = None
        return record

    def hold(self, feed_id: FeedId, at: datetime, answer: Fetched | Record) -> None:
        """Hold what a feed answered at the poll that ended then; the oldest go where it is too much."""
        if self.archive is None:
            return
        if isinstance(answer, Fetched):
            # what was read out of it is in the store by now
            answer = replace(answer, body=b"", raw=answer.raw or answer.body)
        self._forget((feed_id, at))
        self._held[feed_id, at] = answer
        self._size += _size(answer)
        while self._size > HELD:
            self._forget(next(iter(self._held)))

    async def feed_of(self, feed_id: FeedId, seen_at: datetime) -> Record | None:
        """Keep what a feed answered at the poll that brought an item seen then; None where that is not held any more."""
        held = self._held.get((feed_id, seen_at))
        if not isinstance(held, Fetched):
            return held
        record = await self.keep(held)
        if record is not None:
            self.hold(feed_id, seen_at, record)
        return record

    def _forget(self, name: tuple[FeedId, datetime]) -> None:
        if (answer := self._held.pop(name, None)) is not None:
            self._size -= _size(answer)


def _size(answer: Fetched | Record) -> int:
    return len(answer.raw) + 1_000 if isinstance(answer, Fetched) else 1_000


Proof = Iterable[tuple[Literal["feed", "page"], Record | None]]
"""The answers that prove what is stored of an item; None: one that could not be kept."""


def prove(tx: Writing, item_id: ItemId, proof: Proof, *, config: str) -> None:
    """Store where the answers behind an item stand."""
    for part, record in proof:
        if record is not None:
            tx.link_record(item_id, tx.add_record(record, config=config), part)
