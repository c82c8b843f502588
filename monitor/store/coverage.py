"""What was not seen, as far as the store can tell: times without polls, outages, texts that are missing. Nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.model import Feed, Gap, WatchId
from monitor.store.rows import FEED_COLUMNS, feed_of, moment, stamp

ITEMS = "item JOIN feed ON feed.id = item.feed_id JOIN outlet ON outlet.id = feed.outlet_id"
# an outlet that was taken out of config.toml, or is paused, is not asked for anything
UNREAD = "item.article_state = 'due' AND feed.is_listed AND NOT feed.is_paused"
NEWEST = ", ".join(
    f"coalesce((SELECT {column} FROM revision WHERE item_id = item.id AND part = 'feed' ORDER BY number DESC LIMIT 1),"
    f" {first}) AS {name}"
    for column, first, name in (("title", "item.title", "now_title"), ("text", "item.summary", "now_summary"))
)
"""An item's words as its entry has them now."""
FEW = 3
LULL = timedelta(minutes=30)
"""Twice the usual pace of a feed: a shorter rest of the monitor costs nothing that a feed still lists."""


class Coverage:
    """The gaps that the store knows of, on one connection."""

    def __init__(self, db: Database) -> None:
        """Answer from this database."""
        self.db = db

    def text_gaps(self, start: datetime, stop: datetime) -> tuple[Gap, ...]:
        """Say for each feed how many full texts were given up in the window or are doubted, with the commonest reason."""
        rows = self.db.query(
            f"SELECT item.article_state, coalesce(item.article_reason, article.doubt) AS why, count(*) AS items, {FEED_COLUMNS}"
            f" FROM {ITEMS} LEFT JOIN article ON article.item_id = item.id"
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
                f"SELECT count(*) AS items, {FEED_COLUMNS} FROM {ITEMS}"
                # a match is never found before its item is seen: of the window's many items only those that matched are looked at
                " WHERE item.id IN (SELECT item_id FROM match WHERE found_at >= :start)"
                " AND item.is_baseline AND item.seen_at >= :start AND item.seen_at < :stop GROUP BY feed.id",
                {"start": stamp(start), "stop": stamp(stop)},
            )
        )
        names = ", ".join(f"{feed_of(row).name} {row['items']}" for row in rows)
        return (
            Gap(kind="first_poll", feed=None, since=None, reason=names, count=sum(row["items"] for row in rows)) if rows else None
        )

    def history(self, start: datetime, stop: datetime) -> tuple[tuple[WatchId, int], ...]:
        """Count for each watch the items that it found in the window in what was stored before, and in no other way."""
        rows = self.db.conn.execute(
            "SELECT watch_id, count(*) FROM match WHERE watch_id IN (SELECT id FROM watch) AND found_at >= ? AND found_at < ?"
            " AND is_history AND is_first GROUP BY watch_id",
            (stamp(start), stamp(stop)),
        )
        return tuple((WatchId(watch_id), items) for watch_id, items in rows)

    def unread_gap(self) -> Gap | None:
        """Say how many items have a page that is still to be read; None where none has."""
        count = self.unread()
        return Gap(kind="unread", feed=None, since=None, reason="", count=count) if count else None

    def outages(self, start: datetime, stop: datetime) -> tuple[Gap, ...]:
        """Give the times within the window in which a feed failed for longer than LULL and that are over, longest first.

        Where more than FEW feeds were out it was hardly theirs: they are one gap.
        """
        rows = self.db.query(
            # failed polls, and the answered ones around them: what lies between those was not seen
            "WITH failed AS (SELECT poll.feed_id, poll.id, poll.reason,"
            " (SELECT until FROM poll AS a WHERE a.feed_id = poll.feed_id AND a.id < poll.id AND outcome <> 'failed'"
            "  ORDER BY a.id DESC LIMIT 1) AS before,"
            " (SELECT at FROM poll AS a WHERE a.feed_id = poll.feed_id AND a.id > poll.id AND outcome <> 'failed'"
            "  ORDER BY a.id LIMIT 1) AS after"
            " FROM poll WHERE outcome = 'failed' AND until > :start - 172800 AND at < :stop)"
            f" SELECT before, after, reason, max(failed.id), {FEED_COLUMNS}"
            " FROM failed JOIN feed ON feed.id = failed.feed_id JOIN outlet ON outlet.id = feed.outlet_id"
            " WHERE after > :start AND after < :stop AND after - before > :lull AND feed.is_listed"
            " GROUP BY feed.id, before, after ORDER BY after - before DESC",
            {"start": stamp(start), "stop": stamp(stop), "lull": int(LULL.total_seconds())},
        )
        found = [
            Gap(
                kind="was_failing",
                feed=feed_of(row),
                since=moment(row["before"]),
                until=moment(row["after"]),
                reason=row["reason"],
            )
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

    def overflows(self, start: datetime, stop: datetime) -> tuple[Gap, ...]:
        """Give for each feed from when to when items probably scrolled away between two polls in the window, and how often."""
        rows = self.db.query(
            f"SELECT min(missed_since) AS since, max(missed_until) AS until, count(*) AS times, {FEED_COLUMNS}"
            " FROM poll JOIN feed ON feed.id = poll.feed_id JOIN outlet ON outlet.id = feed.outlet_id"
            " WHERE missed_since IS NOT NULL AND poll.at >= ? AND poll.at < ? AND feed.is_listed"
            " GROUP BY feed.id ORDER BY until - since DESC",
            [stamp(start), stamp(stop)],
        )
        return tuple(
            Gap(
                kind="overflow",
                feed=feed_of(row),
                since=moment(row["since"]),
                until=moment(row["until"]),
                reason="",
                count=row["times"],
            )
            for row in rows
        )

    def down_gap(self, start: datetime, stop: datetime) -> Gap | None:
        """Say from when to when, within the window, the monitor did not run, or slept; None where never for longer than LULL.

        A life that was killed ended with the last sign of it. Several such times are one gap, from the first to the last.
        """
        rows = self.db.query(
            "WITH rest AS (SELECT coalesce(stopped_at, seen_at) AS began,"
            " coalesce(lead(started_at) OVER (ORDER BY id), :stop) AS ended FROM run WHERE started_at < :stop)"
            " SELECT max(began, :start) AS began, min(ended, :stop) AS ended FROM rest"
            " WHERE ended > :start AND min(ended, :stop) - max(began, :start) > :lull ORDER BY began",
            {"start": stamp(start), "stop": stamp(stop), "lull": int(LULL.total_seconds())},
        )
        lulls = [(row["began"], row["ended"]) for row in rows]
        if not lulls:
            return None
        until = None if lulls[-1][1] >= stamp(stop) else moment(lulls[-1][1])
        return Gap(kind="down", feed=None, since=moment(lulls[0][0]), reason="", count=len(lulls), until=until)

    def unread(self) -> int:
        """Count the items whose page is still to be read."""
        return self._one(f"SELECT count(*) FROM {ITEMS} WHERE {UNREAD}")

    def _one(self, sql: str, *values: object) -> int:
        named = values[0] if values and isinstance(values[0], dict) else list(values)
        value = self.db.execute(sql, named).fetchone()[0]
        return int(value)
