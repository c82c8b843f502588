"""Alert → the store: what is promised of an item to whom its watches name, each once whatever comes after."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from monitor.alert import FIRST, Occasion, raise_alerts
from monitor.model import ItemId, StoryId, WatchId
from monitor.pipeline.line import Setup
from monitor.store import Writing
from monitor.story import subject


def promise(
    tx: Writing,
    setup: Setup,
    watches: Collection[WatchId],
    *,
    item_id: ItemId,
    story_id: StoryId,
    now: datetime,
    waits_for_text: bool,
    batch: str | None = None,
    occasion: Occasion = FIRST,
) -> int:
    """Promise to tell of an item whom its watches name; gives how many promises are new."""
    rules = setup.config.alerts
    alerts = raise_alerts(
        setup.config.watches,
        watches,
        item_id=item_id,
        subject=subject(story_id, item_id, rules=rules),
        now=now,
        rules=rules,
        timezone=setup.config.timezone,
        waits_for_text=waits_for_text,
        batch=batch,
        occasion=occasion,
    )
    return tx.add_alerts(alerts, setup.urgent)
