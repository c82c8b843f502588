"""Questions that the store answers, as records. Nothing here writes; it works on a read-only connection as well."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from monitor.model import (
    Ailment,
    ChannelId,
    FeedId,
    FeedState,
    ItemId,
    Match,
    OpenAlert,
    OutletId,
    Piece,
    PlanId,
    Rhythm,
    Run,
    StoredItem,
    WatchCount,
    WatchId,
)
from monitor.store.briefing import Briefing
from monitor.store.coverage import ITEMS, NEWEST, UNREAD
from monitor.store.digests import Digests
from monitor.store.proving import Proved
from monitor.store.remembered import Remembered
from monitor.store.rows import (
    FEED_COLUMNS,
    MATCH_COLUMNS,
    STATE_COLUMNS,
    item_of,
    match_of,
    maybe_moment,
    moment,
    open_alert_of,
    pieces_of,
    rhythm_of,
    stamp,
    state_of,
)
from monitor.store.searching import TITLE_NOW, Searching
from monitor.store.shelved import Shelved
from monitor.store.telling import Tellings
from monitor.store.vital import Vital

ABSENCE = timedelta(days=30)
"""A desk that was away for longer, by its clock, deletes nothing for a day: maybe that clock was set wrong."""
_DAY = timedelta(days=1)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_FEEDS = "feed JOIN outlet ON outlet.id = feed.outlet_id"


class Reading(Searching, Remembered, Proved, Vital, Tellings, Digests, Briefing, Shelved):
    """The store's answers, on one connection."""

    # ------------------------------------------------------------------------------------------------------------ feeds

    def states(self) -> tuple[FeedState, ...]:
        """Give every feed that config.toml lists, in the order in which it was first listed."""
        rows = self.db.conn.execute(f"SELECT {STATE_COLUMNS} FROM {_FEEDS} WHERE feed.is_listed ORDER BY feed.id")
        return tuple(map(state_of, rows))

    def troubled(self) -> tuple[FeedState, ...]:
        """Give the feeds of config.toml that fail, and those of which that was told."""
        rows = self.db.conn.execute(
            f"SELECT {STATE_COLUMNS} FROM {_FEEDS} WHERE feed.is_listed"
            " AND (feed.failures OR feed.id IN (SELECT feed_id FROM feed_told)) ORDER BY feed.id"
        )
        return tuple(map(state_of, rows))

    def warned_of(self) -> tuple[frozenset[tuple[FeedId, Ailment]], frozenset[FeedId]]:
        """Give the feeds of which the channels of [health] know that something is wrong, and what; and who brought news since."""
        rows = self.db.conn.execute(
            "SELECT feed_id, what, EXISTS (SELECT 1 FROM item WHERE item.feed_id = feed_told.feed_id AND NOT item.is_first_poll"
            " AND item.seen_at > feed_told.told_at) FROM feed_told"
        ).fetchall()
        return frozenset((FeedId(id), what) for id, what, _ in rows), frozenset(FeedId(id) for id, _, spoke in rows if spoke)

    def answering(self) -> tuple[int, int]:
        """Count the feeds that are polled, and those of them that answered last time."""
        row = self.db.execute(
            "SELECT count(*), count(*) FILTER (WHERE failure_reason IS NULL) FROM feed WHERE is_listed AND NOT is_paused"
        ).fetchone()
        return int(row[0]), int(row[1])

    def due_feeds(self, now: datetime, limit: int, *, each: int) -> tuple[FeedState, ...]:
        """Give the feeds to be polled now, longest due first; one polled in the future was polled by a clock since set back.

        At most ``each`` of a host, so that one with thousands of feeds does not stand before all the others.
        """
        rows = self.db.conn.execute(
            f"SELECT {STATE_COLUMNS} FROM (SELECT id,"
            " row_number() OVER (PARTITION BY host ORDER BY due_at, id) AS place"
            " FROM feed WHERE is_listed AND NOT is_paused AND (due_at <= :now OR polled_at > :now + 60)) AS due"
            " JOIN feed ON feed.id = due.id JOIN outlet ON outlet.id = feed.outlet_id"
            " WHERE due.place <= :each ORDER BY feed.due_at, feed.id LIMIT :limit",
            {"now": stamp(now), "each": each, "limit": limit},
        )
        return tuple(map(state_of, rows))

    def pieces(self, feed_id: FeedId) -> tuple[Piece, ...]:
        """Give what is remembered of the raw items of a feed's last document; none where it was not cut."""
        row = next(self.db.query("SELECT pieces FROM feed_memory WHERE feed_id = ?", [feed_id]), None)
        return pieces_of(row["pieces"]) if row else ()

    def rhythm(self, feed_id: FeedId) -> Rhythm:
        """Give when a feed publishes, as far as it was counted."""
        row = self.db.conn.execute("SELECT rhythm, since, counted_at FROM feed_memory WHERE feed_id = ?", (feed_id,)).fetchone()
        return rhythm_of(*row) if row else Rhythm()

    def resting_hosts(self, now: datetime) -> tuple[frozenset[str], frozenset[str]]:
        """Give the hosts that still want to be left alone: those whose feeds are not polled, those whose pages are not read."""
        rows = list(self.db.query("SELECT * FROM host WHERE max(rests_until, feeds_until) > ?", [stamp(now)]))
        return (
            frozenset(row["name"] for row in rows if row["feeds_until"] > stamp(now)),
            frozenset(row["name"] for row in rows if row["rests_until"] > stamp(now)),
        )

    # ------------------------------------------------------------------------------------------------ items and articles

    def due_articles(self, now: datetime, limit: int, *, each: int) -> tuple[StoredItem, ...]:
        """Give items whose page is to be read now: those that an alert waits for first, then the newest.

        At most ``each`` of a feed, so that one whose pages hang does not stand before all the others.
        """
        rows = self.db.query(
            f"SELECT * FROM (SELECT item.*, {NEWEST}, {FEED_COLUMNS},"
            " EXISTS (SELECT 1 FROM alert WHERE alert.item_id = item.id AND alert.state = 'held') AS is_awaited,"
            " row_number() OVER (PARTITION BY item.feed_id ORDER BY EXISTS (SELECT 1 FROM alert WHERE alert.item_id = item.id"
            " AND alert.state = 'held') DESC, item.article_tries, item.published_at DESC, item.id) AS place"
            f" FROM {ITEMS} WHERE {UNREAD} AND item.article_due_at <= :now"
            # pages mostly stand where their feed does
            " AND feed.host NOT IN (SELECT name FROM host WHERE rests_until > :now)) WHERE place <= :each"
            " ORDER BY is_awaited DESC, article_tries, published_at DESC, id LIMIT :limit",
            {"now": stamp(now), "each": each, "limit": limit},
        )
        return tuple(item_of(row) for row in rows)

    def matches(self, item_id: ItemId, watch_id: WatchId) -> tuple[Match, ...]:
        """Give the places where a watch was found in an item: headline first, then the feed's text, then the article's."""
        rows = self.db.query(
            f"SELECT {MATCH_COLUMNS} FROM match WHERE item_id = ? AND watch_id = ?"
            " ORDER BY CASE field WHEN 'title' THEN 0 WHEN 'summary' THEN 1 ELSE 2 END, start",
            [item_id, watch_id],
        )
        return tuple(match_of(row) for row in rows)

    # ----------------------------------------------------------------------------------------------------------- outbox

    def open_alerts(self, channel: ChannelId, now: datetime) -> tuple[OpenAlert, ...]:
        """Give the alerts that may be sent now, oldest first. A batch waits until none of it is held back any more."""
        return self._open_alerts(channel, now, "true")

    def open_urgent(self, channel: ChannelId, now: datetime) -> tuple[OpenAlert, ...]:
        """Give those of the open alerts that are urgent."""
        return self._open_alerts(channel, now, "alert.is_urgent")

    def _open_alerts(self, channel: ChannelId, now: datetime, which: str) -> tuple[OpenAlert, ...]:
        rows = self.db.query(
            f"SELECT alert.*, alert.id AS alert_id, {TITLE_NOW}, item.link, item.language, item.published_at, item.seen_at,"
            f" item.copied, item.is_own_text, article.doubt, {FEED_COLUMNS} FROM alert JOIN item ON item.id = alert.item_id"
            " JOIN feed ON feed.id = item.feed_id JOIN outlet ON outlet.id = feed.outlet_id"
            " LEFT JOIN article ON article.item_id = item.id"
            " WHERE alert.channel = :channel AND alert.state = 'held' AND alert.next_try_at <= :now"
            f" AND coalesce(alert.lease_until, 0) <= :now AND {which}"
            # what was tried already stays with those that it was tried with
            " AND (alert.message IS NOT NULL OR alert.batch IS NULL OR alert.batch NOT IN"
            # looked for once: a batch of thousands that compares each of them with all others takes minutes
            " (SELECT other.batch FROM alert AS other WHERE other.channel = :channel AND other.state = 'held'"
            " AND other.batch IS NOT NULL AND other.hold_until > :now)) ORDER BY alert.raised_at, alert.id",
            {"channel": channel, "now": stamp(now)},
        )
        return tuple(
            open_alert_of(
                row,
                self.matches(*names),
                edit=self.edit_of(*names),
                carried=self.carriers(row["subject"], OutletId(row["outlet_id"])),
                rewritten=self.rewritten(*names),
            )
            for row in list(rows)
            for names in ((ItemId(row["item_id"]), WatchId(row["watch_id"])),)
        )

    def held_items(self) -> tuple[ItemId, ...]:
        """Give the items that have alerts which were never tried, but those that are probably copies of what was told."""
        rows = self.db.query(
            "SELECT item_id FROM alert WHERE state = 'held' AND tries = 0 GROUP BY item_id HAVING max(held_for = 'copy') IS NOT 1"
        )
        return tuple(ItemId(row["item_id"]) for row in rows)

    def has_urgent(self, channel: ChannelId, now: datetime) -> bool:
        """Say whether an urgent alert may be sent now."""
        return bool(
            self._one(
                "SELECT EXISTS (SELECT 1 FROM alert WHERE channel = :channel AND state = 'held' AND is_urgent"
                " AND max(next_try_at, hold_until, coalesce(lease_until, 0)) <= :now AND batch IS NULL)",
                {"channel": channel, "now": stamp(now)},
            )
        )

    # ----------------------------------------------------------------------------------------------------------- digest

    def items_by_feed(self, start: datetime, stop: datetime) -> tuple[tuple[FeedId, int], ...]:
        """Count the items first seen in the window, for each feed that had any."""
        rows = self.db.query(
            "SELECT feed_id, count(*) AS items FROM item WHERE seen_at >= ? AND seen_at < ? GROUP BY feed_id",
            [stamp(start), stamp(stop)],
        )
        return tuple((FeedId(row["feed_id"]), row["items"]) for row in rows)

    # ----------------------------------------------------------------------------------------------------------- status

    def young(self) -> dict[WatchId, datetime]:
        """Give the watches that are still to be asked about some of what is stored, and since when each is asked."""
        since = self.watched_since()
        return {watch: since[watch] for watch in self.still_asked() if watch in since}

    def watch_counts(self) -> tuple[WatchCount, ...]:
        """Count for each watch of config.toml all items that it ever matched; one that matched none is left out."""
        rows = self.db.query(
            # from an index alone: the newest is the one that was found last
            "SELECT watch.id AS watch_id, (SELECT count(*) FROM match WHERE watch_id = watch.id AND is_first) AS ever,"
            " (SELECT seen_at FROM item WHERE id = (SELECT item_id FROM match WHERE watch_id = watch.id AND is_first"
            "  ORDER BY found_at DESC, item_id DESC LIMIT 1)) AS seen"
            " FROM watch WHERE is_listed ORDER BY watch.id"
        )
        return tuple(
            WatchCount(watch_id=WatchId(row["watch_id"]), ever=row["ever"], last=moment(row["seen"]))
            for row in rows
            if row["ever"]
        )

    def in_force(self) -> tuple[str, tuple[WatchId, ...]] | None:
        """Give the time zone and the watches of the config that was last in force; None where none ever was."""
        row = self.db.execute("SELECT timezone, watches FROM in_force").fetchone()
        return (row[0], tuple(WatchId(id) for id in json.loads(row[1]))) if row else None

    def plan_times(self) -> dict[PlanId, str]:
        """Give the digests of the config that was last in force, each with its times as they were handed in."""
        rows = self.db.execute("SELECT id, times FROM plan ORDER BY rowid")
        return {PlanId(row[0]): str(row[1]) for row in rows}

    def first_run(self) -> datetime | None:
        """Give when the monitor first ran on this database; None where it never did."""
        row = self.db.execute("SELECT min(started_at) FROM run").fetchone()
        return maybe_moment(row[0])

    def ran_within(self, start: datetime, stop: datetime) -> bool:
        """Say whether the monitor ran at any moment of a window."""
        sql = "SELECT 1 FROM run WHERE started_at <= ? AND seen_at >= ? LIMIT 1"
        return self.db.execute(sql, [stamp(stop), stamp(start)]).fetchone() is not None

    def was_away(self, now: datetime) -> bool:
        """Say whether the monitor, by this clock, is back since less than a day after an ABSENCE: or the clock was set wrong."""
        return not self.ran_within(now - ABSENCE, now - _DAY) and self.ran_within(_EVER, now - ABSENCE)

    def last_run(self) -> Run | None:
        """Give the newest life of the daemon; None where it never ran on this database."""
        row = next(self.db.query("SELECT * FROM run ORDER BY id DESC LIMIT 1"), None)
        if row is None:
            return None
        return Run(
            started_at=moment(row["started_at"]),
            seen_at=moment(row["seen_at"]),
            stopped_at=maybe_moment(row["stopped_at"]),
            config=row["config"],
            config_fault=row["config_fault"],
        )
