"""What became of promises, for a person who asks why an alert came, or did not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.model.asked import ChannelId, ItemId, WatchId


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """An alert and what became of it. ``sent_at`` None: not sent. ``reason``: why it could not be sent last.

    ``batch``: as in Alert. ``joined_item``: what the alert is about that it was joined to, and ``joined_sent_at`` when that was
    sent. ``acked_at``: when a person had seen its story; ``muted_until``: until when one wants none of its watch.
    ``is_urgent``: quiet hours do not hold it.
    """

    watch_id: WatchId
    channel: ChannelId
    item_id: ItemId
    occasion: str
    number: int
    state: Literal["held", "sent", "dead", "withdrawn", "joined", "muted", "acked"]
    raised_at: datetime
    hold_until: datetime
    next_try_at: datetime
    sent_at: datetime | None
    tries: int
    reason: str | None
    batch: str | None = None
    joined_item: ItemId | None = None
    joined_sent_at: datetime | None = None
    acked_at: datetime | None = None
    muted_until: datetime | None = None
    is_urgent: bool = False
