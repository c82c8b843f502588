"""What must be provable later: answers of outlets → archive, as they came. It never stands in the way of the news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model import FeedId, Fetched, ItemId, Record
from monitor.pipeline.line import Line
from monitor.store import Writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Where the answers stand that prove what is stored of an item; None: not kept, or kept already."""

    page: Record | None
    feed: Record | None


class Proving:
    """Keeps the answers behind one item, each once, however often that is asked."""

    def __init__(self, line: Line, feed_id: FeedId, seen_at: datetime) -> None:
        """Take whose answers, and when the item was seen in its feed."""
        self._line, self._feed_id, self._seen_at = line, feed_id, seen_at

    async def page(self, answer: Fetched) -> Proof:
        """Keep an item's page, and the feed in which it stood."""
        del answer
        return Proof(page=None, feed=None)


def prove(tx: Writing, item_id: ItemId, proof: Proof | None, *, config: str) -> None:
    """Store where the answers behind an item stand."""
