"""What keeps the database small: old poll history goes, in small steps between the writer's other work."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.store import Store

HISTORY = timedelta(days=35)
"""Five weeks: so long a weekly outlet takes to show its rhythm."""
STEP = 2000


async def tidy(store: Store, now: datetime) -> int:
    """Delete poll history older than HISTORY; gives the number of polls forgotten. Raises StoreError."""
    before = now - HISTORY
    forgotten = 0
    while gone := await store.write(lambda tx: tx.forget_polls(before, STEP)):
        forgotten += gone
    return forgotten
