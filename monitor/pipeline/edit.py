"""What an edit raises: edits → what became of the watched sentences; alert → promises, for what only the new words say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from monitor.alert import raise_alerts
from monitor.edits import fate
from monitor.model import FeedId, ItemId, Match, SentenceEdit, StoryId, WatchId
from monitor.pipeline.line import Setup
from monitor.store import Writing
from monitor.story import subject


def batch_of(feed_id: FeedId) -> str:
    """Name the message in which the many alerts of a feed's first poll go out together."""
    return f"first poll of feed {feed_id}"


def fates(sentences: Iterable[SentenceEdit], *, title: str, text: str) -> Iterator[SentenceEdit]:
    """Give those of the watched sentences that a new version of their texts changed, or no longer has."""
    for one in sentences:
        found = fate(one.before, title if one.field == "title" else text)
        if found is not None and found.sentence != one.before:
            yield SentenceEdit(match_id=one.match_id, watch_id=one.watch_id, field=one.field, before=one.before, fate=found)


def promise(
    tx: Writing,
    setup: Setup,
    matches: tuple[Match, ...],
    *,
    item_id: ItemId,
    story_id: StoryId,
    now: datetime,
    waits_for_text: bool,
    batch: str | None = None,
) -> int:
    """Promise to tell of an item whom its watches name, each once whatever comes after; gives how many promises are new."""
    alerts = raise_alerts(
        setup.config.watches,
        matches,
        item_id=item_id,
        subject=subject(story_id),
        now=now,
        rules=setup.config.alerts,
        timezone=setup.config.timezone,
        waits_for_text=waits_for_text,
        batch=batch,
    )
    return tx.add_alerts(alerts, setup.urgent)


def tell_edit(
    tx: Writing,
    setup: Setup,
    item_id: ItemId,
    *,
    matches: tuple[Match, ...],
    old: Collection[WatchId],
    number: int,
    now: datetime,
) -> bool:
    """Store what watches find in a revision that did not find the item before, and tell it; False: none does.

    ``old``: the watches that find the words as they were; a watch that is younger than the item tells nothing of those.
    """
    before = tx.matched_watches(item_id)
    found = tuple(match for match in matches if match.watch_id not in before)
    if not found:
        return False
    tx.add_matches(item_id, found, now=now, config=setup.config.fingerprint, revision=number)
    news = tuple(match for match in found if match.watch_id not in old)
    promise(tx, setup, news, item_id=item_id, story_id=tx.story_of(item_id), now=now, waits_for_text=False)
    return True
