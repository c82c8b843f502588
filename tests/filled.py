"""A desk whose database and evidence files hold what an export can tell of: two items, three answers."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from answers import NOON, SOFTWARE, answer, packed
from desks import Desk

from monitor.archive import FOLDER, Archive
from monitor.model import (
    Alert,
    AlertId,
    Article,
    ChannelId,
    FeedId,
    Item,
    ItemId,
    Match,
    Outlet,
    OutletId,
    Record,
    Watch,
    WatchId,
)
from monitor.store import DATABASE, Store, Writing

OUTLETS = (
    Outlet(id=OutletId("orontes-post"), feeds=("https://orontes-post.example/feed.xml",), name="Orontes Post", label="agency"),
    Outlet(id=OutletId("al-zawiya"), feeds=("https://alzawiya.example/rss",), name="الزاوية اليوم"),
)
WATCHES = tuple(Watch(id=WatchId(name), any=(word,)) for name, word in (("idlib", "Idlib"), ("floods", "floods")))
TEXT = "Rain floods camps north of Idlib city.\nTents stood under water."
FEED = b"<rss><channel><item><title>Rain floods Idlib</title></item></channel></rss>"


def item(title: str, number: int) -> Item:
    return Item(
        keys=(f"g:{number}",),
        guid=str(number),
        link=f"https://orontes-post.example/{number}",
        canonical_url=f"orontes-post.example/{number}",
        title=title,
        summary="",
        author=None,
        published=NOON - timedelta(hours=1),
        published_raw="Wed, 25 Nov 2026 11:00:00 GMT",
        language="en",
    )


def match(watch: str, sentence: str, start: int = 0) -> Match:
    return Match(
        watch_id=WatchId(watch),
        field="title",
        term=watch.title(),
        form=watch.title(),
        start=start,
        stop=start + 5,
        sentence=sentence,
        mark_start=0,
        mark_stop=5,
    )


def alert(item_id: ItemId) -> Alert:
    return Alert(
        watch_id=WatchId("idlib"),
        channel=ChannelId("hook"),
        item_id=item_id,
        subject=f"item:{item_id}",
        occasion="first",
        key=f"key-{item_id}",
        raised_at=NOON,
        hold_until=NOON,
    )


def stored(tx: Writing, feed: FeedId, title: str, number: int, *records: tuple[Record, str], at: datetime) -> ItemId:
    """Store an item of one unit of work, as the line does: with its match, its alert and what proves it."""
    made = {"now": at, "is_baseline": False, "is_first_poll": False, "read_page": True, "entry_hash": b""}
    item_id, _ = tx.add_item(feed, item(title, number), **made)  # type: ignore[arg-type]
    tx.add_matches(item_id, (match("idlib", title),), now=at, config="c0ffee")
    for record, part in records:
        tx.link_record(item_id, tx.add_record(record, config="c0ffee"), "page" if part == "page" else "feed")
    return item_id


async def fill(desk: Desk) -> tuple[Record, ...]:
    """Fill a desk: an item of noon with all that can be known, one of the day after with nothing but its feed."""
    desk.configure("orontes-post")
    desk.state.mkdir(exist_ok=True)
    store = Store(desk.state / DATABASE)
    evidence_files = Archive(desk.state / FOLDER, software=SOFTWARE)
    later = NOON + timedelta(days=1)
    feed = evidence_files.keep(answer(FEED, url="https://orontes-post.example/feed.xml"))
    page = evidence_files.keep(packed(at=NOON + timedelta(minutes=1)))
    other = evidence_files.keep(answer(FEED, url="https://alzawiya.example/rss", at=later))

    def unit(tx: Writing) -> None:
        first, second = tx.sync(OUTLETS, WATCHES, due=lambda *_: NOON)
        rain = stored(tx, first.id, "Idlib: rain", 1, (feed, "feed"), (page, "page"), at=NOON)
        tx.add_matches(rain, (match("floods", "Rain floods camps."),), now=NOON, config="c0ffee")
        article = Article(
            url="https://orontes-post.example/rain",
            title="Rain",
            text=TEXT,
            source="page",
            doubt="short",
            language="en",
            published=None,
        )
        (due,) = (one for one in tx.due_articles(NOON, 9, each=9) if one.id == rain)
        tx.add_article(due, article, now=NOON + timedelta(minutes=1))
        tx.add_alerts((alert(rain),), frozenset())
        tx.remember_delivery((AlertId(1),), message="m", now=NOON + timedelta(minutes=2), reason=None, next_try=None)
        tx.db.execute(
            "INSERT INTO revision (item_id, number, part, seen_at, title, text, text_hash)"
            " VALUES (?, 1, 'page', ?, 'Rain', ?, ?)",
            [rain, int(later.timestamp()), TEXT[:20], hashlib.sha256(TEXT[:20].encode()).hexdigest()],
        )
        stored(tx, second.id, "=cmd|' /C calc'!A0 Idlib", 2, (other, "feed"), at=later)

    await store.write(unit)
    store.close()
    return feed, page, other
