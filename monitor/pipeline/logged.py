"""Records → the words and fields by which log lines name them."""

from __future__ import annotations

from monitor.model import PlanId, StoredItem


def about(item: StoredItem) -> dict[str, str | int]:
    """Give the fields of a line about an item."""
    return {"item": item.id, "feed": item.feed.id, "outlet": item.feed.outlet.id}


def digest_name(plan: PlanId, period: str) -> str:
    """Name a digest: by its period, and its plan where that has a name."""
    return " ".join(filter(None, ("Digest", plan, period)))
