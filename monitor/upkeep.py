"""What keeps the database small and whole: old poll history goes, in small steps between the writer's other work."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.store import Store

HISTORY = timedelta(days=35)
"""As long as the rhythm of a weekly outlet takes to show."""
STEP = 2000


async def tidy(store: Store, now: datetime) -> int:
    """Delete poll history older than HISTORY; gives the number of polls forgotten. Raises StoreError."""
    before = now - HISTORY
    forgotten = 0
    while gone := await store.write(lambda tx: tx.forget_polls(before, STEP)):
        forgotten += gone
    return forgotten
