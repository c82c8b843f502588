"""What may be done to the store, inside a unit of work that holds the one write transaction. Records in, ids and counts out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from monitor.model import (
    Article,
    Failure,
    FeedId,
    Item,
    ItemId,
    Match,
    StoredItem,
    StoryId,
    WatchId,
)
from monitor.store.delivering import Delivering
from monitor.store.forgetting import Forgetting
from monitor.store.keeping import Keeping
from monitor.store.polling import Polling
from monitor.store.promising import Promising
from monitor.store.proving import Proving
from monitor.store.recalling import Recalling
from monitor.store.revising import Revising
from monitor.store.rows import maybe_stamp, stamp
from monitor.store.wishing import Wishing

WRITTEN = datetime(2024, 1, 1, tzinfo=UTC)
"""This program is of later: a clock that shows less is one whose battery is empty. What it dated back would grow old at once when
it is put right: alerts that wait would be given up, and it would look as if nobody had watched."""


class Writing(Polling, Promising, Delivering, Wishing, Revising, Recalling, Forgetting, Proving, Keeping):
    """The store's deeds. Every one of them joins the transaction that is open; none commits."""

    # ---------------------------------------------------------------------------------------------------- items, articles

    def add_item(
        self,
        feed_id: FeedId,
        item: Item,
        *,
        now: datetime,
        is_baseline: bool,
        is_first_poll: bool,
        read_page: bool,
        entry_hash: bytes,
    ) -> tuple[ItemId, StoryId]:
        """Store an item that the feed is not known to have, with its story, which is provisional until `settle_story`.

        Raises sqlite3.IntegrityError where one of the item's keys is known; `known_items` tells.
        """
        run, at = self.db.conn.execute, stamp(now)
        story_id = run("INSERT INTO story (settled_at) VALUES (NULL)").lastrowid
        item_id = run(
            "INSERT INTO item (feed_id, story_id, guid, link, canonical_url, title, summary, author, language, published_at,"
            " published_raw, seen_at, unseen_at, is_baseline, is_first_poll, article_state, article_due_at, entry_hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
            # the answer that it is in is remembered after it
            " (SELECT answered_at FROM feed WHERE id = ? AND NOT ?), ?, ?, ?, ?, ?)",
            (
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
                at,
                feed_id,
                int(is_first_poll),
                int(is_baseline),
                int(is_first_poll),
                "due" if read_page else "not_wanted",
                at if read_page else None,
                entry_hash,
            ),
        ).lastrowid
        assert item_id
        assert story_id
        keys = [(feed_id, key, item_id) for key in item.keys]
        self.db.conn.executemany("INSERT INTO item_key (feed_id, key, item_id) VALUES (?, ?, ?)", keys)
        return ItemId(item_id), StoryId(story_id)

    def add_article(self, item: StoredItem, article: Article, *, now: datetime) -> None:
        """Store the full text of an item, and the language that it tells better than a headline: if it is the article's own."""
        language = item.language or article.language if article.doubt else article.language or item.language
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
            " is_indexed = 0, article_kind = NULL, article_reason = NULL, language = ? WHERE id = ?",
            [stamp(now), language, item.id],
        )

    def want_no_article(self, item_id: ItemId, now: datetime) -> None:
        """Remember that an item's page was only asked for its address."""
        self.db.execute(
            "UPDATE item SET article_state = 'not_wanted', article_due_at = NULL, article_at = ?, article_kind = NULL,"
            " article_reason = NULL WHERE id = ?",
            [stamp(now), item_id],
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

    def settle_story(self, story_id: StoryId, now: datetime) -> None:
        """Settle a story, once; a story that is settled never changes."""
        self.db.execute("UPDATE story SET settled_at = ? WHERE id = ? AND settled_at IS NULL", [stamp(now), story_id])

    # ---------------------------------------------------------------------------------------------------- --- matches

    def add_matches(
        self,
        item_id: ItemId,
        matches: tuple[Match, ...],
        *,
        now: datetime,
        config: str,
        revision: int = 0,
        is_history: bool = False,
    ) -> None:
        """Store the places where watches were found; a place that is stored already stays as it is.

        ``revision``: the number of the version in which they stand, 0 being what was stored first. ``is_history``: the watch was
        asked of it later, and tells nobody.
        """
        more = {
            "item_id": item_id,
            "revision": revision,
            "found_at": stamp(now),
            "config": config,
            "is_history": int(is_history),
        }
        self.db.table("match").insert_all(({**more, **asdict(match)} for match in matches), ignore=True)
        self._mark_first(item_id)

    def drop_matches(self, item_id: ItemId, watch_ids: Iterable[WatchId]) -> None:
        """Take back what was found for watches that, with the full text read, do not match the item, unless somebody was told."""
        for watch_id in watch_ids:
            self.db.execute(
                "DELETE FROM match WHERE item_id = :item AND watch_id = :watch"
                " AND NOT EXISTS (SELECT 1 FROM sentence_edit WHERE match_id = match.id) AND NOT EXISTS"
                " (SELECT 1 FROM alert WHERE item_id = :item AND watch_id = :watch AND (state = 'sent' OR tries > 0))",
                {"item": item_id, "watch": watch_id},
            )
        self._mark_first(item_id)

    def _mark_first(self, item_id: ItemId) -> None:
        """Mark the place of each watch that was found first: digests count and find by those alone."""
        self.db.conn.execute(
            "UPDATE match SET is_first = 1 WHERE NOT is_first AND id IN"
            " (SELECT min(id) FROM match WHERE item_id = ? GROUP BY watch_id)",
            (item_id,),
        )

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
        self.db.execute("UPDATE notice SET next_try_at = min(next_try_at, ?) WHERE state = 'held'", [day])
        self.db.execute("UPDATE channel SET rests_until = min(rests_until, ?)", [day])
        self.db.execute(
            "UPDATE host SET rests_until = min(rests_until, :hour), feeds_until = min(feeds_until, :hour)", {"hour": hour}
        )
        self.db.execute("UPDATE feed SET due_at = min(due_at, ? + coalesce(pace, 0))", [day])
        self.db.execute("UPDATE item SET article_due_at = min(article_due_at, ?) WHERE article_state = 'due'", [hour])
        written = {"now": stamp(now), "written": stamp(WRITTEN)}
        if now >= WRITTEN:
            self._date_back({"now": stamp(now)})
            # what is asked for since a clock showed 1970 is asked for since now, and owes nothing of the years between
            self.db.execute("UPDATE plan SET added_at = :now, since = :now WHERE added_at < :written", written)

    def _date_back(self, now: dict[str, int]) -> None:
        """Let nothing have happened later than now."""
        # what follows about a story waits from then on
        self.db.execute("UPDATE alert SET raised_at = :now WHERE raised_at > :now", now)
        self.db.execute("UPDATE mute SET until = until - since + :now, since = :now WHERE since > :now", now)
        self.db.execute("UPDATE plan SET added_at = min(added_at, :now), since = min(since, :now)", now)
        self.db.execute("UPDATE run SET started_at = min(started_at, :now), seen_at = min(seen_at, :now)", now)

    def start_run(self, config: str, now: datetime) -> int:
        """Write the beginning of a life of the daemon; gives its id."""
        values = [stamp(now), stamp(now), config]
        row = next(self.db.query("INSERT INTO run (started_at, seen_at, config) VALUES (?, ?, ?) RETURNING id", values))
        return int(row["id"])

    def live_on(self, run_id: int, *, now: datetime, lull: timedelta) -> int:
        """Write that a life of the daemon goes on; gives its id.

        Where it did not for longer than ``lull`` – the machine slept – it ended with its last sign, and another begins.
        """
        row = next(self.db.query("SELECT seen_at, config, config_fault FROM run WHERE id = ?", [run_id]))
        if stamp(now) - row["seen_at"] <= lull.total_seconds():
            self.db.execute("UPDATE run SET seen_at = max(seen_at, ?) WHERE id = ?", [stamp(now), run_id])
            return run_id
        self.db.execute("UPDATE run SET stopped_at = seen_at WHERE id = ?", [run_id])
        following = self.start_run(row["config"], now)
        self.remember_config(following, config=row["config"], fault=row["config_fault"])
        return following

    def try_writing(self) -> None:
        """Write what stands there: whether anything can be written is told by the end of the transaction."""
        self.db.execute("UPDATE run SET seen_at = seen_at WHERE id = (SELECT max(id) FROM run)")

    def remember_config(self, run_id: int, *, config: str, fault: str | None) -> None:
        """Write which config is in force, and (None: nothing) what is wrong with a newer one."""
        self.db.execute("UPDATE run SET config = ?, config_fault = ? WHERE id = ?", [config, fault, run_id])

    def remember_in_force(self, timezone: str, watches: Iterable[WatchId]) -> None:
        """Write what is wanted of the config in force by those who cannot read it, as a newer one stands in its place."""
        self.db.execute(
            "INSERT INTO in_force (id, timezone, watches) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE"
            " SET timezone = excluded.timezone, watches = excluded.watches",
            [timezone, json.dumps(list(watches))],
        )

    def end_run(self, run_id: int, now: datetime) -> None:
        """Write the orderly end of a life of the daemon."""
        self.db.execute("UPDATE run SET stopped_at = :now, seen_at = :now WHERE id = :run", {"now": stamp(now), "run": run_id})

    def forget_polls(self, before: datetime, limit: int) -> int:
        """Delete the oldest poll history before a time, at most ``limit`` rows; gives how many went."""
        cursor = self.db.execute(
            "DELETE FROM poll WHERE id IN (SELECT id FROM poll WHERE until < ? ORDER BY until LIMIT ?)", [stamp(before), limit]
        )
        return cursor.rowcount


def _is_ahead(article: Article, now: datetime) -> bool:
    return article.published is not None and article.published > now + timedelta(days=1)
