"""Which story an item belongs to, and what more its copies raise: story → alert → store, within one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from monitor.alert import Occasion
from monitor.model import OWN_BELOW, Article, ItemId, Joined, OutletId, Sketch, StoredItem, StoryId, WatchId
from monitor.pipeline.line import Setup
from monitor.pipeline.promise import promise
from monitor.store import Writing
from monitor.story import WINDOW, Arrival, copied, is_credited, is_update, joined, sketch, subject

WAITS: Final = timedelta(minutes=30)
"""An item that is probably a copy of what was told already waits so long for its text at most, before it is told all the same."""
UPDATED: Final = timedelta(hours=6)
"""A copy that says much that is new is an update once so much time has passed since the story was last told."""
_PAGES_OWN: Final = frozenset({"cut", "short", "paywall"})
"""Doubts under which a page's text is a part of the article, and not of something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """An item whose story is to be settled, by what is known of its text. ``story_id``: its provisional one."""

    item_id: ItemId
    story_id: StoryId
    outlet_id: OutletId
    address: str | None
    seen_at: datetime
    published: datetime | None
    sketch: Sketch


def settling(tx: Writing, item: StoredItem, sketch: Sketch) -> Settling:
    """Give what is known of a stored item's text, once its page was read or given up."""
    return Settling(
        item_id=item.id,
        story_id=item.story_id,
        outlet_id=item.feed.outlet.id,
        address=tx.address_of(item.id),
        seen_at=item.seen_at,
        published=item.published,
        sketch=sketch,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The story of an item, and how it joined it; ``joined`` None: it is its first."""

    story_id: StoryId
    joined: Joined | None = None


def sketch_of(title: str, summary: str, article: Article | None = None) -> Sketch:
    """Sketch what an item says: its article, if that is surely its own; else its feed's words."""
    text = article.text if article and article.doubt is None else ""
    if article is not None and article.doubt in _PAGES_OWN:
        text = max(article.text, summary, key=len)
    return sketch(title, text or summary)


def settle(tx: Writing, one: Settling, now: datetime) -> Settled:
    """Settle an item's story, once: that of the text of which it is a copy, else its own."""
    story_id = tx.story_of(one.item_id)
    if tx.is_settled(story_id):
        return Settled(story_id=story_id)
    one = replace(one, story_id=story_id)
    if one.published is not None and one.published < now - WINDOW:
        # the archive of a feed that was just added: what would be known of it is forgotten at once
        tx.settle_story(story_id, now)
        return Settled(story_id=story_id)
    found = _found(tx, one, now)
    tx.remember_sketch(one.item_id, one.story_id, one.sketch, now)
    if found is None or found.story_id == one.story_id:
        tx.settle_story(one.story_id, now)
        _weigh(tx, one.story_id)
        return Settled(story_id=one.story_id)
    # what was joined to a text of which only the feed's words are known is weighed once its page is read
    is_sure = tx.is_settled(found.story_id)
    is_own = is_sure and found.copied < OWN_BELOW and not _is_credited(tx, one.item_id, one.story_id, into=found.story_id)
    tx.settle_item(one.item_id, copied=found.copied, is_own=is_own)
    tx.join_story(one.story_id, found.story_id)
    return Settled(story_id=found.story_id, joined=found)


def _weigh(tx: Writing, story_id: StoryId) -> None:
    """Say anew what copies took from a story whose first text is known only now."""
    known: list[Sketch] = []
    items = tx.story_sketches(story_id)
    for item_id, each in items if len(items) > 1 else ():
        if not known:
            tx.settle_item(item_id, copied=None, is_own=True)
        else:
            share = copied(each, known)
            is_own = share < OWN_BELOW and not _is_credited(tx, item_id, story_id, into=story_id)
            tx.settle_item(item_id, copied=share, is_own=is_own)
        known.append(each)


def _found(tx: Writing, one: Settling, now: datetime) -> Joined | None:
    likely = tx.likely(one.sketch, address=one.address, since=now - WINDOW, but=one.item_id)
    arrival = Arrival(sketch=one.sketch, outlet_id=one.outlet_id, address=one.address, seen_at=one.seen_at)
    return joined(arrival, likely)


def _is_credited(tx: Writing, item_id: ItemId, story_id: StoryId, *, into: StoryId) -> bool:
    told = next((each for each in tx.tellings(story_id) if each.item_id == item_id), None)
    return told is not None and is_credited(told, tx.outlet_names(), carrying=tx.story_outlets(into))


def expect(tx: Writing, setup: Setup, one: Settling, now: datetime) -> None:
    """Let an item's alerts wait for its text where its feed's words are a copy of what the same watches were told already."""
    found = _found(tx, one, now)
    # known again from now on: its own copies may be read before it is
    tx.remember_sketch(one.item_id, one.story_id, one.sketch, now)
    if found is None or setup.config.alerts.per == "item":
        return
    told = tx.told_of(subject(found.story_id, found.nearest, rules=setup.config.alerts))
    tx.hold_longer(one.item_id, told, now + WAITS)


def tell_more(tx: Writing, setup: Setup, one: Settling, settled: Settled, *, watches: frozenset[WatchId], now: datetime) -> int:
    """Tell the watches found in a copy what it adds to a story that they were told of: an update, or one more own text.

    Gives how many promises are new.
    """
    rules = setup.config.alerts
    is_again = rules.again_at is not None and tx.own_texts(settled.story_id) >= rules.again_at
    if rules.per == "item" or (settled.joined is None and not is_again):
        return 0
    but = one.item_id if settled.joined else None
    told = tx.told_of(subject(settled.story_id, one.item_id, rules=rules), but=but)
    fresh = settled.joined is not None and is_update(one.sketch, settled.joined)
    tell = partial(promise, tx, setup, item_id=one.item_id, story_id=settled.story_id, now=now, waits_for_text=False)
    made = 0
    for watch_id in sorted(watches & told.keys()):
        last = told[watch_id]
        after = {watch_id: last.at}
        if is_again:
            made += tell((watch_id,), occasion=Occasion(kind="again_at", number=rules.again_at or 0, after=after))
        # what was not sent yet tells of it with all the rest: two messages at once would be one story told twice
        if fresh and last.is_sent and now - last.at >= UPDATED:
            made += tell((watch_id,), occasion=Occasion(kind="update", number=last.updates + 1, after=after))
    return made
