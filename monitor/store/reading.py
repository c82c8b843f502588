"""Questions that the store answers, as records. Nothing here writes; it works on a read-only connection as well."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from monitor.model import (
    ChannelId,
    DigestId,
    Feed,
    FeedId,
    FeedState,
    Finding,
    FrozenDigest,
    Gap,
    ItemId,
    Match,
    OpenAlert,
    OpenDigest,
    Outbox,
    Run,
    StoredItem,
    WatchCount,
    WatchId,
)
from monitor.store.rows import (
    FEED_COLUMNS,
    MATCH_COLUMNS,
    feed_of,
    finding_of,
    item_of,
    match_of,
    maybe_moment,
    moment,
    open_alert_of,
    stamp,
    state_of,
)

_FEEDS = "feed JOIN outlet ON outlet.id = feed.outlet_id"
_ITEMS = "item JOIN feed ON feed.id = item.feed_id JOIN outlet ON outlet.id = feed.outlet_id"

# an outlet that was taken out of config.toml, or is paused, is not asked for anything
_UNREAD = "item.article_state = 'due' AND feed.is_listed AND NOT feed.is_paused"


FEW = 3
AHEAD = 60
"""Seconds: what lies further ahead of now was written under a clock that ran wrong."""
LULL = timedelta(minutes=30)
"""Twice the usual pace of a feed: a shorter rest of the monitor costs nothing that a feed still lists."""


class Reading:
    """The store's answers, on one connection."""

    def __init__(self, db: Database) -> None:
        """Answer from this database."""
        self.db = db

    # ------------------------------------------------------------------------------------------------------------ feeds

    def states(self) -> tuple[FeedState, ...]:
        """Give every feed that config.toml lists, in the order in which it was first listed."""
        rows = self.db.query(f"SELECT feed.*, {FEED_COLUMNS} FROM {_FEEDS} WHERE feed.is_listed ORDER BY feed.id")
        return tuple(state_of(row) for row in rows)

    def due_feeds(self, now: datetime, limit: int) -> tuple[FeedState, ...]:
        """Give the feeds to be polled now, longest due first. One polled in the future was polled by a clock since set back."""
        rows = self.db.query(
            f"SELECT feed.*, {FEED_COLUMNS} FROM {_FEEDS} WHERE feed.is_listed AND NOT feed.is_paused"
            " AND (feed.due_at <= :now OR feed.polled_at > :now + 60) ORDER BY feed.due_at LIMIT :limit",
            {"now": stamp(now), "limit": limit},
        )
        return tuple(state_of(row) for row in rows)

    def known(self, feed_id: FeedId, keys: Iterable[str]) -> frozenset[str]:
        """Give those of the keys under which an item of the feed is stored."""
        rows = self.db.query(
            "SELECT key FROM item_key WHERE feed_id = ? AND key IN (SELECT value FROM json_each(?))",
            [feed_id, json.dumps(list(keys))],
        )
        return frozenset(row["key"] for row in rows)

    # ------------------------------------------------------------------------------------------------ items and articles

    def due_articles(self, now: datetime, limit: int, *, each: int) -> tuple[StoredItem, ...]:
        """Give items whose page is to be read now: those that an alert waits for first, then the newest.

        At most ``each`` of a feed, so that one whose pages hang does not stand before all the others.
        """
        rows = self.db.query(
            f"SELECT * FROM (SELECT item.*, {FEED_COLUMNS},"
            " EXISTS (SELECT 1 FROM alert WHERE alert.item_id = item.id AND alert.state = 'held') AS is_awaited,"
            " row_number() OVER (PARTITION BY item.feed_id ORDER BY EXISTS (SELECT 1 FROM alert WHERE alert.item_id = item.id"
            " AND alert.state = 'held') DESC, item.article_tries, item.published_at DESC, item.id) AS place"
            f" FROM {_ITEMS} WHERE {_UNREAD} AND item.article_due_at <= :now) WHERE place <= :each"
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
        rows = self.db.query(
            f"SELECT alert.*, alert.id AS alert_id, item.title, item.link, item.language, item.published_at, item.seen_at,"
            f" article.doubt, {FEED_COLUMNS} FROM alert JOIN item ON item.id = alert.item_id"
            " JOIN feed ON feed.id = item.feed_id JOIN outlet ON outlet.id = feed.outlet_id"
            " LEFT JOIN article ON article.item_id = item.id"
            " WHERE alert.channel = :channel AND alert.state = 'held' AND alert.next_try_at <= :now"
            " AND coalesce(alert.lease_until, 0) <= :now AND (alert.batch IS NULL"
            " OR NOT EXISTS (SELECT 1 FROM alert AS other WHERE other.channel = alert.channel AND other.state = 'held'"
            " AND other.batch = alert.batch AND other.hold_until > :now)) ORDER BY alert.raised_at, alert.id",
            {"channel": channel, "now": stamp(now)},
        )
        return tuple(open_alert_of(row, self.matches(ItemId(row["item_id"]), WatchId(row["watch_id"]))) for row in list(rows))

    def messages_sent(self, channel: ChannelId, since: datetime, now: datetime) -> int:
        """Count the messages with alerts that went to a channel since then, leaving out urgent ones."""
        return self._one(
            "SELECT count(DISTINCT delivery.message) FROM delivery JOIN alert ON alert.id = delivery.alert_id"
            # what a clock that ran ahead recorded is of no hour
            " WHERE delivery.outcome = 'sent' AND delivery.at > ? AND delivery.at <= ?"
            " AND alert.channel = ? AND NOT alert.is_urgent",
            stamp(since),
            stamp(now) + AHEAD,
            channel,
        )

    def has_urgent(self, channel: ChannelId, now: datetime) -> bool:
        """Say whether an urgent alert may be sent now."""
        return bool(
            self._one(
                "SELECT EXISTS (SELECT 1 FROM alert WHERE channel = :channel AND state = 'held' AND is_urgent"
                " AND max(next_try_at, hold_until, coalesce(lease_until, 0)) <= :now AND batch IS NULL)",
                {"channel": channel, "now": stamp(now)},
            )
        )

    def orphans(self, channels: Collection[ChannelId]) -> tuple[tuple[ChannelId, int], ...]:
        """Give the channels that are not among these and have alerts to send, with how many."""
        rows = self.db.query(
            "SELECT channel, count(*) AS held FROM alert WHERE state = 'held'"
            " AND channel NOT IN (SELECT value FROM json_each(?)) GROUP BY channel",
            [json.dumps(list(channels))],
        )
        return tuple((ChannelId(row["channel"]), row["held"]) for row in rows)

    def outbox(self) -> Outbox:
        """Say how many promises are open, since when, and how many were given up."""
        row = next(
            self.db.query(
                "WITH promise AS (SELECT state, tries, raised_at FROM alert UNION ALL SELECT state, tries, made_at"
                " FROM digest_delivery JOIN digest ON digest.id = digest_id)"
                " SELECT count(*) FILTER (WHERE state = 'held') AS held,"
                " count(*) FILTER (WHERE state = 'held' AND tries > 0) AS failed,"
                " min(raised_at) FILTER (WHERE state = 'held') AS oldest,"
                " count(*) FILTER (WHERE state = 'gave_up') AS gave_up FROM promise"
            )
        )
        return Outbox(held=row["held"], failed=row["failed"], oldest=maybe_moment(row["oldest"]), gave_up=row["gave_up"])

    # ----------------------------------------------------------------------------------------------------------- digest

    def findings(self, start: datetime, stop: datetime) -> tuple[Finding, ...]:
        """Give what was found in start <= found_at < stop, newest item first; one Finding for each item and watch.

        A word that stands only in a page that was read later is found later: no digest may fall between the two.
        """
        rows = self.db.query(
            "WITH fresh AS (SELECT item_id, watch_id, min(found_at) AS first FROM match WHERE (item_id, watch_id) IN"
            " (SELECT item_id, watch_id FROM match WHERE found_at >= :start AND found_at < :stop)"
            " GROUP BY item_id, watch_id HAVING first >= :start)"
            " SELECT match.*, item.title, item.link, item.language, item.published_at, item.seen_at, article.doubt,"
            f" {FEED_COLUMNS} FROM fresh JOIN match USING (item_id, watch_id) JOIN item ON item.id = match.item_id"
            " JOIN feed ON feed.id = item.feed_id JOIN outlet ON outlet.id = feed.outlet_id"
            " LEFT JOIN article ON article.item_id = item.id"
            " ORDER BY item.seen_at DESC, item.published_at DESC, item.id DESC,"
            " CASE match.field WHEN 'title' THEN 0 WHEN 'summary' THEN 1 ELSE 2 END, match.start",
            {"start": stamp(start), "stop": stamp(stop)},
        )
        grouped: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            grouped[row["item_id"], row["watch_id"]].append(row)
        return tuple(finding_of(places[0], tuple(match_of(place) for place in places)) for places in grouped.values())

    def items_by_feed(self, start: datetime, stop: datetime) -> tuple[tuple[FeedId, int], ...]:
        """Count the items first seen in the window, for each feed that had any."""
        rows = self.db.query(
            "SELECT feed_id, count(*) AS items FROM item WHERE seen_at >= ? AND seen_at < ? GROUP BY feed_id",
            [stamp(start), stamp(stop)],
        )
        return tuple((FeedId(row["feed_id"]), row["items"]) for row in rows)

    def text_gaps(self, start: datetime, stop: datetime) -> tuple[Gap, ...]:
        """Say for each feed how many full texts were given up in the window or are doubted, with the commonest reason."""
        rows = self.db.query(
            f"SELECT item.article_state, coalesce(item.article_reason, article.doubt) AS why, count(*) AS items, {FEED_COLUMNS}"
            f" FROM {_ITEMS} LEFT JOIN article ON article.item_id = item.id"
            " WHERE item.article_at >= ? AND item.article_at < ?"
            " AND (item.article_state = 'given_up' OR article.doubt IS NOT NULL)"
            " GROUP BY feed.id, item.article_state, why ORDER BY feed.id, items DESC",
            [stamp(start), stamp(stop)],
        )
        tally: dict[tuple[str, Feed], list[tuple[str, int]]] = defaultdict(list)
        for row in rows:
            kind = "no_text" if row["article_state"] == "given_up" else "doubtful_text"
            tally[kind, feed_of(row)].append((row["why"] or "", row["items"]))
        return tuple(
            Gap(
                kind="no_text" if kind == "no_text" else "doubtful_text",
                feed=feed,
                since=None,
                reason=why[0][0],
                count=sum(items for _, items in why),
            )
            for (kind, feed), why in tally.items()
        )

    def baseline_gap(self, start: datetime, stop: datetime) -> Gap | None:
        """Say how many items of feeds first polled in the window matched without an alert, and whose; None where none did."""
        rows = list(
            self.db.query(
                f"SELECT count(*) AS items, {FEED_COLUMNS} FROM {_ITEMS}"
                " WHERE item.is_baseline AND item.seen_at >= ? AND item.seen_at < ?"
                " AND EXISTS (SELECT 1 FROM match WHERE match.item_id = item.id) GROUP BY feed.id",
                [stamp(start), stamp(stop)],
            )
        )
        names = ", ".join(f"{feed_of(row).name} {row['items']}" for row in rows)
        return (
            Gap(kind="first_poll", feed=None, since=None, reason=names, count=sum(row["items"] for row in rows)) if rows else None
        )

    def unread_gap(self) -> Gap | None:
        """Say how many items have a page that is still to be read; None where none has."""
        count = self.unread()
        return Gap(kind="unread", feed=None, since=None, reason="", count=count) if count else None

    def outages(self, start: datetime, stop: datetime) -> tuple[Gap, ...]:
        """Give the times within the window in which a feed failed for longer than LULL and that are over, longest first.

        Where more than FEW feeds were out it was hardly theirs: they are one gap.
        """
        rows = self.db.query(
            # an answered poll, and the answered one before it; what lies between them was not seen if a poll failed there
            "WITH answer AS (SELECT feed_id, at, lag(at) OVER (PARTITION BY feed_id ORDER BY at, id) AS before FROM poll"
            " WHERE outcome <> 'failed' AND at < :stop AND at > :start - 172800)"
            " SELECT answer.before, answer.at,"
            " (SELECT reason FROM poll WHERE poll.feed_id = answer.feed_id AND outcome = 'failed'"
            f" AND poll.at BETWEEN answer.before AND answer.at ORDER BY poll.at DESC LIMIT 1) AS why, {FEED_COLUMNS}"
            " FROM answer JOIN feed ON feed.id = answer.feed_id JOIN outlet ON outlet.id = feed.outlet_id"
            " WHERE answer.at > :start AND answer.at - answer.before > :lull AND why IS NOT NULL AND feed.is_listed"
            " ORDER BY answer.at - answer.before DESC",
            {"start": stamp(start), "stop": stamp(stop), "lull": int(LULL.total_seconds())},
        )
        found = [
            Gap(kind="was_failing", feed=feed_of(row), since=moment(row["before"]), until=moment(row["at"]), reason=row["why"])
            for row in rows
        ]
        if len({gap.feed for gap in found}) <= FEW:
            return tuple(found)
        return (
            Gap(
                kind="was_unreached",
                feed=None,
                since=min(gap.since for gap in found if gap.since),
                until=max(gap.until for gap in found if gap.until),
                reason=found[0].reason,
                count=len({gap.feed for gap in found}),
            ),
        )

    def down_gap(self, start: datetime, stop: datetime, *, lull: timedelta) -> Gap | None:
        """Say from when to when, within the window, the monitor did not run, or slept; None where for ``lull`` at most.

        A life that was killed ended with its last poll; one in which nothing was polled for longer than ``lull`` slept. Several
        such times are one gap, from the first to the last.
        """
        bounds = {"start": stamp(start), "stop": stamp(stop), "lull": int(lull.total_seconds())}
        rows = self.db.query(
            "WITH life AS (SELECT started_at, stopped_at, lead(started_at) OVER (ORDER BY id) AS following FROM run"
            " WHERE started_at < :stop), seen AS (SELECT at, lag(at) OVER (ORDER BY at) AS before FROM poll"
            " WHERE at < :stop AND at > :start - 172800),"
            " rest AS (SELECT coalesce(stopped_at,"
            # the newest life goes on, or was killed: then its feeds are overdue, and that is told
            " CASE WHEN following IS NULL THEN :stop END,"
            " (SELECT max(at) FROM poll WHERE at >= started_at AND at < following), started_at) AS began,"
            " coalesce(following, :stop) AS ended FROM life UNION ALL SELECT before, at FROM seen WHERE at - before > :lull)"
            " SELECT max(began, :start) AS began, ended FROM rest WHERE ended > :start AND ended - max(began, :start) > :lull"
            " ORDER BY began",
            bounds,
        )
        lulls = _apart([(row["began"], row["ended"]) for row in rows])
        if not lulls:
            return None
        until = None if lulls[-1][1] >= stamp(stop) else moment(lulls[-1][1])
        return Gap(kind="down", feed=None, since=moment(lulls[0][0]), reason="", count=len(lulls), until=until)

    def open_digests(self, channel: ChannelId, now: datetime) -> tuple[OpenDigest, ...]:
        """Give the digests that are still to be sent to a channel, oldest first."""
        rows = self.db.query(
            "SELECT digest.*, digest_delivery.* FROM digest_delivery JOIN digest ON digest.id = digest_delivery.digest_id"
            " WHERE digest_delivery.channel = ? AND digest_delivery.state = 'held' AND digest_delivery.next_try_at <= ?"
            " ORDER BY digest.id",
            [channel, stamp(now)],
        )
        return tuple(
            OpenDigest(
                id=DigestId(row["digest_id"]),
                channel=ChannelId(row["channel"]),
                period=row["period"],
                subject=row["subject"],
                text=row["text"],
                html=row["html"],
                made_at=moment(row["made_at"]),
                tries=row["tries"],
            )
            for row in rows
        )

    def last_digest(self, now: datetime) -> tuple[datetime, datetime] | None:
        """Give when the newest digest was due and where its window ends; None where none was made yet."""
        # one that a clock made which ran ahead is none of now
        query = "SELECT due_at, stop_at FROM digest WHERE made_at <= ? ORDER BY stop_at DESC LIMIT 1"
        row = next(self.db.query(query, [stamp(now) + AHEAD]), None)
        return (moment(row["due_at"]), moment(row["stop_at"])) if row else None

    def frozen_digest(self) -> FrozenDigest | None:
        """Give the newest digest in its own words; None where none was made yet."""
        row = next(self.db.query("SELECT period, html, markdown FROM digest ORDER BY id DESC LIMIT 1"), None)
        return FrozenDigest(period=row["period"], html=row["html"], markdown=row["markdown"]) if row else None

    # ----------------------------------------------------------------------------------------------------------- status

    def last_matches(self) -> tuple[tuple[WatchId, datetime], ...]:
        """Give for each watch that ever matched when its newest item was first seen."""
        rows = self.db.query(
            "SELECT watch_id, max(item.seen_at) AS seen FROM match JOIN item ON item.id = match.item_id GROUP BY watch_id"
        )
        return tuple((WatchId(row["watch_id"]), moment(row["seen"])) for row in rows)

    def watch_counts(self, since: datetime) -> tuple[WatchCount, ...]:
        """Count for each watch the items seen since then that it matched, and all it ever matched."""
        rows = self.db.query(
            "SELECT watch_id, count(DISTINCT item_id) AS ever,"
            " count(DISTINCT item_id) FILTER (WHERE item.seen_at >= ?) AS recent, max(item.seen_at) AS seen"
            " FROM match JOIN item ON item.id = match.item_id GROUP BY watch_id",
            [stamp(since)],
        )
        return tuple(
            WatchCount(watch_id=WatchId(row["watch_id"]), recent=row["recent"], ever=row["ever"], last=moment(row["seen"]))
            for row in rows
        )

    def first_run(self) -> datetime | None:
        """Give when the monitor first ran on this database; None where it never did."""
        row = self.db.execute("SELECT min(started_at) FROM run").fetchone()
        return maybe_moment(row[0])

    def last_run(self) -> Run | None:
        """Give the newest life of the daemon; None where it never ran on this database."""
        row = next(self.db.query("SELECT * FROM run ORDER BY id DESC LIMIT 1"), None)
        if row is None:
            return None
        return Run(
            started_at=moment(row["started_at"]),
            stopped_at=maybe_moment(row["stopped_at"]),
            config=row["config"],
            config_fault=row["config_fault"],
        )

    def items_seen(self, start: datetime, stop: datetime) -> int:
        """Count the items first seen in the window."""
        return self._one("SELECT count(*) FROM item WHERE seen_at >= ? AND seen_at < ?", stamp(start), stamp(stop))

    def unread(self) -> int:
        """Count the items whose page is still to be read."""
        return self._one(f"SELECT count(*) FROM {_ITEMS} WHERE {_UNREAD}")

    def _one(self, sql: str, *values: object) -> int:
        named = values[0] if values and isinstance(values[0], dict) else list(values)
        value = self.db.execute(sql, named).fetchone()[0]
        return int(value)


def _apart(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join stretches of time that overlap; they come in the order in which they begin."""
    joined: list[tuple[int, int]] = []
    for began, ended in stretches:
        if joined and began <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(ended, joined[-1][1]))
        else:
            joined.append((began, ended))
    return joined
