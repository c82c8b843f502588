"""What may be done to the store, inside a unit of work that holds the one write transaction. Records in, ids and counts out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta

from monitor.model import (
    Article,
    Failure,
    Feed,
    FeedId,
    Item,
    ItemId,
    Match,
    Outlet,
    StoredItem,
    StoryId,
    Validators,
    Watch,
    WatchId,
)
from monitor.store.promising import Promising
from monitor.store.rows import maybe_stamp, stamp


class Writing(Promising):
    """The store's deeds. Every one of them joins the transaction that is open; none commits."""

    # ----------------------------------------------------------------------------------------------- what config.toml lists

    def sync(self, outlets: tuple[Outlet, ...], watches: tuple[Watch, ...], now: datetime) -> tuple[Feed, ...]:
        """Take over what config.toml lists; what it lists no more rests, and keeps its items. New feeds are due at once."""
        self.db.execute("UPDATE outlet SET is_listed = 0 WHERE is_listed")
        self.db.execute("UPDATE feed SET is_listed = 0 WHERE is_listed")
        self.db.execute("UPDATE watch SET is_listed = 0 WHERE is_listed")
        feeds: list[Feed] = []
        for outlet in outlets:
            self.db.table("outlet").upsert(
                {"id": outlet.id, "name": outlet.name, "language": outlet.language, "label": outlet.label, "is_listed": 1},
                pk="id",
            )
            feeds += [self._list_feed(outlet, url, now) for url in outlet.feeds]
        for watch in watches:
            terms = json.dumps({"any": watch.any, "all": watch.all, "none": watch.none}, ensure_ascii=False)
            self.db.table("watch").upsert({"id": watch.id, "terms": terms, "is_listed": 1}, pk="id")
        return tuple(feeds)

    def _list_feed(self, outlet: Outlet, url: str, now: datetime) -> Feed:
        row = next(
            self.db.query(
                "INSERT INTO feed (outlet_id, url, is_listed, is_paused, due_at) VALUES (:outlet, :url, 1, :paused, :now)"
                " ON CONFLICT (url) DO UPDATE SET outlet_id = excluded.outlet_id, is_listed = 1, is_paused = excluded.is_paused"
                " RETURNING id, title",
                {"outlet": outlet.id, "url": url, "paused": int(outlet.paused), "now": stamp(now)},
            )
        )
        return Feed(id=FeedId(row["id"]), outlet=outlet, url=url, title=row["title"])

    def hasten(self, feed_ids: Iterable[FeedId], now: datetime) -> None:
        """Make feeds due at once."""
        self.db.execute(
            "UPDATE feed SET due_at = min(due_at, ?) WHERE id IN (SELECT value FROM json_each(?))",
            [stamp(now), json.dumps(list(feed_ids))],
        )

    def bound_due(self, feed_id: FeedId, latest: datetime) -> None:
        """Let a feed be due no later than this: its pace was changed in config.toml."""
        self.db.execute("UPDATE feed SET due_at = min(due_at, ?) WHERE id = ? AND failures = 0", [stamp(latest), feed_id])

    # ----------------------------------------------------------------------------------------------------------- the poll

    def remember_answer(
        self, feed_id: FeedId, *, validators: Validators, title: str | None, is_full: bool, now: datetime, due_at: datetime
    ) -> None:
        """Remember that a feed answered, what will make its next request conditional, and when that is."""
        self.db.execute(
            "UPDATE feed SET etag = ?, last_modified = ?, body_hash = ?, title = coalesce(?, title),"
            " full_at = coalesce(?, full_at), polled_at = ?, answered_at = ?, first_answered_at = coalesce(first_answered_at, ?),"
            " failures = 0, failing_since = NULL,"
            " failure_kind = NULL, failure_reason = NULL, due_at = ? WHERE id = ?",
            [
                validators.etag,
                validators.last_modified,
                validators.body_hash,
                title,
                stamp(now) if is_full else None,
                stamp(now),
                stamp(now),
                stamp(now),
                stamp(due_at),
                feed_id,
            ],
        )

    def remember_failure(self, feed_id: FeedId, failure: Failure, *, now: datetime, due_at: datetime) -> None:
        """Remember that a poll failed and why. This machine's own trouble is not charged to the feed."""
        charged = 0 if failure.local else 1
        self.db.execute(
            "UPDATE feed SET polled_at = :now, due_at = :due, failures = failures + :charged,"
            " failing_since = CASE WHEN :charged THEN coalesce(failing_since, :now) ELSE failing_since END,"
            " failure_kind = :kind, failure_reason = :reason WHERE id = :feed",
            {
                "now": stamp(now),
                "due": stamp(due_at),
                "charged": charged,
                "kind": failure.kind,
                "reason": failure.detail,
                "feed": feed_id,
            },
        )
        self._add_poll(feed_id, now, "failed", kind=failure.kind, reason=failure.detail)

    def uncharge(self, feed_ids: Iterable[FeedId], *, due_at: datetime) -> None:
        """Take the last failure back from feeds that were blamed for this machine's own trouble; they are due again soon."""
        self.db.execute(
            "UPDATE feed SET failures = max(failures - 1, 0), failing_since = CASE WHEN failures > 1 THEN failing_since END,"
            " due_at = min(due_at, ?) WHERE id IN (SELECT value FROM json_each(?))",
            [stamp(due_at), json.dumps(list(feed_ids))],
        )

    def add_poll(self, feed_id: FeedId, *, now: datetime, entries: int, new_items: int, size: int) -> None:
        """Write a poll that was answered into the history."""
        outcome = "new items" if new_items else "unchanged"
        self._add_poll(feed_id, now, outcome, entries=entries, new_items=new_items, bytes=size)

    def _add_poll(self, feed_id: FeedId, now: datetime, outcome: str, **more: str | int) -> None:
        self.db.table("poll").insert({"feed_id": feed_id, "at": stamp(now), "outcome": outcome, **more})

    # ---------------------------------------------------------------------------------------------------- items, articles

    def add_item(
        self, feed_id: FeedId, item: Item, *, now: datetime, is_baseline: bool, is_first_poll: bool, read_page: bool
    ) -> tuple[ItemId, StoryId] | None:
        """Store an item with its provisional story; None where the feed already has it under any of its keys."""
        if self.known(feed_id, item.keys):
            return None
        story_id = StoryId(int(self.db.execute("INSERT INTO story DEFAULT VALUES").lastrowid or 0))
        row = next(
            self.db.query(
                "INSERT INTO item (feed_id, story_id, guid, link, canonical_url, title, summary, author, language, published_at,"
                " published_raw, seen_at, is_baseline, is_first_poll, article_state, article_due_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                [
                    feed_id,
                    story_id,
                    item.guid,
                    item.link,
                    item.canonical_url,
                    item.title,
                    item.summary,
                    item.author,
                    item.language,
                    maybe_stamp(item.published),
                    item.published_raw,
                    stamp(now),
                    int(is_baseline),
                    int(is_first_poll),
                    "due" if read_page else "not_wanted",
                    stamp(now) if read_page else None,
                ],
            )
        )
        keys = [(feed_id, key, row["id"]) for key in item.keys]
        self.db.conn.executemany("INSERT INTO item_key (feed_id, key, item_id) VALUES (?, ?, ?)", keys)
        return ItemId(row["id"]), story_id

    def add_article(self, item: StoredItem, article: Article, *, now: datetime) -> None:
        """Store the full text of an item."""
        self.db.table("article").upsert(
            {
                "item_id": item.id,
                "url": article.url,
                "title": article.title,
                "text": article.text,
                "text_hash": hashlib.sha256(article.text.encode()).hexdigest(),
                "source": article.source,
                "doubt": article.doubt,
                "language": article.language,
                # a page that claims to be of the day after tomorrow has no date
                "published_at": maybe_stamp(article.published) if not _is_ahead(article, now) else None,
                "read_at": stamp(now),
            },
            pk="item_id",
        )
        self.db.execute(
            "UPDATE item SET article_state = 'read', article_tries = article_tries + 1, article_due_at = NULL, article_at = ?,"
            " article_kind = NULL, article_reason = NULL, language = coalesce(language, ?) WHERE id = ?",
            [stamp(now), article.language, item.id],
        )

    def give_up_article(self, item_id: ItemId, failure: Failure, now: datetime) -> None:
        """Remember that an item's page will not be asked for again, and why."""
        self.db.execute(
            "UPDATE item SET article_state = 'given_up', article_tries = article_tries + 1, article_due_at = NULL,"
            " article_at = ?, article_kind = ?, article_reason = ? WHERE id = ?",
            [stamp(now), failure.kind, failure.detail, item_id],
        )

    def postpone_article(self, item_id: ItemId, failure: Failure, due_at: datetime) -> None:
        """Remember that an item's page could not be had now, why, and when it is asked for again."""
        self.db.execute(
            "UPDATE item SET article_tries = article_tries + ?, article_due_at = ?, article_kind = ?, article_reason = ?"
            " WHERE id = ?",
            [0 if failure.local else 1, stamp(due_at), failure.kind, failure.detail, item_id],
        )

    def settle_story(self, story_id: StoryId, *, text_hash: str, now: datetime) -> None:
        """Settle a story, once; a story that is settled never changes."""
        self.db.execute(
            "UPDATE story SET settled_at = ?, text_hash = ? WHERE id = ? AND settled_at IS NULL",
            [stamp(now), text_hash, story_id],
        )

    # ---------------------------------------------------------------------------------------------------- --- matches

    def add_matches(self, item_id: ItemId, matches: tuple[Match, ...], *, now: datetime, config: str) -> None:
        """Store the places where watches were found; a place that is stored already stays as it is."""
        self.db.table("match").insert_all(
            ({"item_id": item_id, **asdict(match), "found_at": stamp(now), "config": config} for match in matches), ignore=True
        )

    def drop_matches(self, item_id: ItemId, watch_ids: Iterable[WatchId]) -> None:
        """Take back what was found for watches that, with the full text read, do not match the item, unless somebody was told."""
        for watch_id in watch_ids:
            self.db.execute(
                "DELETE FROM match WHERE item_id = :item AND watch_id = :watch AND NOT EXISTS"
                " (SELECT 1 FROM alert WHERE item_id = :item AND watch_id = :watch AND (state = 'sent' OR tries > 0))",
                {"item": item_id, "watch": watch_id},
            )

    def matched_watches(self, item_id: ItemId) -> frozenset[WatchId]:
        """Give the watches that are stored as found in an item."""
        rows = self.db.query("SELECT DISTINCT watch_id FROM match WHERE item_id = ?", [item_id])
        return frozenset(WatchId(row["watch_id"]) for row in rows)

    # ----------------------------------------------------------------------------------------------------- runs, upkeep

    def bound_waits(self, now: datetime) -> None:
        """Let nothing wait longer than anything may: what was put off under a clock that ran ahead."""
        hour, day = stamp(now) + 3600, stamp(now) + 86400
        self.db.execute(
            "UPDATE alert SET hold_until = min(hold_until, :day),"
            " next_try_at = min(next_try_at, max(:hour, min(hold_until, :day))),"
            " lease_until = min(lease_until, :hour) WHERE state = 'held'",
            {"hour": hour, "day": day},
        )
        self.db.execute("UPDATE digest_delivery SET next_try_at = min(next_try_at, ?) WHERE state = 'held'", [hour])
        self.db.execute("UPDATE item SET article_due_at = min(article_due_at, ?) WHERE article_state = 'due'", [hour])

    def start_run(self, config: str, now: datetime) -> int:
        """Write the beginning of a life of the daemon; gives its id."""
        row = next(self.db.query("INSERT INTO run (started_at, config) VALUES (?, ?) RETURNING id", [stamp(now), config]))
        return int(row["id"])

    def remember_config(self, run_id: int, *, config: str, fault: str | None) -> None:
        """Write which config is in force, and (None: nothing) what is wrong with a newer one."""
        self.db.execute("UPDATE run SET config = ?, config_fault = ? WHERE id = ?", [config, fault, run_id])

    def end_run(self, run_id: int, now: datetime) -> None:
        """Write the orderly end of a life of the daemon."""
        self.db.execute("UPDATE run SET stopped_at = ? WHERE id = ?", [stamp(now), run_id])

    def forget_polls(self, before: datetime, limit: int) -> int:
        """Delete the oldest poll history before a time, at most ``limit`` rows; gives how many went."""
        cursor = self.db.execute(
            "DELETE FROM poll WHERE id IN (SELECT id FROM poll WHERE at < ? ORDER BY at LIMIT ?)", [stamp(before), limit]
        )
        return cursor.rowcount


def _is_ahead(article: Article, now: datetime) -> bool:
    return article.published is not None and article.published > now + timedelta(days=1)
